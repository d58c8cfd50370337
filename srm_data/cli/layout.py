"""Format text for a terminal: width, wrapped tables and colour."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from srm_data.terminal import escape_controls, find_terminal

NARROWEST, WITHOUT_TERMINAL = 40, 96
"""Minimum width in columns, and width for a file or pipe."""

WIDEST = 80
"""Width of prose, in columns."""

GAP = 2  # columns between two columns of a table
COLOURS = {
    "AWS": "33",
    "Shared": "36",
    "Customer": "1;35",
    "Not applicable": "2",
    "title": "1",
    "soft": "2",
}
"""ANSI codes for parties, titles and minor text."""

Painted = tuple[str, str]
"""Text, and the name of its colour in ``COLOURS``, or nothing."""


def find_width() -> int:
    """Return the width for tables: that of the terminal, or of ``COLUMNS``; a pipe has 96 columns."""
    return max(shutil.get_terminal_size((WITHOUT_TERMINAL, 24)).columns, NARROWEST)


def find_room() -> int:
    """Return the width for prose, which a wider terminal does not make longer."""
    return min(find_width(), WIDEST)


def wrap(
    text: str, *, first: str | None = None, indent: int = 0, hang: int = 0, width: int | None = None
) -> list[str]:
    """Wrap a text, by default in at most 80 columns; a longer word is not split.

    Its first line may begin with something else than spaces.
    """
    return textwrap.wrap(
        text,
        find_room() if width is None else width,
        initial_indent=" " * indent if first is None else first,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )


def list_first(names: Sequence[str], most: int) -> str:
    """List the first names and the number of the others; a single one is named instead."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"


def warn(text: str) -> None:
    """Print a line to stderr, beside what a command writes."""
    print(f"srm-data: {text}", file=sys.stderr)


def print_painted(*parts: Painted) -> None:
    """Print texts on one line, in colour on a terminal; control characters are escaped."""
    # Colours go past the output that escapes control characters, texts do not.
    beneath = find_terminal(sys.stdout)
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    is_coloured = sys.stdout.isatty() and not is_plain
    for text, paint in parts:
        code = COLOURS.get(paint, "") if is_coloured else ""
        if code:
            beneath.write(f"\x1b[{code}m")
        sys.stdout.write(escape_controls(text))
        if code:
            beneath.write("\x1b[0m")
    sys.stdout.write("\n")


def print_wrapped(text: str, paint: str = "", *, begins: str = "", **look: Any) -> None:
    """Print a text as :func:`wrap` wraps it, with only its first words in colour if they are given."""
    for line in wrap(text, **look):
        before, words, after = line.partition(begins) if begins else ("", line, "")
        print_painted((before, ""), (words, paint), (after, ""))
        begins, paint = ("", "") if begins else ("", paint)


def print_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    width: int | None = None,
    widths: list[int] | None = None,
) -> None:
    """Print a table that fits the width of the terminal; long texts are wrapped, answers in colour."""
    values: list[list[object]] = [list(headings), *(list(row) for row in rows)]
    is_number = [len(values) > 1 and all(isinstance(row[n], int) for row in values[1:])
                 for n in range(len(headings))]  # fmt: skip
    lines = [
        [f"{value:,}" if isinstance(value, int) else str(value) for value in row] for row in values
    ]
    widths = widths or _fit(lines, find_width() if width is None else width)
    # A row has as many lines as its longest text; what is blank at the end of a line is not printed.
    for place, row in enumerate(lines):
        boxes = [wrap(text, width=wide) or [""] for text, wide in zip(row, widths, strict=True)]
        colours = ["title" if not place else text.partition(",")[0] for text in row]
        for texts in zip_longest(*boxes, fillvalue=""):
            last = max((n for n, text in enumerate(texts) if text), default=0)
            parts: list[Painted] = []
            for n, text in enumerate(texts[: last + 1]):
                padded = text.rjust(widths[n]) if is_number[n] else text.ljust(widths[n] * (n < last))
                parts += [(" " * GAP * bool(n), ""), (padded, colours[n])]
            print_painted(*parts)


def _fit(rows: list[list[str]], width: int) -> list[int]:
    """Return the widths of columns: the widest is narrowed first, but no word is split."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [max(map(len, " ".join(column).split()), default=1) for column in columns]
    while sum(widths) > width - GAP * (len(columns) - 1) and widths != least:
        able = [place for place in range(len(widths)) if widths[place] > least[place]]
        widths[max(able, key=lambda place: widths[place])] -= 1
    return widths
