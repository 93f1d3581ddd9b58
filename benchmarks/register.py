"""Reading a long register file: ours against json.load + pandas, and against DuckDB (and GDAL) in one run.

A made-up register (register_file.py: 60 columns, a million rows) is written as JSON and as CSV, and read for
the same columns and the same rows, each way in a process of its own, best of a few runs in turn. Checked: all
ways give the same rows. Run it on an otherwise idle machine, with the extra packages of the group ``bench``:

    .venv/bin/pip install "duckdb>=1.1"
    .venv/bin/python benchmarks/register.py [--rows 1000000] [--runs 3] [--folder DIR]
    .venv/bin/python benchmarks/register.py --country 6250000 --folder DIR    # streamed into the store, once
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa

import register_file
from screening.register.dialects.csv_text import CsvReading
from screening.register.dialects.json_text import JsonReading
from screening.register.dialects.raw import concatenate
from screening.register.dialects.vocabulary import FIELDS

CSV_READERS = ("ours", "duckdb", "pandas", "gdal")
JSON_READERS = ("ours", "duckdb", "pandas")


def wanted(path: Path) -> list[str]:
    """Names of the columns read: those of the register's fields that the file has."""
    with path.open("rb") as stream:
        head = stream.read(8192).decode("utf-8", "ignore")
    return [name for name in FIELDS.values() if name in head]


def ours(path: Path) -> pd.DataFrame:
    """Read with the workbench, all pieces put together."""
    reading = CsvReading if path.suffix == ".csv" else JsonReading
    with path.open("rb") as stream:
        raw = concatenate(list(reading(stream, path.name)))
    names = wanted(path)
    return raw.rows[[column for column, name in FIELDS.items() if name in names]]


def duckdb(path: Path) -> pa.Table:
    """Read with DuckDB: the columns as text."""
    import duckdb as engine  # noqa: PLC0415

    names = wanted(path)
    if path.suffix == ".csv":
        chosen = ", ".join(f'"{name}"' for name in names)
        return engine.read_csv(str(path), all_varchar=True).select(chosen).to_arrow_table()
    columns = dict.fromkeys(names, "VARCHAR")
    return engine.read_json(str(path), format="array", columns=columns).to_arrow_table()


def pandas(path: Path) -> pd.DataFrame:
    """Read with what comes with Python and pandas."""
    if path.suffix == ".csv":
        return pd.read_csv(path, usecols=wanted(path), dtype=str, keep_default_na=False)
    with path.open(encoding="utf-8") as stream:
        return pd.DataFrame(json.load(stream))[wanted(path)]


def gdal(path: Path) -> pa.Table:
    """Read with GDAL through pyogrio."""
    import pyogrio  # noqa: PLC0415

    return pyogrio.raw.read_arrow(path, columns=wanted(path), read_geometry=False)[1]


READERS = {"ours": ours, "duckdb": duckdb, "pandas": pandas, "gdal": gdal}


def digest(table: pd.DataFrame | pa.Table) -> str:
    """Tell one content from another: all values as text, empty as missing, in the order of the file."""
    table = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    whole = hashlib.sha256()
    for column in sorted(table.column_names):
        values = table.column(column).to_pandas().astype(object)
        values = values.where(values.notna(), "").map(
            lambda v: str(int(v)) if isinstance(v, float) else str(v)
        )
        whole.update(pd.util.hash_pandas_object(values, index=False).to_numpy().tobytes())
    return whole.hexdigest()


def one(reader: str, path: Path, *, check: bool) -> None:
    """Run one way in this process and print seconds, peak MB, rows and digest."""
    before = peak_mb()
    start = time.perf_counter()
    table = READERS[reader](path)
    seconds = time.perf_counter() - start
    rows, peak = len(table), peak_mb()
    if reader == "ours":
        table.columns = wanted(path)
    print(
        json.dumps(
            {
                "seconds": seconds,
                "peak_mb": peak,
                "import_mb": before,
                "rows": rows,
                "digest": digest(table) if check else "",
            }
        )
    )


