"""Shared fixtures: the folder of real files, and what a required test may not do: be skipped."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The consoles are made at import: a width from outside would be theirs whatever a test sets.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)

# Where tests are required (.ci/run) the examples are the same every time: a red run is red again.
settings.register_profile(
    "house",
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="SCREENING_REQUIRE" in os.environ,
)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """Reach the loopback servers themselves, whatever proxy this machine names."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True, scope="session")
def _no_network():
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address):
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(
            ("127.", "::1")
        ):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real files named by SCREENING_REAL_DATA."""
    folder = os.environ.get("SCREENING_REAL_DATA")
    if not folder:
        pytest.skip("SCREENING_REAL_DATA is not set")
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"SCREENING_REAL_DATA names {path}, which is no folder")
    return path


@pytest.fixture(scope="session")
def default_data(tmp_path_factory) -> Path:
    """Data folder with the default municipality made and screened, once for all tests."""
    from screening import workbench

    folder = tmp_path_factory.mktemp("default") / "data"
    workbench.make_default(folder)
    workbench.run_screening(data_dir=folder)
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium on this machine."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="session")
def postgis(tmp_path_factory):
    """Address (with password) of a throw-away PostGIS server's own database, without a table."""
    from postgis_server import NotInstalledError, throw_away_server

    try:
        with throw_away_server() as address:
            yield address
    except NotInstalledError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def peers() -> Path:
    """Python of the environment that has PyPSA and oemof.solph (`make test` sets it up)."""
    named = os.environ.get("SCREENING_PEERS")
    python = Path(named) if named else Path(__file__).parents[1] / ".venv-peers" / "bin" / "python"
    if not python.is_file():
        pytest.skip(f"no environment with PyPSA and oemof.solph at {python}")
    return python


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by fixture, so that no test forgets its marker."""
    for item in items:
        marked = (
            ("real_data", "real_data"),
            ("chromium", "browser"),
            ("postgis", "postgis"),
            ("peers", "peers"),
        )
        for name, marker in marked:
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(getattr(pytest.mark, marker))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Turn a skip into a failure where SCREENING_REQUIRE names the marker (CI does)."""
    outcome = yield
    report = outcome.get_result()
    required = os.environ.get("SCREENING_REQUIRE", "").split()
    if report.skipped and any(item.get_closest_marker(name) for name in required):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped but is required here: {report.longrepr}"
