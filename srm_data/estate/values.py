"""Read single values of JSON and YAML documents; errors give the place of the value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from srm_data.exceptions import EstateError

LONGEST_PLACE = 500


def join_some(items: Sequence[object], most: int = 10) -> str:
    """Join the first items, and count the others."""
    more = f" and {len(items) - most:,} more" if len(items) > most else ""
    return ", ".join(map(str, items[:most])) + more


def expect_mapping(value: Any, file: object, place: str) -> dict[str, Any]:
    """Return the value if it is a JSON object; otherwise raise an error that gives its place."""
    if isinstance(value, dict):
        return value
    raise EstateError(f"{file}, {place}: {type(value).__name__}, expected an object")


def expect_list(value: Any, file: object, place: str) -> list[Any]:
    """Return the value if it is a list, or an empty list for None; otherwise raise an error."""
    if value is None or isinstance(value, list):
        return value or []
    raise EstateError(f"{file}, {place}: {type(value).__name__}, expected a list")


def read_scalar(value: Any) -> str:
    """Return text or a number as a string, and an empty string for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def read_line(value: Any) -> str:
    """Return a key or an address if it is a single line, and an empty string otherwise."""
    text = read_scalar(value)
    return text if len(text) <= LONGEST_PLACE and len(text.splitlines()) == 1 else ""
