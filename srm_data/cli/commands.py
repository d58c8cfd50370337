"""Parse the command line, run the command and report errors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from srm_data.cli.cells import add_ask, add_show
from srm_data.cli.controls import add_controls
from srm_data.cli.estates import add_estate
from srm_data.cli.exports import add_export, add_page, add_run
from srm_data.cli.lookups import add_agreement, add_catalogue, add_check
from srm_data.cli.options import Parser
from srm_data.cli.reviews import add_compare, add_review
from srm_data.exceptions import SrmDataError
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
  srm-data show eks-fargate backup       one duty; --mine, --format csv|json|md
  srm-data ask "who patches rds?"        a question in everyday words
  srm-data export                        the whole catalogue as an Excel workbook, in exports/
  srm-data export --only ecs-fargate --only s3 --out ours.xlsx
  srm-data estate terraform.tfstate bill.csv --out ours.xlsx      your own services, from inventories
  srm-data page terraform.tfstate --out ours.html      the same as one page to send, with search
  srm-data review returned.xlsx --out review/         decisions, remarks, status, problems as CSV
  srm-data review ada.xlsx bob.xlsx --out review/     merge the copies of several reviewers
  srm-data export --decisions review/decisions.csv --remarks review/remarks.csv \\
      --cell-status review/cell_status.csv --sign-off review/sign_off.csv --since sent.xlsx
  srm-data compare sent.xlsx             what has changed since that workbook was made
  srm-data controls --estate bill.csv --framework nist-800-53     what we inherit, what is left
  srm-data agreement                     how often rules and defaults alone would have been right
  srm-data catalogue                     what AWS has added since the tables were made
  srm-data check my-tables/              all faults in a folder of tables, with file and line
  srm-data run                           run the notebooks and write the workbook

exit codes: 0 success, 1 fault in the data or the input, 2 wrong usage, 130 interrupted
"""

COMMANDS = (
    add_check,
    add_show,
    add_ask,
    add_export,
    add_estate,
    add_page,
    add_review,
    add_compare,
    add_controls,
    add_agreement,
    add_catalogue,
    add_run,
)
"""Functions that add one command each, in the order of the help."""


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
        options.command(options)
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

    for add_command in COMMANDS:
        add_command(commands)
    return parser


class _PrintVersion(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **settings: object) -> None:
        super().__init__(option_strings, dest, nargs=0, help=str(settings.get("help")))

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from srm_data.schema import read_package

        print(f"srm-data {read_package()['version']}")
        parser.exit()
