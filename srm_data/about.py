"""What every export says about itself: audience, scope and point of view."""

from __future__ import annotations

import json
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pandas as pd

from srm_data.load import Tables
from srm_data.schema import read_package

Audience = Literal["internal", "publishable"]
WHOLE_CATALOGUE, CHOSEN = "All offerings of the catalogue", "Chosen offerings"
SEAT = (
    "Written from the point of view of the AWS customer. What is AWS's here is what the customer "
    "inherits from AWS."
)
INDEPENDENT = (
    "Made by the srm_data project from AWS's public documents. It is not made, reviewed or endorsed "
    "by AWS."
)

REPORT_ADDRESS = ""
"""Address of the form "This cell is wrong", such as ``https://github.com/OWNER/REPO/issues/new``.

Without one, there are no links to it. The form is ``.github/ISSUE_TEMPLATE/wrong-cell.yml``.
"""
REPORT_FORM = "wrong-cell.yml"
REPORT_FIELDS = ("offering", "duty", "says", "version")
"""Ids of the form fields that a link fills in: the cell, its answer, the data version."""

LONGEST_ADDRESS = 255  # characters of a text in a formula of Excel

ORIGIN, BASES = "origin", "bases"
"""Keys in the ``attrs`` of a count or a matrix: what it was made from, and the basis of each cell.

Both have only numbers and text, so that a frame can still be compared, copied and written as Parquet.
"""
STACKED = "stacked"
"""Key in the ``attrs`` of a stack: whether its parts are offerings or categories."""

ASSUMED = "assumed"
"""Key in the ``attrs`` of counts of resources: how many of them are of an assumed offering."""

COUNTED = "counted"
"""Key in the ``attrs`` of counts of which a row has a duty more than once: what is counted then,
``"cell"`` or ``"resource"``."""

REST_BEHIND = "rest behind controls"
"""Key of an origin for undocumented cells behind controls, whatever their basis."""

BASIS_WORDS = {
    "documented": "documented",
    "derived": "derived",
    "category": "category defaults",
    "proposed": "proposed",
    "decision": "your decisions",
}

LICENCE = "Data: CC BY 4.0, to be credited to srm_data contributors. Software: Apache License 2.0."


def check_audience(audience: str) -> None:
    """Raise an error unless the audience is one of the two.

    Raises
    ------
    ValueError
        If it is neither of the two; the message names them.
    """
    if audience not in get_args(Audience):
        raise ValueError(f"audience should be one of {[*get_args(Audience)]}. Got {audience!r}")


def name_scope(model: pd.DataFrame, tables: Tables) -> str:
    """Describe in words whether a model covers the whole catalogue or only chosen offerings."""
    is_whole = set(tables["offerings"]["offering_id"]) <= set(model["offering_id"])
    return WHOLE_CATALOGUE if is_whole else CHOSEN


def report_address() -> str:
    """Return the web address of the form for reporting a wrong cell, or an empty string.

    Raises
    ------
    ValueError
        If ``REPORT_ADDRESS`` is not a web address, or is too long for a string in an Excel formula.
    """
    if not REPORT_ADDRESS:
        return ""
    parts = urlsplit(REPORT_ADDRESS)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(
            f"REPORT_ADDRESS should begin with https:// and a host. Got {REPORT_ADDRESS!r}"
        )
    query = urlencode({"template": REPORT_FORM} | dict(parse_qsl(parts.query)))
    address = urlunsplit(parts._replace(query=query, fragment=""))
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(f"REPORT_ADDRESS should be shorter. Got {REPORT_ADDRESS!r}")
    return address


def list_report_fields(model: pd.DataFrame) -> list[str]:
    """Return the query string that fills in the report form, for each cell.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, or a part of it. Links give the answer of the tables
        and never an organisation's decision.

    Returns
    -------
    list of str
        One string per row, such as ``"&offering=sqs&duty=backup&says=Customer&version=2026.11.1"``.
    """
    version = read_package()["version"]
    cells = zip(model["offering_id"], model["duty_id"], model["without_decision"], strict=True)
    return [f"&{urlencode(dict(zip(REPORT_FIELDS, (*cell, version), strict=True)))}" for cell in cells]


def workbook_name() -> str:
    """Return the file name of the catalogue workbook of this data version."""
    return f"srm-matrix-{read_package()['version']}.xlsx"


