"""The commands as rows of one table; parse the command line, run a command and report errors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from srm_data.cli.options import FRAMEWORK, NAME, OPTIONS, REGISTER, REVIEWED, Parser, nonempty, path_of
from srm_data.exceptions import SrmDataError
from srm_data.formats import describe_endings
from srm_data.terminal import EscapedOutput

DESCRIPTION = """\
Who is responsible for what on AWS: the Shared Responsibility Model as data.

A cell answers one question: who is responsible for this duty of this offering (a way to run an
AWS service)? AWS, the customer, or both, and which page says so.
"""

EXAMPLES = """\
examples:
  srm-data show "EKS on Fargate"         every duty of one offering, with both halves and the source
  srm-data show rds                      the offerings of a service, and where they differ
  srm-data show rds aurora               two offerings side by side
  srm-data show eks-fargate --duty backup      one duty; --mine, --format csv|json|md
  srm-data ask "who patches rds?"        a question in everyday words
  srm-data export                        the whole catalogue as an Excel workbook, in exports/
  srm-data export --only ecs-fargate --only s3 --out ours.xlsx
  srm-data export --only rds --only s3 --sheet matrix --out board.png      or .xlsx, .csv, .html
  srm-data estate terraform.tfstate bill.csv --out ours.xlsx      your own services, from inventories
  srm-data page terraform.tfstate --out ours.html      the same as one page to send, with search
  srm-data estate terraform.tfstate --register register.csv --out ours.xlsx      a book to review
  srm-data review ada.xlsx bob.xlsx --register register.csv      add what the copies say
  srm-data review returned.xlsx         print what a returned book says, and what needs a person
  srm-data review decisions.csv owners.csv --register register.csv      convert files of 2026.11
  srm-data export --register register.csv --since sent.xlsx      with what changed since that book
  srm-data compare sent.xlsx             what has changed since that workbook was made
  srm-data controls --estate bill.csv --framework nist-800-53     what we inherit, what is left
  srm-data agreement                     how often rules and defaults alone would have been right
  srm-data catalogue                     what AWS has added since the tables were made
  srm-data check my-tables/              all faults in a folder of tables, with file and line
  srm-data run                           run the notebooks and write the workbook

