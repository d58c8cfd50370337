"""The command line as rows of two tables, ``commands.csv`` and ``options.csv``, and its parser."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from srm_data.estate.readers import KINDS
from srm_data.formats import describe_endings

FOLDER = files("srm_data.cli")
PATHS = ("FILE", "FOLDER")
"""What options take that is the name of a file or folder."""


class Parser(argparse.ArgumentParser):
    """A parser whose options can be given once, except those that are repeated."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.color = False  # newer Pythons colour the help, and colours would be escaped
        self.register("action", None, StoreOnce)


class StoreOnce(argparse.Action):
    """Store the value of an option, and reject a second one instead of dropping the first."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Store the value, or exit with a message and code 2."""
        given: frozenset[str] = getattr(namespace, "given", frozenset())
        if option_string is not None and self.dest in given:
            raise argparse.ArgumentError(self, "may be given only once")
        namespace.given = given | {self.dest}
        setattr(namespace, self.dest, values)


class _PrintVersion(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **settings: object) -> None:
        super().__init__(option_strings, dest, nargs=0, help=str(settings.get("help")))

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from srm_data.schema import read_package

        print(f"srm-data {read_package()['version']}")
        parser.exit()


def make_parser() -> argparse.ArgumentParser:
    """Build the command-line parser with all commands, in the order of their table."""
    # The help begins with what this is for, and ends with examples.
    text = (FOLDER / "help.txt").read_text(encoding="utf-8")
    description, begins, examples = text.partition("examples:")
    parser = Parser(
        prog="srm-data",
        description=description,
        epilog=begins + examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_PrintVersion, help="print the data version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    # What a command's own row leaves blank, the row of the option for all commands says.
    rows = {(row["command"], row["option"]): row for row in _read_rows("options.csv")}
    for row in _read_rows("commands.csv"):
        command = commands.add_parser(row["command"], help=row["help"])
        command.set_defaults(run=row["run"])
        for name in row["takes"].split():
            own, shared = (rows.get((of, name), {}) for of in (row["command"], ""))
            settings = {key: own.get(key) or shared.get(key, "") for key in own | shared}
            command.add_argument(name, **_make_settings(settings))
    return parser


def _read_rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines()))


def _make_settings(row: dict[str, str]) -> dict[str, Any]:
    """Return the settings of an option for ``argparse``."""
    settings: dict[str, Any] = {"help": row["help"].replace("ENDINGS", describe_endings())}
    if row["number"] == "flag":
        return settings | {"action": "store_true"}
    settings |= {"action": "append"} if row["number"] == "append" else {}
    settings |= {"nargs": row["number"]} if row["number"] in ("?", "+", "*") else {}
    if row["choices"]:
        choices = KINDS if row["choices"] == "KINDS" else row["choices"].split()
        return settings | {"choices": choices, "default": row["default"] or None}
    as_type = path_of if row["takes"] in PATHS else nonempty
    default = as_type(row["default"]) if row["default"] else None
    return settings | {"metavar": row["takes"] or None, "type": as_type, "default": default}


def nonempty(text: str) -> str:
    """Return a name from the command line; reject an empty one, as from an unset variable."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("expected a name; got an empty one")
    return text


def path_of(text: str) -> Path:
    """Return the path of a file or folder from the command line."""
    return Path(nonempty(text))
