"""Run the notebooks, and write all exports of the catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from srm_data.exceptions import NotebookError

MADE = "made"
"""Folder in ``exports/`` for pictures and reference pages outside releases; ignored by git."""

MOST_SECONDS = 300
"""How long one cell of a notebook may take."""


def run_all(notebooks: Path, exports: Path) -> list[Path]:
    """Run every notebook and write all exports, with one line of output per step.

    Files that belong to a release are not written.
    """
    from srm_data.load import ALL_SETS, load_tables
    from srm_data.maintain.dictionary import write_reference
    from srm_data.maintain.pictures import draw_pictures
    from srm_data.model import build_model
    from srm_data.page import write_page
    from srm_data.schema import page_name, workbook_name
    from srm_data.workbook import write_workbook

    paths = sorted(notebooks.glob("[0-9]*.ipynb"))
    if not paths:
        raise FileNotFoundError(
            f"no notebook NN-*.ipynb in {notebooks.resolve()}; "
            "this command needs a checkout of the project"
        )
    exports.mkdir(parents=True, exist_ok=True)
    tables = load_tables()
    model, both = build_model(tables), build_model(duty_sets=ALL_SETS)

    # Steps by the name of their line, each with what writes its files.
    steps: dict[str, Callable[[], list[Path]]] = {
        f"notebook {path.name}": partial(run_notebook, path, exports) for path in paths
    } | {
        "workbook": lambda: [write_workbook(exports / workbook_name(), model, tables=tables)],
        "page to send": lambda: [write_page(exports / page_name(), both)],
        "pictures": lambda: draw_pictures(exports / MADE / "pictures", tables),
        "reference": lambda: write_reference(exports / MADE / "reference", tables),
    }
    written = []
    for number, (name, write) in enumerate(steps.items(), start=1):
        started = time.monotonic()
        written += write()
        taken = f"{time.monotonic() - started:.1f} s"
        print(f"[{number}/{len(steps)}] {name}  done in {taken}", flush=True)

    print("\nWritten:", *(f"  {path}" for path in written), sep="\n")
    return written


def run_notebook(path: Path, folder: Path) -> list[Path]:
    """Run a notebook from top to bottom, and write it with its outputs: as HTML, and for the site.

    The notebook itself is not changed. Return the HTML file.
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
    # The kernel talks over loopback; without this ipykernel warns once per kernel.
    config = Config()
    config.KernelManager.transport_encryption = "auto"
    client = NotebookClient(
        notebook,
        timeout=MOST_SECONDS,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        config=config,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        outputs = [cell.get("outputs", []) for cell in notebook.cells]
        failed = [any(output.output_type == "error" for output in shown) for shown in outputs]
        place = f"{path.name}, cell {failed.index(True) + 1}"
        raise NotebookError(f"{place}: {error.ename}: {error.evalue}") from error

    executed = folder / MADE / "notebooks" / path.name
    executed.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, executed)

    exporter = HTMLExporter(exclude_input_prompt=True, exclude_output_prompt=True)
    for name in exporter.trait_names():
        if name.endswith("_url"):
            setattr(exporter, name, "")  # no script host: the page has to work without a network
    notebook.metadata["title"] = path.stem
    page, _ = exporter.from_notebook_node(notebook)
    target = folder / f"{path.stem}.html"
    target.write_text(page, encoding="utf-8")
    return [target]


def run_outdated(notebooks: Path, exports: Path) -> Path:
    """Run the notebooks that were not run as they are now; return the folder of the executed ones."""
    import nbformat

    for path in sorted(notebooks.glob("[0-9]*.ipynb")):
        executed = exports / MADE / "notebooks" / path.name
        files = [file for file in (path, executed) if file.exists()]
        codes = [[cell.source for cell in nbformat.read(file, as_version=4).cells] for file in files]
        if codes[0] != codes[-1] or len(files) == 1:
            run_notebook(path, exports)
    return exports / MADE / "notebooks"
