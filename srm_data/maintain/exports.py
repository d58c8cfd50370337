"""Run the notebooks, and write all exports of the catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from srm_data.maintain.notebooks import return_to_start, run_notebook
from srm_data.schema import page_name, workbook_name

MADE = "made"
"""Folder in ``exports/`` for pictures and reference pages outside releases; ignored by git."""


def run_all(notebooks: Path, exports: Path) -> list[Path]:
    """Run every notebook and write all exports, with one line of output per step.

    Parameters
    ----------
    notebooks
        Folder of ``NN-question.ipynb`` files.
    exports
        Folder to write to; created if missing. Files that belong to a release are not written.

    Returns
    -------
    list of pathlib.Path
        The files written.

    Raises
    ------
    FileNotFoundError
        If the folder has no notebooks.
    NotebookError
        If a notebook fails.
    """
    from srm_data.load import load_tables
    from srm_data.maintain import write_reference
    from srm_data.maintain.pictures import draw_pictures
    from srm_data.model import build_model
    from srm_data.page import write_page
    from srm_data.workbook import write_workbook

    paths = sorted(notebooks.glob("[0-9]*.ipynb"))
    if not paths:
        raise FileNotFoundError(
            f"no notebook NN-*.ipynb in {notebooks.resolve()}; "
            "this command needs a checkout of the project"
        )

    exports.mkdir(parents=True, exist_ok=True)

    tables = load_tables()
    model = build_model(tables)
    makers: dict[str, Callable[[], list[Path]]] = {
        "workbook": lambda: [write_workbook(exports / workbook_name(), model, tables=tables)],
        "page to send": lambda: [write_page(exports / page_name(), model, tables=tables)],
        "pictures": lambda: draw_pictures(exports / MADE / "pictures", tables),
        "reference": lambda: write_reference(exports / MADE / "reference", tables),
    }

    steps = len(paths) + len(makers)
    written = []
    for number, path in enumerate(paths, start=1):
        started = time.monotonic()
        label = f"[{number}/{steps}] notebook {path.name}"
        written.append(run_notebook(path, exports, label=label))
        _print_step(label, started)
    for number, (name, make) in enumerate(makers.items(), start=len(paths) + 1):
        started = time.monotonic()
        written += make()
        _print_step(f"[{number}/{steps}] {name}", started)

    print("\nWritten:")
    for path in written:
        print(f"  {path}")
    return written


def _print_step(label: str, started: float) -> None:
    return_to_start()
    print(f"{label}  done in {time.monotonic() - started:.1f} s{' ' * 12}".rstrip(), flush=True)