def streamed(path: Path) -> None:
    """Read with the workbench piece by piece, keeping nothing."""
    reading = CsvReading if path.suffix == ".csv" else JsonReading
    start = time.perf_counter()
    with path.open("rb") as stream:
        rows = sum(piece.row_count for piece in reading(stream, path.name))
    print(json.dumps({"seconds": time.perf_counter() - start, "peak_mb": peak_mb(), "rows": rows}))


def peak_mb() -> float:
    """Most memory that this process has had since it began."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def watched(process: subprocess.Popen) -> float:
    """Most memory that a process and its children have had together, looked at ten times a second. [MB]"""
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(resident_mb, [process.pid, *descendants(process.pid)])))
        time.sleep(0.1)
    return peak


def descendants(parent: int) -> list[int]:
    """Processes started by a process, and by those."""
    found = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text(encoding="utf-8").split()):
                found += [child, *descendants(child)]
    return found


def resident_mb(pid: int) -> float:
    """Memory of a process; nothing when it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024 if "VmRSS:" in status else 0.0


def run(*arguments: str) -> dict:
    """Run this file in a process of its own."""
    done = subprocess.run([sys.executable, __file__, *arguments], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def compare(path: Path, readers: tuple[str, ...], runs: int) -> None:
    """Measure the ways in turn and print a table of the best of each."""
    checked = {reader: run("--one", reader, str(path), "--check") for reader in readers}
    same = {(result["rows"], result["digest"]) for result in checked.values()}
    print(
        f"\n{path.name}: {path.stat().st_size / 1e9:.2f} GB, {checked['ours']['rows']:,} rows,"
        f" {len(wanted(path))} columns; all ways give the same: {len(same) == 1}"
    )
    results: dict[str, list[dict]] = {reader: [] for reader in readers}
    for _ in range(runs):
        for reader in readers:
            results[reader].append(run("--one", reader, str(path)))
    best = min(result["seconds"] for result in results["ours"])
    for reader in readers:
        seconds = sorted(result["seconds"] for result in results[reader])
        peak = max(result["peak_mb"] for result in results[reader])
        print(
            f"  {reader:8} {seconds[0]:7.2f} s (to {seconds[-1]:.2f})  peak {peak:7,.0f} MB"
            f"  time / ours {seconds[0] / best:5.2f}"
        )
    alone = run("--streamed", str(path))
    print(f"  streamed {alone['seconds']:7.2f} s  peak {alone['peak_mb']:7,.0f} MB  (ours, piece by piece)")


def country(rows: int, folder: Path) -> None:
    """Write the country's file and stream it into the store; print time and peak memory."""
    path = folder / f"country-{rows}.json"
    if not path.is_file():
        register_file.write(path, rows)
    print(f"{path.name}: {path.stat().st_size / 1e9:.1f} GB, {rows:,} rows")
    alone = run("--streamed", str(path))
    print(f"  read piece by piece: {alone['seconds']:.0f} s, peak {alone['peak_mb']:,.0f} MB")
    start = time.perf_counter()
    shell = Path(sys.executable).with_name("screening")
    command = [str(shell), "store-register", str(path), "--data-dir", str(folder / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = watched(process)
        told = process.stdout.read() if process.stdout else ""
    if process.returncode:
        sys.exit(told)
    print(told[told.index("what happened") :])
    print(
        f"  into the store, judged on 2 workers: {time.perf_counter() - start:.0f} s,"
        f" peak of all its processes together {peak:,.0f} MB"
    )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--country", type=int)
    parser.add_argument("--one", nargs=2)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--streamed")
    options = parser.parse_args()
    if options.one:
        one(options.one[0], Path(options.one[1]), check=options.check)
    elif options.streamed:
        streamed(Path(options.streamed))
    elif options.country:
        options.folder.mkdir(parents=True, exist_ok=True)
        country(options.country, options.folder)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            folder = options.folder or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            for ending, readers in (("json", JSON_READERS), ("csv", CSV_READERS)):
                path = folder / f"register-{options.rows}.{ending}"
                if not path.is_file():
                    register_file.write(path, options.rows)
                compare(path, readers, options.runs)


if __name__ == "__main__":
    main()
