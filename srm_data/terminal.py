"""Print text from other people's files without letting it control the terminal.

Inventories and workbooks contain untrusted text. A terminal interprets some characters instead of
showing them: they move the cursor, write to the clipboard or change the text direction.
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
"""Control characters except tab and newline, including those that change the text direction."""


DRAWN = str.maketrans("●○□◆│–─", "*o#+|--")
"""Letters for the signs of screens, one for one, so that columns stay if the encoding lacks them."""


class PrintableStream:
    """Stream that escapes control characters and characters outside of its encoding.

    It has no ``fileno``, so that libraries do not colour its text. If the reader of a pipe has exited,
    ``BrokenPipeError`` is raised once and later text is dropped.
    """

    def __init__(self, beneath: TextIO | None) -> None:
        self.beneath = beneath
        self.encoding = getattr(beneath, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Write text, with control characters escaped."""
        if self.beneath is not None:
            shown = escape_controls(text)
            try:
                shown.encode(self.encoding)
            except UnicodeEncodeError:
                shown = shown.translate(DRAWN)
            printable = shown.encode(self.encoding, "backslashreplace").decode(self.encoding)
            with self._silence_when_broken(self.beneath):
                self.beneath.write(printable)
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        if self.beneath is not None:
            with self._silence_when_broken(self.beneath):
                self.beneath.flush()

    @contextmanager
    def _silence_when_broken(self, beneath: TextIO) -> Iterator[None]:
        """Drop all later text once the reader of a pipe, such as ``head``, has exited."""
        try:
            yield
        except BrokenPipeError:
            # Python flushes once more when it exits, and would complain again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), beneath.fileno())
            raise

    def isatty(self) -> bool:
        """Return whether the stream beneath is a terminal."""
        return self.beneath is not None and self.beneath.isatty()


def escape_controls(text: str) -> str:
    """Escape control characters except tab and newline, so that a text is safe to print."""
    return CONTROLS.sub(lambda control: control[0].encode("unicode_escape").decode("ascii"), text)


class EscapedOutput:
    """Escape everything printed inside a ``with`` block, errors and warnings included.

    After an unexpected ``Exception`` the streams are not restored, so that they also escape the
    traceback printed by the interpreter.
    """

    def __enter__(self) -> None:
        self.before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = (
            cast(TextIO, stream if isinstance(stream, PrintableStream) else PrintableStream(stream))
            for stream in self.before
        )

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        # The interpreter prints the traceback of an error after this block.
        if not isinstance(error, Exception):
            sys.stdout, sys.stderr = self.before


def find_terminal(stream: TextIO) -> TextIO:
    """Return the stream beneath an escaping one, for progress lines without text from files."""
    return getattr(stream, "beneath", None) or stream
