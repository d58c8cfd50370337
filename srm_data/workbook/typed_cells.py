"""Cells of the cover, look-up and review log that people fill in, and that have no codes."""

from __future__ import annotations

from collections.abc import Sequence

from srm_data.workbook.format import (
    DUTY,
    HISTORY_HEADER,
    LOG_ENTRIES,
    LOOKUP_SHEET,
    OFFERING,
    REVISION,
    SIGN_OFF,
    SIGN_OFF_HEADER,
    is_log_header,
)


class TypedCells:
    """Finds the cells that people fill in, row by row; they have no codes.

    Examples
    --------
    >>> typed = TypedCells()
    >>> rows = [SIGN_OFF_HEADER, ("Approved by", "CISO", "Ada", ""), ("", "By the way")]
    >>> [typed.find(row) for row in rows]
    [[], [1, 2, 3], []]
    """

    def __init__(self) -> None:
        self.labels: tuple[str, ...] = ()
        self.first = 0
        self.choices: tuple[str, ...] = ()
        self.entries: list[int] = []
        self.field = ""
        """The field of the cover that the last row is of."""

    def find(self, texts: Sequence[object]) -> list[int]:
        """Return the zero-based positions of the cells to fill in, for the next row."""
        self.field = ""
        if is_log_header(texts):
            self.entries = [place for place, text in enumerate(texts) if text in LOG_ENTRIES]
            return []
        for header, labels in ((SIGN_OFF_HEADER, SIGN_OFF), (HISTORY_HEADER, (REVISION,))):
            place = _find_header(texts, header)
            if place is not None:
                self.labels, self.first = labels, place
                return []
        if LOOKUP_SHEET in texts[:1]:
            self.choices = (OFFERING, DUTY)
            return []
        if self.choices and texts and texts[0] in self.choices:
            return [1]
        if self.labels and len(texts) > self.first and texts[self.first] in self.labels:
            self.field = str(texts[self.first])
            return list(range(self.first + 1, self.first + len(SIGN_OFF_HEADER)))
        return self.entries


def _find_header(texts: Sequence[object], header: Sequence[str]) -> int | None:
    """Return where a header begins in a row, of which one text may have been typed over."""
    for at, title in enumerate(header[:2]):
        if title in texts:
            place = list(texts).index(title) - at
            found = texts[place : place + len(header)] if place >= 0 else ()
            if sum(a == b for a, b in zip(found, header, strict=False)) >= len(header) - 1:
                return place
    return None
