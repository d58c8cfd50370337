"""Compare names as people type them with those that are known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def find_nearest(name: str, known: Iterable[str], *, count: int = 3) -> list[str]:
    """Find the known names that look most like one that is not known.

    Parameters
    ----------
    name
        What was typed.
    known
        What could have been meant.
    count
        How many to return at most.

    Returns
    -------
    list of str
        The nearest first; empty if none looks alike.

    Examples
    --------
    >>> find_nearest("pathcing", ["patching", "backup", "hardware"])
    ['patching']
    """
    return difflib.get_close_matches(name, dict.fromkeys(known), n=count)


def describe_nearest(name: str, known: Iterable[str]) -> str:
    """Return the nearest names in brackets, to end an error message, or an empty text.

    Examples
    --------
    >>> describe_nearest("pathcing", ["patching", "backup", "hardware"])
    ' (nearest: patching)'
    >>> describe_nearest("zzz", ["patching"])
    ''
    """
    near = find_nearest(name, known)
    return f" (nearest: {', '.join(near)})" if near else ""
