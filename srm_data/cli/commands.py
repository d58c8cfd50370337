"""Build the command line from two tables, ``commands.csv`` and ``options.csv``; run a command."""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from srm_data.cli.formats import OF_CONTROLS, describe_endings, read_text
from srm_data.estate.readers import KINDS
from srm_data.exceptions import SrmDataError, describe_nearest
from srm_data.schema import read_package
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
        if unknown:
            options.parser.reject(unknown)
        files = list(map(str, getattr(options, "files", None) or []))
        together = " ".join(files)
        if len(files) > 1 and Path(together).exists() and not all(map(os.path.exists, files)):
            options.parser.error(f"{together}: put the name in quotes, as it has blanks")
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
        text = str(error)
        if isinstance(error, OSError) and error.filename is not None and error.strerror is not None:
            text = f"{os.fsdecode(error.filename)}: {error.strerror}"
        print(f"srm-data: {text}", file=sys.stderr, flush=True)
        return 1
    return 0


class Parser(argparse.ArgumentParser):
    """Parser whose errors name the nearest of what there is, and end with an example."""

    example = "for example, srm-data show rds; --help has examples of each command"

    def error(self, message: str) -> NoReturn:
        """Exit with code 2 after the usage and the error."""
        if wrong := re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message):
            choices = wrong[2].replace("'", "").split(", ")
            message = f"no {wrong[1]!r}{describe_nearest(wrong[1], choices)}; choose from {wrong[2]}"
        super().error(f"{message}\nsrm-data: {self.example}")

    def reject(self, unknown: Sequence[str]) -> NoReturn:
        """Exit with code 2 for arguments that the command does not take."""
        names = re.findall(r"--[\w-]+", self.format_usage())
        nearest = describe_nearest(unknown[0], names)
        if re.fullmatch(r"-\w", unknown[0]):  # a letter for an option
            begin = [name for name in dict.fromkeys(names) if name.startswith(f"-{unknown[0]}")]
            nearest = f" (it may be {' or '.join(begin)})" if begin else ""
        elif "--only" in names and not unknown[0].startswith("-"):
            nearest = f"; expected a name as --only {unknown[0]}"
        self.error(f"unrecognized arguments: {' '.join(unknown)}{nearest}")


class StoreOnce(argparse.Action):
    """Store the value of an option, and reject a second one instead of dropping the first."""

    def __call__(self, _: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        """Store the value, or exit with a message and code 2."""
        given: frozenset[str] = getattr(namespace, "given", frozenset())
        if option is not None and self.dest in given:
            raise argparse.ArgumentError(self, "may be given only once")
        namespace.given = given | {self.dest}
        setattr(namespace, self.dest, values)


def make_parser() -> argparse.ArgumentParser:
    """Build the command-line parser with all commands, in the order of their table."""
    # The help begins with what this is for, and ends with examples.
    description, begins, examples = read_text("help.txt").partition("examples:")
    parser = Parser(
        prog="srm-data",
        description=description,
        epilog=begins + examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    version = f"srm-data {read_package()['version']}"
    parser.add_argument(
        "--version", action="version", version=version, help="print the data version and stop"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    # What a command's own row leaves blank, the row of the option for all commands says.
    table = csv.DictReader(read_text("options.csv").splitlines())
    rows = {(row["command"], row["option"]): row for row in table}
    for row in csv.DictReader(read_text("commands.csv").splitlines()):
        lines = [line for line in examples.split("\n") if f" srm-data {row['command']} " in line]
        command = commands.add_parser(
            row["command"],
            help=row["help"],
            description=f"{row['help'][:1].upper()}{row['help'][1:]}.",
            epilog="\n".join(["examples:", *lines]) if lines else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if lines:
            command.example = f"for example, {re.split(r'  +', lines[0].strip())[0]}"
        command.set_defaults(run=row["run"], parser=command)
        for name in row["takes"].split():
            own, shared = (rows.get((of, name), {}) for of in (row["command"], ""))
            settings = {key: own.get(key) or shared.get(key, "") for key in own | shared}
            command.add_argument(name, **_make_settings(settings))
    for each in (parser, *commands.choices.values()):
        # newer Pythons colour the help, and colours would be escaped
        each.color = False  # type: ignore[attr-defined]
    return parser


def _make_settings(row: dict[str, str]) -> dict[str, Any]:
    """Return the settings of an option for ``argparse``."""
    settings: dict[str, Any] = {"help": row["help"].replace("ENDINGS", describe_endings())}
    if row["number"] == "flag":
        return settings | {"action": "store_true"}
    settings |= {"action": "append" if row["number"] == "append" else StoreOnce}
    settings |= {"nargs": row["number"]} if row["number"] in ("?", "+", "*") else {}
    if row["choices"]:
        tables = {"KINDS": KINDS, "FORMATS": list(OF_CONTROLS)}
        choices = tables.get(row["choices"]) or row["choices"].split()
        return settings | {"choices": choices, "default": row["default"] or None}
    as_type = {"FILE": path_of, "FOLDER": path_of, "DAY": day_of}.get(row["takes"], nonempty)
    default = as_type(row["default"]) if row["default"] else None
    return settings | {"metavar": row["takes"] or None, "type": as_type, "default": default}


def nonempty(text: str) -> str:
    """Return a name from the command line; reject an empty one, as from an unset variable."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("expected a name; got an empty one")
    return text


def day_of(text: str) -> str:
    """Return a day from the command line, in any form that a register may have it."""
    from srm_data.register.words import is_day, normalise_day

    if not is_day(normalise_day(text)):
        raise argparse.ArgumentTypeError(f"expected a day, as in 2026-12-01; got {text!r}")
    return text


def path_of(text: str) -> Path:
    """Return the path of a file or folder from the command line."""
    return Path(nonempty(text))
