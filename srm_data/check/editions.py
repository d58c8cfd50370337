"""Hold the editions of sources to what a machine can know of them: the form, the calendar, the order.

The pattern of the column ``edition`` in ``datapackage.json`` holds the form. Added is what no pattern
can say: the day or month exists, and nothing was read before it was published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from srm_data.exceptions import Fault

PERIOD = re.compile(r"\d{4}(-\d\d){0,2}$")
"""The day, month or year that ends an edition."""


def find_edition_faults(sources: Sequence[tuple[int, dict[str, str]]]) -> Iterator[Fault]:
    """Find sources whose edition cannot be, or that have a page and do not say which edition was read.

    Parameters
    ----------
    sources
        The rows of the table: the line in the file, and the cells by column. A cell that is missing has
        no fault here.

    Yields
    ------
    srm_data.exceptions.Fault
        File, line, column, value and what was expected.

    Examples
    --------
    >>> row = {"url": "https://x.example/", "edition": "copy of 2026-12", "accessed": "2026-11-25"}
    >>> for fault in find_edition_faults([(2, row)]):
    ...     print(fault)
    sources.csv, line 2, column edition: 'copy of 2026-12', expected an edition that is no later than
    the reading on 2026-11-25
    """
    for line, cells in sources:
        edition, accessed = cells.get("edition", ""), cells.get("accessed", "")
        for column in ("edition", "accessed"):
            if cells.get("url") and not cells.get(column, "-"):
                yield Fault("sources.csv", line, column, "", "a value, as the source has an address")

        found = PERIOD.search(edition)
        if not found:
            continue
        period = found[0]
        if not _is_in_calendar(period):
            yield Fault("sources.csv", line, "edition", edition, "a day or month that exists")
        elif accessed and period > accessed[: len(period)]:
            expected = f"an edition that is no later than the reading on {accessed}"
            yield Fault("sources.csv", line, "edition", edition, expected)


def _is_in_calendar(period: str) -> bool:
    """Return whether a text, as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, is a year, month or day."""
    try:
        date.fromisoformat(f"{period}-01-01"[:10])
    except ValueError:
        return False
    return True


def list_editions_without_month(sources: pd.DataFrame) -> pd.DataFrame:
    """List the sources whose edition names a year and no month; new ones have to name the month.

    Parameters
    ----------
    sources
        The table ``sources``, from :func:`~srm_data.load_tables`.

    Returns
    -------
    DataFrame
        Those rows, with the columns and the index of ``sources``.

    Examples
    --------
    >>> sources = pd.DataFrame({"edition": ["copy of 2026", "copy of 2026-11", "undated copy"]})
    >>> list_editions_without_month(sources)["edition"].tolist()
    ['copy of 2026']
    """
    return sources[sources["edition"].str.contains(r" of \d{4}$")]
