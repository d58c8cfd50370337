"""Marks that show the basis of the letters in a matrix, even in a greyscale print."""

from __future__ import annotations

from collections.abc import Mapping

MARKS = {
    "decision": "!",
    "documented": "",
    "derived": "'",
    "category": "\N{DEGREE SIGN}",
    "proposed": "?",
}
"""Mark after the letter of an answer, by basis."""
MEANINGS = {
    "decision": "decided by your organisation",
    "documented": "a page about it was read",
    "derived": "follows from a documented property",
    "category": "a default, no page of its own was read",
    "proposed": "a proposal",
}
"""Meaning of each mark, by basis, for the line above a matrix."""


def choose_letter(letters: Mapping[str, str], answer: object, basis: object) -> str:
    """Return the letter of an answer with the mark of its basis.

    Examples
    --------
    >>> choose_letter({"AWS": "A"}, "AWS", "derived")
    "A'"
    """
    return f"{letters[str(answer)]}{MARKS[str(basis)]}"


def describe_marks(letter: str, bases: list[str]) -> str:
    """Describe the marks of some bases, using a letter as an example.

    Examples
    --------
    >>> describe_marks("C", ["documented", "derived"])
    "C a page about it was read, C' follows from a documented property"
    """
    return ", ".join(f"{letter}{MARKS[basis]} {MEANINGS[basis]}" for basis in MARKS if basis in bases)
