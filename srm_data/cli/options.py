"""The arguments of all commands: how each is given on the command line, as rows of one table."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from srm_data.estate.readers import KINDS


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


class Parser(argparse.ArgumentParser):
    """A parser whose options can be given once, except those with ``action="append"``."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.color = False  # newer Pythons colour the help, and colours would be escaped
        self.register("action", None, StoreOnce)
        self.register("action", "store", StoreOnce)


def nonempty(text: str) -> str:
    """Return a name from the command line; reject an empty one, as from an unset variable."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("expected a name; got an empty one")
    return text


def path_of(text: str) -> Path:
    """Return the path of a file or folder from the command line."""
    return Path(nonempty(text))


FILE = {"type": path_of, "metavar": "FILE"}
FILES = FILE | {"action": "append"}
NAME = {"type": nonempty, "metavar": "NAME"}

OPTIONS: dict[str, dict[str, Any]] = {
    "--audience": {
        "choices": ["internal", "publishable"], "default": "internal",
        "help": "publishable leaves out names, comments, accounts, costs and resources",
    },
    "--baseline": NAME | {
        "help": "low, moderate, high, privacy of NIST SP 800-53B; fedramp-low, -moderate, -high; with "
                "--format crm or cis FedRAMP's in any case"
    },
    "--compare": FILE | {"help": "compare with a provider's completed CRM (xlsx)"},
    "--controls": {
        "type": path_of, "metavar": "FOLDER",
        "help": 'your own framework and mapping (CSV); the guide "Controls" has the format',
    },
    "--corrections": FILES | {
        "help": "corrections of your identifiers, from estate --write-corrections; may be repeated"
    },
    "--duty": NAME | {"help": "only this duty, by id, name or words for it: backup, TLS"},
    "--estate": FILES | {"help": "an inventory: what it uses is in scope; may be repeated"},
    "--format": {
        "choices": ["table", "csv", "json", "md"], "default": "table",
        "help": "output format; default: table",
    },
    "--framework": NAME | {"help": "nist-800-53, nist-csf, fedramp-ksi, or one of --controls"},
    "--headers": FILE | {
        "help": "names of columns in your tables: a CSV file with header and role (arn, service ...)"
    },
    "--kind": {
        "choices": KINDS,
        "help": "read every file as this kind, instead of detecting the kind from the content",
    },
    "--left": {"action": "store_true", "help": "only controls that are not inherited"},
    "--mine": {
        "action": "store_true",
        "help": "only cells that are at least partly the customer's, that is, yours",
    },
    "--notebooks": {"type": path_of, "metavar": "FOLDER", "default": Path("notebooks")},
    "--only": {
        "action": "append", "metavar": "NAME",
        "help": "restrict to an offering or service; may be repeated",
    },
    "--out": FILE,
    "--on": NAME | {"metavar": "DAY", "help": "day of the register, as in 2026-12-01; default: today"},
    "--owner": NAME | {
        "help": "only what this accountable of the register answers for, and a mail to send it with; "
                "with --out x.csv the list of their tasks; all with --out FOLDER: a book and a mail "
                "for each of them"
    },
    "--print": {
        "action": "store_true",
        "help": "the pack for a board instead of the book: at most eight pages of A4",
    },
    "--register": FILE | {
        "help": "the register of your organisation (CSV): decisions, owners, status"
    },
    "--sheet": {
        "choices": ["matrix"],
        "help": "write the matrix alone: .xlsx, .csv, .json, .html or .png by the ending of --out",
    },
    "--since": {
        "type": nonempty, "metavar": "BEFORE",
        "help": "add what changed since a workbook, a data version or a folder of tables",
    },
    "--site": NAME | {
        "metavar": "URL", "help": "web address of your copy of the site, for links to its pages"
    },
    "--strict": {
        "action": "store_true", "help": "fail if any part of a source would be left out",
    },
    "--write-corrections": FILE | {
        "help": "write assumed and unrecognised identifiers to a new CSV file, to edit"
    },
}  # fmt: skip
"""Settings of every option, as for ``argparse``; a command may have a help text of its own."""

REGISTER = ("--register", "--on")
REVIEWED = (*REGISTER, "--audience", "--since", "--owner", "--print")
"""Options for what a workbook takes over from reviews."""

FRAMEWORK = ("--framework", "--controls", "--baseline")
