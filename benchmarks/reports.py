"""Reports per minute: `screening report --workers 2` against calling `papermill` once per town.

Both start from the same processed tables and run the same notebook. Ours also writes the page, the map,
the GeoPackage, the workbook and the run record; papermill writes the executed notebook only. Run it on an
otherwise idle machine:

    .venv/bin/python benchmarks/reports.py [--areas N] [--workers 2]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from screening import workbench
from screening.report.notebook import notebook_file

BIN = Path(sys.executable).parent
MUNICIPALITY = workbench.DEFAULT_MUNICIPALITY


def timed(command: list[str]) -> float:
    """Seconds of wall time for one command; its failure ends the benchmark."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure both ways in one run and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=15)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    data = Path("data").resolve()
    workbench.make_default(data)
    areas = list(workbench.run_screening(MUNICIPALITY, data_dir=data).screening.areas["area"])[
        : options.areas
    ]
    with tempfile.TemporaryDirectory() as folder:
        ours = timed(
            [
                str(BIN / "screening"),
                *("report", MUNICIPALITY, *areas),
                *("--workers", str(options.workers), "--force"),
                *("--data-dir", str(data), "--reports-dir", folder),
            ]
        )
        template = str(notebook_file("town_report.ipynb"))
        papermill = sum(
            timed(
                [
                    str(BIN / "papermill"),
                    *(template, f"{folder}/{index}.ipynb", "--no-progress-bar", "--cwd", "notebooks"),
                    *("-p", "area", area, "-p", "municipality", MUNICIPALITY, "-p", "data_dir", str(data)),
                ]
            )
            for index, area in enumerate(areas)
        )
    rate = [60 * len(areas) / seconds for seconds in (ours, papermill)]
    print(f"{len(areas)} reports, {options.workers} workers")
    print(f"screening report  {ours:7.1f} s  {rate[0]:6.1f} reports/minute (page, map, gpkg, xlsx, record)")
    print(f"papermill, shell  {papermill:7.1f} s  {rate[1]:6.1f} reports/minute (executed notebook only)")
    print(f"ratio {papermill / ours:.2f} (target 2.5)")


if __name__ == "__main__":
    main()
