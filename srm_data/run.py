"""The main job: run the notebooks, write workbook, page, pictures and reference, say where all is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from srm_data.exceptions import NotebookError
from srm_data.schema import read_package
from srm_data.terminal import find_terminal


def run_all(notebooks: Path, exports: Path) -> list[Path]:
    """Run every notebook into HTML, and write what is made of the catalogue, with a line a step.

    Parameters
    ----------
    notebooks
        Folder of ``NN-question.ipynb`` files.
    exports
        Folder to write to; made if it is not there.

    Returns
    -------
    list of pathlib.Path
        The files written.

    Raises
    ------
    FileNotFoundError
        If there is no notebook in the folder.
    NotebookError
        If a notebook fails.
    """
    from srm_data.load import load_tables
    from srm_data.model import build_model
    from srm_data.page import write_page
    from srm_data.pictures import draw_pictures
    from srm_data.reference import write_reference
    from srm_data.workbook import write_workbook

    paths = sorted(notebooks.glob("[0-9]*.ipynb"))
    if not paths:
        raise FileNotFoundError(f"no notebook NN-*.ipynb in {notebooks.resolve()}")
    exports.mkdir(parents=True, exist_ok=True)
    tables = load_tables()
    model = build_model(tables)
    makers: dict[str, Callable[[], list[Path]]] = {
        "workbook": lambda: [write_workbook(exports / workbook_name(), model, tables=tables)],
        "page to send": lambda: [write_page(exports / page_name(), model, tables=tables)],
        "pictures": lambda: draw_pictures(exports / "pictures", tables),
        "reference": lambda: write_reference(exports / "reference", tables),
    }
    steps = len(paths) + len(makers)
    written = []
    for number, path in enumerate(paths, start=1):
        started = time.monotonic()
        say = f"[{number}/{steps}] notebook {path.name}"
        written.append(run_notebook(path, exports, label=say))
        _print_step(say, started)
    for number, (name, make) in enumerate(makers.items(), start=len(paths) + 1):
        started = time.monotonic()
        written += make()
        _print_step(f"[{number}/{steps}] {name}", started)
    print("\nWritten:")
    for path in written:
        print(f"  {path}")
    return written


def workbook_name() -> str:
    """Return the file name of the catalogue workbook of this data version."""
    return f"srm-matrix-{read_package()['version']}.xlsx"


def page_name() -> str:
    """Return the file name of the page of the whole catalogue of this data version."""
    return f"srm-page-{read_package()['version']}.html"


def run_notebook(path: Path, folder: Path, *, label: str = "") -> Path:
    """Run a notebook from top to bottom and write it, with its outputs, as HTML.

    Parameters
    ----------
    path
        The notebook. It is read only: it stays stored without outputs.
    folder
        Where the HTML goes.
    label
        Shown with the number of the cell while it runs, if the output is a terminal.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    notebook = nbformat.read(path, as_version=4)
    count = len(notebook.cells)

    def show_progress(cell: Any, cell_index: int, **_: Any) -> None:
        if label and sys.stdout.isatty():
            _return_to_start()
            print(f"{label}  cell {cell_index + 1}/{count}", end="", flush=True)

    # The kernel talks over loopback; without this ipykernel warns once per kernel.
    config = Config()
    config.KernelManager.transport_encryption = "auto"
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=show_progress,
        config=config,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        number = next(n for n, cell in enumerate(notebook.cells, 1) if _has_failed(cell))
        raise NotebookError(f"{path.name}, cell {number}: {error.ename}: {error.evalue}") from error

    exporter = HTMLExporter(exclude_input_prompt=True, exclude_output_prompt=True)
    for name in exporter.trait_names():
        if name.endswith("_url"):
            setattr(exporter, name, "")  # no script host: the page has to work without a network
    notebook.metadata["title"] = path.stem
    page, _ = exporter.from_notebook_node(notebook)
    target = folder / f"{path.stem}.html"
    target.write_text(page, encoding="utf-8")
    return target


def _has_failed(cell: Any) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def _print_step(label: str, started: float) -> None:
    _return_to_start()
    print(f"{label}  done in {time.monotonic() - started:.1f} s{' ' * 12}".rstrip(), flush=True)


def _return_to_start() -> None:
    """Go back to the start of the line, if the output is a terminal."""
    if sys.stdout.isatty():
        print("\r", end="", file=find_terminal(sys.stdout))
