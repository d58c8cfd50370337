"""What is printed: text of other people's files is shown on the terminal, and never controls it.

An inventory or a workbook holds what strangers typed. A terminal obeys some characters instead of
showing them: it moves the cursor, writes the clipboard, turns the direction of the text.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""Control characters but tab and newline, and those that turn the direction of a text."""


class PrintableStream:
    """A stream that escapes what a terminal would obey, and what its encoding does not have.

    It has no ``fileno``: what would colour its text for a terminal leaves that. When the reader of a
    pipe is gone, ``BrokenPipeError`` is raised once, and later text goes nowhere.

    Parameters
    ----------
    beneath
        Where the text goes; ``None``, as of a closed output, for nowhere.
    """

    def __init__(self, beneath: TextIO | None) -> None:
        self.beneath = beneath
        self.encoding = getattr(beneath, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Write a text, its control characters as escapes."""
        if self.beneath is not None:
            shown = escape_controls(text).encode(self.encoding, "backslashreplace")
            with self._silence_when_broken(self.beneath):
                self.beneath.write(shown.decode(self.encoding))
        return len(text)

    def flush(self) -> None:
        """Flush the stream beneath."""
        if self.beneath is not None:
            with self._silence_when_broken(self.beneath):
                self.beneath.flush()

    @contextmanager
    def _silence_when_broken(self, beneath: TextIO) -> Iterator[None]:
        """Send what is still to come nowhere, once the reader of a pipe, such as head, has gone."""
        try:
            yield
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), beneath.fileno())
            raise

    def isatty(self) -> bool:
        """Return whether the stream beneath is a terminal."""
        return self.beneath is not None and self.beneath.isatty()


def escape_controls(text: str) -> str:
    r"""Write control characters as escapes, but tab and newline.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text as it can be shown.

    Examples
    --------
    >>> print(escape_controls("Amazon SQS\x1b]0;title\x07"))
    Amazon SQS\x1b]0;title\x07
    """
    return CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class EscapedOutput:
    """Escape all that is printed inside of a ``with`` block, errors and warnings among it.

    After a fault of ours, which is an ``Exception``, the streams stay as they are, so that they also
    escape the traceback that the interpreter prints.
    """

    def __enter__(self) -> None:
        self.before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = (
            cast(TextIO, stream if isinstance(stream, PrintableStream) else PrintableStream(stream))
            for stream in self.before
        )

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if not isinstance(error, Exception):
            sys.stdout, sys.stderr = self.before


def find_terminal(stream: TextIO) -> TextIO:
    """Return the stream beneath an escaping one, for progress lines that hold nothing of a file."""
    return getattr(stream, "beneath", None) or stream
