"""Format text for a terminal: width, wrapped tables and colour."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence

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
    """Return the width of the terminal in columns; ``COLUMNS`` overrides it, and a pipe has 96."""
    return max(shutil.get_terminal_size((WITHOUT_TERMINAL, 24)).columns, NARROWEST)


def find_room() -> int:
    """Return the width for lines that a wider terminal does not make longer."""
    return min(find_width(), WIDEST)


def wrap(text: str, *, indent: int = 0, hang: int = 0, width: int | None = None) -> list[str]:
    """Wrap a text at word boundaries; words longer than the width are not split."""
    return textwrap.wrap(
        text,
        find_width() if width is None else width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )


def wrap_lines(text: str, *, first: str | None = None, indent: int = 0) -> list[str]:
    """Wrap a text in at most 80 columns; its first line may begin with something else than spaces."""
    start = " " * indent if first is None else first
    return textwrap.wrap(
        text, find_room(), initial_indent=start, subsequent_indent=" " * indent, break_on_hyphens=False
    )


def print_lines(text: str, *, first: str | None = None, indent: int = 0) -> None:
    """Print a text as :func:`wrap_lines` wraps it."""
    print("\n".join(wrap_lines(text, first=first, indent=indent)))


def list_first(names: Sequence[str], most: int) -> str:
    """List the first names and the number of the others; a single one is named instead."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"


def print_painted(*parts: Painted) -> None:
    """Print texts on one line, in colour on a terminal; control characters are escaped."""
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


def print_wrapped(
    text: str, paint: str = "", *, indent: int = 0, hang: int = 0, begins: str = ""
) -> None:
    """Print a text wrapped at word boundaries, with only its first words in colour."""
    for place, line in enumerate(wrap(text, indent=indent, hang=hang)):
        if begins and place == 0 and line.lstrip().startswith(begins):
            start = len(line) - len(line.lstrip()) + len(begins)
            print_painted((line[:start], paint), (line[start:], ""))
        else:
            print_painted((line, "" if begins else paint))


def print_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    paint: int | None = None,
    width: int | None = None,
) -> None:
    """Print a table that fits the width of the terminal; long texts are wrapped."""
    values = [list(row) for row in rows]
    columns = range(len(headings))
    is_number = [bool(values) and all(isinstance(row[n], int) for row in values) for n in columns]
    texts = [[f"{it:,}" if isinstance(it, int) else str(it) for it in row] for row in values]
    lines = [list(headings), *texts]
    widths = _fit(lines, find_width() if width is None else width)
    for row in lines:
        boxes = [wrap(text, width=wide) or [""] for text, wide in zip(row, widths, strict=True)]
        for number in range(max(map(len, boxes))):
            cells = [box[number] if number < len(box) else "" for box in boxes]
            last = max((place for place, cell in enumerate(cells) if cell), default=0)
            parts: list[Painted] = []
            for place, cell in enumerate(cells[: last + 1]):
                wide = widths[place]
                text = cell.rjust(wide) if is_number[place] else cell.ljust(wide if place < last else 0)
                colour = "title" if row is lines[0] else row[place] if place == paint else ""
                parts += [(text, colour), (" " * GAP if place < last else "", "")]
            print_painted(*parts)


def _fit(rows: list[list[str]], width: int) -> list[int]:
    columns = list(zip(*rows, strict=True))
    widths = [max(len(text) for text in column) for column in columns]
    least = [
        max((len(word) for text in column for word in text.split()), default=1) for column in columns
    ]
    room = width - GAP * (len(columns) - 1)
    while sum(widths) > room and widths != least:
        able = [place for place in range(len(widths)) if widths[place] > least[place]]
        widths[max(able, key=lambda place: widths[place])] -= 1
    return widths
