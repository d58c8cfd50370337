"""Parse the command line, run a command and report errors."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module

from srm_data.cli.options import make_parser
from srm_data.exceptions import SrmDataError, describe_nearest
from srm_data.terminal import EscapedOutput


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments
        Arguments after ``srm-data``; by default those of this process.

    Returns
    -------
    int
        0 if successful, 1 if the data or the input is faulty, 130 if interrupted.

    Raises
    ------
    SystemExit
        With code 2 for wrong usage, and 0 after ``--help`` and ``--version``.

    Examples
    --------
    >>> main(["show", "no such thing"])
    1
    """
    with EscapedOutput():
        try:
            return _run(arguments)
        except KeyboardInterrupt:
            return 130
        except BrokenPipeError:  # the reader, such as head, has seen enough
            return 0


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options, unknown = make_parser().parse_known_args(arguments)
        if unknown:  # the usage of the command has its options, that of the program has none
            names = re.findall(r"--[\w-]+", options.parser.format_usage())
            nearest = describe_nearest(unknown[0], names)
            options.parser.error(f"unrecognized arguments: {' '.join(unknown)}{nearest}")
    finally:
        sys.stdout.flush()  # a broken pipe shows here, after the help
    try:
        module, function = options.run.split(".")
        getattr(import_module(f"srm_data.cli.{module}"), function)(options)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (SrmDataError, LookupError, OSError) as error:
        # An unknown name is a plain LookupError; a subclass such as KeyError is a bug.
        if isinstance(error, LookupError) and type(error) is not LookupError:
            raise
        print(f"srm-data: {_describe_error(error)}", file=sys.stderr, flush=True)
        return 1
    return 0


def _describe_error(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None and error.strerror is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)
