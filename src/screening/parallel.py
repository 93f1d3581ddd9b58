"""Dask workers for the callers that map one function over names: local processes, or a cluster."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import Client

__all__ = ["dask_client"]


@contextmanager
def dask_client(workers: int, scheduler: str | None = None) -> Iterator[Client]:
    """Open a client to workers on this machine, or to a scheduler that runs already; closed afterwards.

    Parameters
    ----------
    workers
        Processes on this machine. [1]
    scheduler
        Address of a Dask scheduler; replaces ``workers``.

    Yields
    ------
    distributed.Client
        Ready for work.
    """
    from distributed import Client, LocalCluster  # noqa: PLC0415  a second of import that serial work does not need

    if scheduler is not None:
        with Client(scheduler) as client:
            yield client
        return
    options = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.ERROR}  # any free port
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, **options) as cluster,
        Client(cluster) as client,
    ):
        yield client
