"""Display sentences in a notebook, wrapped at word boundaries."""

from __future__ import annotations

import textwrap
from html import escape

WIDTH = 100  # characters of a line of plain text


class Sentences:
    """Sentences to display at the end of a cell; printed text would be broken within words."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        self.sentences = sentences

    def __repr__(self) -> str:
        """Return the sentences as plain text, one per line."""
        return "\n".join(textwrap.fill(sentence, WIDTH) for sentence in self.sentences)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)


def show_text(*sentences: str) -> Sentences:
    """Display computed sentences as prose.

    Parameters
    ----------
    *sentences
        Sentences to display, one paragraph each.

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
