"""Execute a notebook inside this process: same cells, same outputs, no kernel to start for each town.

Starting a kernel and importing the geo stack takes longer than the report itself. A worker that has
imported everything once runs town after town; each notebook gets a fresh namespace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from papermill.engines import Engine, papermill_engines
from traitlets.config import Config

if TYPE_CHECKING:
    from papermill.engines import NotebookExecutionManager

__all__ = ["ENGINE_NAME", "InProcessEngine", "register_engine"]

ENGINE_NAME = "screening-in-process"


class _ResultHook(DisplayHook):
    """Hand the value of a cell's last line to the display publisher, in order with the other output."""

    def write_output_prompt(self) -> None:
        """Print no prompt."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Keep the value as the publisher keeps what is displayed."""
        shell: Any = self.shell
        shell.display_pub.publish(format_dict, md_dict)

    def finish_displayhook(self) -> None:
        """Print no line end."""


class InProcessEngine(Engine):  # type: ignore[misc]
    """Papermill engine that runs the cells in an IPython shell of this process."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **_options: Any
    ) -> None:
        """Run every code cell; stop at the first error, which papermill then raises.

        Parameters
        ----------
        nb_man
            Papermill's record of the running notebook.
        kernel_name
            Not used: there is no kernel.
        """
        del kernel_name
        shell = _fresh_shell()
        try:
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code":
                    continue
                nb_man.cell_start(cell, index)
                error = _run_cell(shell, cell, index + 1)
                if error is not None:
                    nb_man.cell_exception(cell, index, exception=error)
                    break
                nb_man.cell_complete(cell, index)
        finally:
            InteractiveShell.clear_instance()


def register_engine() -> str:
    """Make the engine known to papermill and give its name."""
    papermill_engines.register(ENGINE_NAME, InProcessEngine)
    return ENGINE_NAME


def _fresh_shell() -> InteractiveShell:
    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(
        config=config, display_pub_class=CapturingDisplayPublisher, displayhook_class=_ResultHook
    )
    shell.user_ns["__name__"] = "__main__"
    return shell


def _run_cell(shell: Any, cell: Any, count: int) -> BaseException | None:
    """Run one cell, put its outputs into it, and give the exception if there was one."""
    shell.display_pub.outputs.clear()
    with capture_output(display=False) as streams:
        result = shell.run_cell(cell.source, store_history=False)
    error: BaseException | None = result.error_before_exec or result.error_in_exec
    outputs = [
        nbformat.v4.new_output("stream", name=name, text=text)
        for name, text in (("stdout", streams.stdout), ("stderr", streams.stderr))
        if text and error is None
    ]
    outputs += [
        nbformat.v4.new_output("display_data", data=shown["data"], metadata=shown.get("metadata") or {})
        for shown in shell.display_pub.outputs
    ]
    if error is not None:
        outputs.append(
            nbformat.v4.new_output(
                "error", ename=type(error).__name__, evalue=str(error), traceback=[streams.stdout]
            )
        )
    cell.outputs = outputs
    cell.execution_count = count
    return error
