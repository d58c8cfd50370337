"""The command line as rows of two tables, ``commands.csv`` and ``options.csv``, and its parser."""

from __future__ import annotations

import argparse
import csv
from importlib.resources import files
from pathlib import Path
from typing import Any

from srm_data.estate.readers import KINDS
from srm_data.formats import describe_endings
from srm_data.schema import read_package

FOLDER = files("srm_data.cli")


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
    text = (FOLDER / "help.txt").read_text(encoding="utf-8")
    description, begins, examples = text.partition("examples:")
    parser = argparse.ArgumentParser(
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
    rows = {(row["command"], row["option"]): row for row in _read_rows("options.csv")}
    for row in _read_rows("commands.csv"):
        command = commands.add_parser(row["command"], help=row["help"])
        command.set_defaults(run=row["run"], parser=command)
        for name in row["takes"].split():
            own, shared = (rows.get((of, name), {}) for of in (row["command"], ""))
            settings = {key: own.get(key) or shared.get(key, "") for key in own | shared}
            command.add_argument(name, **_make_settings(settings))
    for each in (parser, *commands.choices.values()):
        # newer Pythons colour the help, and colours would be escaped
        each.color = False  # type: ignore[attr-defined]
    return parser


def _read_rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines()))


def _make_settings(row: dict[str, str]) -> dict[str, Any]:
    """Return the settings of an option for ``argparse``."""
    settings: dict[str, Any] = {"help": row["help"].replace("ENDINGS", describe_endings())}
    if row["number"] == "flag":
        return settings | {"action": "store_true"}
    settings |= {"action": "append" if row["number"] == "append" else StoreOnce}
    settings |= {"nargs": row["number"]} if row["number"] in ("?", "+", "*") else {}
    if row["choices"]:
        choices = KINDS if row["choices"] == "KINDS" else row["choices"].split()
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
