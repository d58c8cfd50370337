"""Markdown: tables, code, anchors and whole pages."""

from __future__ import annotations

import re


def make_table(header: list[str], rows: list[list[str]]) -> str:
    """Make a table; outside code, signs that Markdown would read are kept as they are."""
    cells = [header, ["---"] * len(header), *rows]
    lines = [[" ".join(cell.split()).replace("|", r"\|") for cell in row] for row in cells]
    return "\n".join(f"| {' | '.join(map(escape, line))} |" for line in lines)


def escape(text: str) -> str:
    """Keep signs that Markdown would read as they are, outside code."""
    return re.sub(r"(`[^`]*`)|([*<])", lambda found: found[1] or rf"\{found[2]}", text)


def show_code(names: list[str]) -> str:
    """List names as code."""
    return ", ".join(f"`{name}`" for name in names)


def make_anchor(heading: str) -> str:
    """Return the anchor under which a heading is found."""
    return heading.lower().replace(" ", "-")


def join_parts(parts: list[str]) -> str:
    """Join paragraphs, lists and tables into a page."""
    return "\n\n".join(parts) + "\n"
