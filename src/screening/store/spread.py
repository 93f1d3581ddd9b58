"""One function for every municipality of the store, one after the other or on Dask workers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from screening.parallel import dask_client
from screening.store.buildings import BuildingStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import geopandas as gpd

__all__ = ["map_partitions"]


@dataclass(frozen=True)
class _Task:
    """Read one municipality and work on it; carries a folder's name only, so it travels to any worker."""

    folder: str
    function: Callable[[str, gpd.GeoDataFrame], Any]

    def __call__(self, code: str) -> Any:
        return self.function(code, BuildingStore(self.folder).read(code))


def map_partitions(
    store: BuildingStore,
    function: Callable[[str, gpd.GeoDataFrame], Any],
    codes: Iterable[str] | None = None,
    *,
    workers: int = 1,
    scheduler: str | None = None,
) -> dict[str, Any]:
    """Call a function with each municipality's code and buildings.

    Parameters
    ----------
    store
        The buildings.
    function
        Of code and buildings; its first error ends the work.
    codes
        Municipality codes; all when None.
    workers
        Processes on this machine; with 1 no Dask is used. [1]
    scheduler
        Address of a Dask scheduler that sees the same folder; replaces ``workers``.

    Returns
    -------
    dict
        Code -> what the function gave, in the order of the codes.
    """
    chosen = store.codes() if codes is None else list(codes)
    task = _Task(str(store.folder.resolve()), function)
    count = min(workers, len(chosen))
    if not chosen or (scheduler is None and count <= 1):
        return {code: task(code) for code in chosen}
    with dask_client(count, scheduler) as client:
        futures = client.map(task, chosen, pure=False)
        return dict(zip(chosen, client.gather(futures), strict=True))
