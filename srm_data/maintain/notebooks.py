"""Run a notebook from top to bottom and write it as HTML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from srm_data.exceptions import NotebookError
from srm_data.terminal import find_terminal


def run_notebook(path: Path, folder: Path, *, label: str = "") -> Path:
    """Run a notebook from top to bottom, and write it with its outputs as HTML.

    Parameters
    ----------
    path
        Notebook to run. The file is not changed and remains without outputs.
    folder
        Folder to write the HTML file to.
    label
        Text to print with the number of the running cell, if the output is a terminal.
    """
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
        from nbconvert import HTMLExporter
        from traitlets.config import Config
    except ModuleNotFoundError as error:
        raise NotebookError(
            f"{error.name} is not installed; running notebooks needs: pip install 'srm-data[maintain]'"
        ) from error

    notebook = nbformat.read(path, as_version=4)
    count = len(notebook.cells)

    def print_progress(cell: Any, cell_index: int, **_: Any) -> None:
        if label and sys.stdout.isatty():
            return_to_start()
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
        on_cell_start=print_progress,
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


def return_to_start() -> None:
    """Move the cursor to the start of the line, if the output is a terminal."""
    if sys.stdout.isatty():
        print("\r", end="", file=find_terminal(sys.stdout))
