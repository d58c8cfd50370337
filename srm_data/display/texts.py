"""Display sentences in a notebook, broken at words."""

from __future__ import annotations

import textwrap
from html import escape

WIDTH = 100  # characters of a line of plain text


class Sentences:
    """Sentences for the end of a cell; a notebook breaks what is printed within words."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        self.sentences = sentences

    def __repr__(self) -> str:
        """Return the sentences as plain text, each on a line of its own."""
        return "\n".join(textwrap.fill(sentence, WIDTH) for sentence in self.sentences)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)


def show_text(*sentences: str) -> Sentences:
    """Display sentences that were computed, as prose.

    Parameters
    ----------
    *sentences
        Each becomes a paragraph.

    Returns
    -------
    Sentences
        For the end of a cell.

    Examples
    --------
    >>> show_text("One cell is shared.", "Two are the customer's.")
    One cell is shared.
    Two are the customer's.
    """
    return Sentences(sentences)
