"""The shell: each command calls one function of workbench, report or register, and prints what it gives."""

from __future__ import annotations

import sys

from screening.cli import (
    area_commands,
    density_commands,
    economics_commands,
    house_commands,
    national_commands,
    operation_commands,
    register_commands,
    replication_commands,
    screening_commands,
    series_commands,
)
from screening.cli.console import app, err
from screening.errors import ScreeningError

__all__ = [
    "app",
    "area_commands",
    "density_commands",
    "economics_commands",
    "house_commands",
    "main",
    "national_commands",
    "operation_commands",
    "register_commands",
    "replication_commands",
    "screening_commands",
    "series_commands",
]


def main() -> None:
    """Run the command line; an error that the user can mend is one line, not a traceback."""
    try:
        app()
    except ScreeningError as error:
        err.print(f"Error: {error}", markup=False, soft_wrap=True)
        sys.exit(2)
    except (
        OSError
    ) as error:  # a folder that may not be written, a full disk, a scheduler that does not answer
        told = f"{error.strerror}: {error.filename}" if error.strerror and error.filename else error
        err.print(f"Error: {told}", markup=False, soft_wrap=True)
        sys.exit(2)
