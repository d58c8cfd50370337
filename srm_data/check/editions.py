"""Check what can be checked of the editions of sources: format, calendar and order.

The pattern of the column ``edition`` in ``datapackage.json`` defines the format. This module checks
what a pattern cannot: that the day or month exists, and that nothing was read before it was published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from srm_data.exceptions import Fault

PERIOD = re.compile(r"\d{4}(-\d\d){0,2}$")
"""Date, month or year at the end of an edition."""


def find_edition_faults(sources: Sequence[tuple[int, dict[str, str]]]) -> Iterator[Fault]:
    """Find sources with an impossible edition, or with a page but no edition.

    Parameters
    ----------
    sources
        Rows of the table, each with its line number in the file and its cells by column. Missing cells
        are not reported here.

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
    """Return whether ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` is a valid year, month or date."""
    try:
        date.fromisoformat(f"{period}-01-01"[:10])
    except ValueError:
        return False
    return True


def list_editions_without_month(sources: pd.DataFrame) -> pd.DataFrame:
    """List the sources whose edition gives only a year. New editions must give the month.

    Parameters
    ----------
    sources
        The table ``sources``, from :func:`~srm_data.load_tables`.

    Returns
    -------
    DataFrame
        Matching rows of ``sources``, with their original index.

    Examples
    --------
    >>> sources = pd.DataFrame({"edition": ["copy of 2026", "copy of 2026-11", "undated copy"]})
    >>> list_editions_without_month(sources)["edition"].tolist()
    ['copy of 2026']
    """
    return sources[sources["edition"].str.contains(r" of \d{4}$")]
