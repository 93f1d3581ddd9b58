"""A PostgreSQL server with PostGIS in a folder of its own, on this machine only, gone after the tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

PASSWORD = "Hemmelig-Kode_7"
USER = "tester"


class NotInstalledError(Exception):
    """PostgreSQL or PostGIS is not on this machine."""


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not found and (on_path := shutil.which("initdb")):
        found = [Path(on_path)]
    if not found:
        raise NotInstalledError("PostgreSQL is not installed")
    return found[-1].parent


def _as_other_user() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        [*_as_other_user(), *map(str, command)], capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout[-2000:]} {done.stderr[-2000:]}")


@contextlib.contextmanager
def throw_away_server():
    """Start a server; gives the address of a database with PostGIS, password in it."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="postgis-"))
    data, secret, port = folder / "data", folder / "secret", _free_port()
    secret.write_text(PASSWORD)
    if os.geteuid() == 0:
        for path in (folder, secret):
            shutil.chown(path, "postgres")
    settings = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off"
    try:
        _run(
            *(programs / "initdb", "-D", data, "-U", USER, f"--pwfile={secret}", "--no-sync"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
        )
        # pg_ctl's child keeps the output open, so it goes to a file.
        _run(programs / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", settings, "start")
        address = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            try:
                connection.execute("CREATE EXTENSION postgis")
            except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported) as error:
                raise NotInstalledError("PostGIS is not installed") from error
        yield address
    finally:
        if (data / "postmaster.pid").is_file():
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        for _ in range(20):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.1)
