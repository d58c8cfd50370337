"""What ``--out`` of export and estate writes: a file of the kind that the ending of its name says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srm_data.cli.controls import add_control_sheet
from srm_data.exceptions import SrmDataError
from srm_data.formats import Format, find_format

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    import pandas as pd

PLACES = {
    "remarks": "remarks",
    "cell_status": "cell_status",
    "sign_off": "sign_off",
    "since": "changes",
    "framework": "controls",
    "controls": "controls",
    "baseline": "controls",
}
"""Options that not every kind of file has a place for, with the argument that takes what they give."""


def name_workbook_options(options: argparse.Namespace) -> list[str]:
    """Return the given options whose content only a workbook has a place for, ``--since`` apart."""
    given = [name for name in PLACES if name != "since" and getattr(options, name)]
    return [f"--{name.replace('_', '-')}" for name in given]


def require_format(path: Path, options: argparse.Namespace) -> Format:
    """Return the kind of a file that is to be written.

    Raises
    ------
    SrmDataError
        If no kind has the ending, or if it has no place for what an option gives.
    """
    kind = find_format(path)
    given = [
        name for name, place in PLACES.items() if getattr(options, name) and not kind.accepts(place)
    ]
    lost = [f"--{name.replace('_', '-')}" for name in given]
    if options.audience != "internal" and not kind.accepts("audience"):
        lost.append(f"--audience {options.audience}")
    if lost:
        raise SrmDataError(
            f"{path}: it holds {kind.content}, and nothing of {', '.join(lost)}; expected a file name "
            "that ends in .xlsx, or a call without"
        )
    return kind


def write_format(
    path: Path,
    model: pd.DataFrame,
    reviewed: dict[str, pd.DataFrame],
    options: argparse.Namespace,
    changes: dict[str, pd.DataFrame],
    **settings: Any,
) -> Path:
    """Write a model with what reviews gave; decisions are applied before if the kind takes none.

    ``changes`` is from :func:`~srm_data.cli.options.find_changes`.
    """
    from srm_data.organisation.decisions import override_cells

    kind = require_format(path, options)
    decided = override_cells(model, reviewed["decisions"])
    more = changes | add_control_sheet(decided, options)
    return kind.write(
        path,
        model=model if kind.accepts("decisions") else decided,
        audience=options.audience,
        **reviewed,
        **more,
        **settings,
    )