exit codes: 0 success, 1 fault in the data or the input, 2 wrong usage, 130 interrupted
"""

CELLS = (*REGISTER, "--mine", "--format")
FILE_NAMES = {"type": path_of, "metavar": "FILE"}
STATE = {"type": nonempty}
BY_LAYOUT = {
    "choices": [
        "summary", "lines", "how-addressed", "cis", "crm", "caiq", "oscal", "ciso-assistant",
        "applied-controls", "tasks-csv", "raci-csv",
    ],
    "default": "summary",
    "help": "summary per control, rows per service, a common layout, or files of other tools",
}  # fmt: skip


class Command(NamedTuple):
    """A command: its name and help, the function that runs it, its arguments and options.

    An option is a name of the table of options, or a pair of it and settings of the command's own.
    """

    name: str
    help: str
    run: str  # module of this folder, and its function; loaded when the command is run
    arguments: dict[str, dict[str, Any]]
    options: tuple[str | tuple[str, dict[str, Any]], ...]


COMMANDS = (
    Command(
        "check", "check tables against their schema", "lookups.run_check",
        {"folder": {"nargs": "?", "type": path_of, "help": "by default the tables of the package"}},
        (),
    ),
    Command(
        "show", "show an offering, one duty of it, a service, or two offerings side by side",
        "cells.run_show",
        {"names": NAME | {"nargs": "+", "help": "one name or two: eks-fargate, rds, 'EKS on Fargate'"}},
        ("--duty", *CELLS),
    ),
    Command(
        "ask", 'answer a question, such as "who patches rds?"', "cells.run_ask",
        {"words": {"nargs": "+", "metavar": "TEXT", "help": "the question; quotes are not needed"}},
        CELLS,
    ),
    Command(
        "export", "write the Excel matrix, or the same as another file", "exports.run_export", {},
        (("--out", {"help": f"{describe_endings()}; by default a workbook in exports/ (a part has its "
                            "own name)"}),
         "--sheet", "--only", *REVIEWED, *FRAMEWORK),
    ),
    Command(
        "estate", "read from inventories what you run, and list what is yours to secure",
        "estates.run_estate",
        {"files": FILE_NAMES | {
            "nargs": "+",
            "help": "Terraform state, CloudFormation, AWS Config, bills, lists of ARNs or services; a "
                    "folder",
        }},
        (("--out", {"help": f"write the model of this estate: {describe_endings()}"}), "--kind",
         "--sheet", "--strict", "--headers", "--corrections", "--write-corrections", *REVIEWED,
         *FRAMEWORK),
    ),
    Command(
        "page", "write a page to send: one HTML file with search, matrix and sources",
        "exports.run_page",
        {"files": FILE_NAMES | {
            "nargs": "*", "help": "inventories, as for estate; without any, the catalogue",
        }},
        (("--out", {"help": "by default in exports/, with a name of its own for a part"}), "--strict",
         "--corrections", "--only", *REGISTER, "--audience"),
    ),
    Command(
        "site", "write the site: a page per service and duty, an address for every cell, JSON",
        "exports.run_site", {},
        (("--out", {"metavar": "FOLDER", "help": "by default exports/site/"}),),
    ),
    Command(
        "review", "read workbooks returned by reviewers", "reviews.run_review",
        {"files": FILE_NAMES | {
            "nargs": "+",
            "help": "a returned .xlsx, or copies of several reviewers; lists of tasks (.csv); files of "
                    "2026.11 to convert (decisions.csv ...); files are not changed",
        }},
        (("--register", {"help": "add what the files say to this register (CSV), or make it"}),
         "--on"),
    ),
    Command(
        "compare", "list the cells in which two states differ, and why", "reviews.run_compare",
        {"before": STATE | {
            "metavar": "BEFORE",
            "help": "a workbook, a data version such as 2026.11.0, or a folder of tables",
         },
         "after": STATE | {
            "metavar": "AFTER", "nargs": "?", "help": "by default the tables of the package",
         }},
        (("--register", {"help": "apply this register (CSV) to the tables of the package"}), "--on"),
    ),
    Command(
        "controls", "list who addresses each control of a framework: inherited, configured, left",
        "controls.run_controls",
        {"names": NAME | {
            "nargs": "*", "help": "offerings or services in scope; without any, the catalogue",
        }},
        ("--estate", *FRAMEWORK, "--left", ("--format", BY_LAYOUT), "--compare",
         ("--out", {"help": "write CSV; with --format cis or crm also .xlsx, in FedRAMP's layout; with "
                            "oscal or ciso-assistant a folder"}),
         "--strict", "--corrections", *REGISTER, "--audience", "--site"),
    ),
    Command(
        "agreement", "compare rules and defaults with the documented answers", "lookups.run_agreement",
        {}, (),
    ),
    Command(
        "catalogue", "compare the tables with AWS's own lists of services and resource types",
        "lookups.run_catalogue", {}, (),
    ),
    Command(
        "run", "run the notebooks and write the workbook", "exports.run_everything", {},
        ("--notebooks", ("--out", {"metavar": "FOLDER", "default": Path("exports")})),
    ),
)  # fmt: skip
"""The commands, in the order of the help."""


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
        options = make_parser().parse_args(arguments)
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


def make_parser() -> argparse.ArgumentParser:
    """Build the command-line parser with all commands."""
    parser = Parser(
        prog="srm-data",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_PrintVersion, help="print the data version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    for row in COMMANDS:
        command = commands.add_parser(row.name, help=row.help)
        command.set_defaults(run=row.run)
        for name, settings in row.arguments.items():
            command.add_argument(name, **settings)
        for option in row.options:
            name, own = (option, {}) if isinstance(option, str) else option
            command.add_argument(name, **OPTIONS[name] | own)
    return parser


class _PrintVersion(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **settings: object) -> None:
        super().__init__(option_strings, dest, nargs=0, help=str(settings.get("help")))

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from srm_data.schema import read_package

        print(f"srm-data {read_package()['version']}")
        parser.exit()