def page_name() -> str:
    """Return the file name of the page of the whole catalogue of this data version."""
    return f"srm-page-{read_package()['version']}.html"


def record_origin(frame: pd.DataFrame, model: pd.DataFrame, **bases: Any) -> pd.DataFrame:
    """Record in the ``attrs`` of a frame what it was made from, for the source line of a chart.

    Parameters
    ----------
    frame
        Count or matrix that is returned to the user.
    model
        Rows it was made from. Nothing is recorded if the column ``basis`` is missing.
    bases
        Basis of each cell, encoded by the function that also decodes it.

    Returns
    -------
    DataFrame
        ``frame`` itself.
    """
    if "basis" in model:
        counts = model["basis"].astype("str").value_counts()
        of_bases = {str(basis): int(count) for basis, count in counts.items() if count}
        frame.attrs[ORIGIN] = {"version": str(read_package()["version"]), **of_bases}
        frame.attrs[BASES] = json.dumps(bases)
    return frame


def record_cells_behind(frame: pd.DataFrame, controls: pd.DataFrame, **bases: Any) -> pd.DataFrame:
    """Record in the ``attrs`` of control counts how many of the underlying cells are documented.

    Parameters
    ----------
    frame
        Counts that are returned to the user.
    controls
        Controls that were counted, with the columns ``cells`` and ``documented``.
    bases
        As for :func:`record_origin`.

    Returns
    -------
    DataFrame
        ``frame`` itself.
    """
    cells, documented = int(controls["cells"].sum()), int(controls["documented"].sum())
    origin = {"version": str(read_package()["version"]), "documented": documented}
    frame.attrs[ORIGIN] = origin | {REST_BEHIND: cells - documented}
    frame.attrs[BASES] = json.dumps(bases)
    return frame


def read_bases(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the basis of each cell as stored by :func:`record_origin`, or an empty string."""
    bases: dict[str, Any] = json.loads(frame.attrs.get(BASES, "{}"))
    return bases


def name_rows(frame: pd.DataFrame) -> list[str]:
    """Return the row names as strings, with the levels of a MultiIndex joined by line breaks."""
    return ["\n".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.index]


def describe_origin(frame: pd.DataFrame) -> str:
    """Describe the origin of a count or a matrix in one line, for the bottom of a chart.

    Parameters
    ----------
    frame
        Frame that was made from a model, for example by :func:`~srm_data.duty_distribution`.

    Returns
    -------
    str
        Source, version and the share of cells that are documented. The share is left out for a frame
        that was made by hand.

    Examples
    --------
    >>> frame = pd.DataFrame()
    >>> frame.attrs["origin"] = {"version": "2026.11.1", "documented": 1, "category": 3}
    >>> describe_origin(frame)
    "Source: AWS's documents, as read in srm_data 2026.11.1. Of 4 cells, 25 % are documented, 75 %
    category defaults."
    """
    origin = dict(frame.attrs.get(ORIGIN, {}))
    version = origin.pop("version", None) or read_package()["version"]
    line = f"Source: AWS's documents, as read in srm_data {version}."
    cells = sum(origin.values())
    if not cells:
        return line
    if set(origin) == {"category"}:
        all_are = f"All {cells:,} cells are category defaults"
        return f"{line} {all_are if cells > 1 else 'The only cell is a category default'}."
    percents = dict(zip(origin, _round_shares(list(origin.values())), strict=True))
    shares = [
        f"{percents[basis]}% {words}" if percents[basis] else f"under 1% {words}"
        for basis, words in BASIS_WORDS.items()
        if origin.get(basis)
    ]
    if not origin.get("documented"):
        shares.insert(0, "none is documented")
    else:
        shares[0] = shares[0].replace("% ", "% are ")
    of = f"Of {cells:,} {'cell' if cells == 1 else 'cells'}"
    of += " behind the controls" if REST_BEHIND in origin else ""
    return f"{line} {of}, {', '.join(shares)}.".replace("%", " %")


def _round_shares(counts: list[int]) -> list[int]:
    """Return whole percents that add up to 100: those with the largest remainders are rounded up."""
    total = sum(counts)
    percents = [100 * count // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda place: -(100 * counts[place] % total))
    for place in by_remainder[: 100 - sum(percents)]:
        percents[place] += 1
    return percents
