"""Work through many pieces, one after the other or on Dask workers; what is done is not done again."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from screening.errors import ScreeningError
from screening.parallel import dask_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from distributed import Client

__all__ = ["Runner", "open_runner"]

_SHOWN = 3


class Task(Protocol):
    """What can be run."""

    @property
    def name(self) -> str:
        """Say which one it is."""

    def is_done(self) -> bool:
        """Tell whether it has been done."""

    def __call__(self) -> None:
        """Do it."""


@dataclass
class Runner:
    """Runs the pieces of one stage after another.

    Parameters
    ----------
    client
        Dask client; None for one after the other in this process.
    on_stage, on_done
        Called with a stage's name and number of pieces, and after each piece.
    made, reused
        Pieces done by this run, and found done, by stage.
    """

    client: Client | None
    on_stage: Callable[[str, int], None]
    on_done: Callable[[], None]
    made: dict[str, int] = field(default_factory=dict)
    reused: dict[str, int] = field(default_factory=dict)

    def run(self, stage: str, tasks: Sequence[Task]) -> None:
        """Do what is not done yet.

        Parameters
        ----------
        stage
            Name of the stage, as the user sees it.
        tasks
            Its pieces.

        Raises
        ------
        ScreeningError
            If a piece fails, when all others are done; it names the piece. The finished ones are kept.
        """
        self.on_stage(stage, len(tasks))
        left = [task for task in tasks if not task.is_done()]
        self.reused[stage] = len(tasks) - len(left)
        for _ in range(self.reused[stage]):
            self.on_done()
        failures: list[tuple[str, Exception]] = []
        for task, error in self._results(left):
            if error is not None:
                failures.append((task.name, error))
            self.on_done()
        failures.sort(key=lambda failure: failure[0])
        self.made[stage] = len(left) - len(failures)
        if failures:
            told = "; ".join(f"{name}: {_text(error)}" for name, error in failures[:_SHOWN])
            raise ScreeningError(
                f"{len(failures)} of {len(tasks)} pieces of the stage '{stage}' failed: {told}"
                f"{' ...' if len(failures) > _SHOWN else ''}. The others are kept; run again to continue."
            ) from failures[0][1]

    def _results(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Exception | None]]:
        if self.client is None:
            for task in tasks:
                yield task, _attempt(task)
            return
        from distributed import as_completed  # noqa: PLC0415  # one worker needs no Dask

        futures = {self.client.submit(task, pure=False): task for task in tasks}
        for future in as_completed(futures):
            yield futures[future], future.exception()


@contextmanager
def open_runner(
    workers: int,
    scheduler: str | None,
    on_stage: Callable[[str, int], None],
    on_done: Callable[[], None],
) -> Iterator[Runner]:
    """Open workers for all stages; with one worker no Dask is used.

    Parameters
    ----------
    workers
        Processes on this machine. [1]
    scheduler
        Address of a Dask scheduler that sees the same folder; replaces ``workers``.
    on_stage, on_done
        As for ``Runner``.

    Yields
    ------
    Runner
        Ready for work.
    """
    if scheduler is None and workers <= 1:
        yield Runner(None, on_stage, on_done)
        return
    with dask_client(workers, scheduler) as client:
        yield Runner(client, on_stage, on_done)


def _attempt(task: Task) -> Exception | None:
    try:
        task()
    except Exception as error:  # noqa: BLE001  # told with the name of the piece, when the others are done
        return error
    return None


def _text(error: Exception) -> str:
    told = str(error).strip().rstrip(".")
    return told if isinstance(error, ScreeningError) else f"{type(error).__name__}: {told}"
