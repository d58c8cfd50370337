"""Print to a terminal: wrapped texts, frames as tables, and colour."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from srm_data.display import GAP, lay_out
from srm_data.terminal import escape_controls, find_terminal

if TYPE_CHECKING:
    import pandas as pd

NARROWEST, WITHOUT_TERMINAL, WIDEST = 40, 96, 80
"""Columns of a narrow terminal, of a file or pipe, and of prose in a wide terminal."""

COLOURS = {
    "AWS": "33",
    "Shared": "36",
    "Customer": "1;35",
    "Not applicable": "2",
    "title": "1",
    "soft": "2",
}
"""ANSI codes for parties, titles and minor text."""


def find_width() -> int:
    """Return the width for tables: that of the terminal, or of ``COLUMNS``; a pipe has 96 columns."""
    return max(shutil.get_terminal_size((WITHOUT_TERMINAL, 24)).columns, NARROWEST)


def find_room() -> int:
    """Return the width for prose, which a wider terminal does not make longer."""
    return min(find_width(), WIDEST)


def wrap(text: str, *, first: str | None = None, indent: int = 0, hang: int = 0) -> list[str]:
    """Wrap a text in at most 80 columns; its first line may begin with something else than spaces."""
    return textwrap.wrap(
        text,
        find_room(),
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


def print_painted(*parts: tuple[str, str]) -> None:
    """Print texts on one line, each in its colour on a terminal; control characters are escaped."""
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


def print_frame(frame: pd.DataFrame, *, width: int = 0, widths: Sequence[int] = ()) -> None:
    """Print a frame as a table that fits the terminal: numbers at the right, answers in colour."""
    numeric = {place for place, kind in enumerate(frame.dtypes) if kind.kind in "iuf"}
    rows = [[str(name) for name in frame]]
    for values in frame.itertuples(index=False, name=None):
        of_row = enumerate(values)
        rows.append([f"{value:,}" if place in numeric else str(value) for place, value in of_row])
    for number, texts in lay_out(rows, width or find_width(), widths=widths, right=numeric):
        paints = [cell.partition(",")[0] if number else "title" for cell in rows[number]]
        parts: list[tuple[str, str]] = []
        for text, paint in zip(texts, paints, strict=False):
            parts += [(" " * GAP * bool(parts), ""), (text, paint)]
        print_painted(*parts)
