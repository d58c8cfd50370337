"""Parse the command line, run the command and report errors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from srm_data.cli.estates import run_estate
from srm_data.cli.exports import run_everything, run_export, run_page
from srm_data.cli.lookups import run_agreement, run_catalogue, run_check, run_show
from srm_data.cli.options import Parser, nonempty, path_of
from srm_data.cli.reviews import run_compare, run_review
from srm_data.estate.readers import KINDS
from srm_data.exceptions import SrmDataError
from srm_data.terminal import EscapedOutput

DESCRIPTION = """\
Who is responsible for what on AWS: the Shared Responsibility Model as data.

A cell answers one question: for this offering (a way to run an AWS service) and this duty, who is
responsible? AWS, the customer, or both, and which page says so.
"""

EXAMPLES = """\
examples:
  srm-data show "EKS on Fargate"         every duty of one offering, with both halves and the source
  srm-data show rds                      the offerings of a service, side by side
  srm-data export                        the whole catalogue as an Excel workbook, in exports/
  srm-data export --only ecs-fargate --only s3 --out ours.xlsx
  srm-data estate terraform.tfstate bill.csv --out ours.xlsx      your own services, from inventories
  srm-data page terraform.tfstate --out ours.html      the same as one page to send, with search
  srm-data review returned.xlsx --out review/         decisions, remarks and problems as CSV
  srm-data export --decisions review/decisions.csv --remarks review/remarks.csv --since returned.xlsx
  srm-data compare returned.xlsx         what changed since that workbook was made
  srm-data agreement                     how often rules and defaults alone would have been right
  srm-data catalogue                     what AWS has added since the tables were made
  srm-data check my-tables/              all faults of a folder of tables, with file and line
  srm-data run                           run the notebooks and write the workbook

exit codes: 0 done, 1 the data or the input is at fault, 2 wrong usage, 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments
        Arguments after ``srm-data``; by default those of this process.

    Returns
    -------
    int
        0 done, 1 the data or the input is at fault, 130 interrupted.

    Raises
    ------
    SystemExit
        With the code 2 for wrong usage, 0 after ``--help`` and ``--version``.

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
    """Build the parser of the command line: every command with its arguments."""
    parser = Parser(
        prog="srm-data",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_PrintVersion, help="print the data version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    check = commands.add_parser("check", help="check tables against their contract")
    check.add_argument("folder", nargs="?", type=path_of, help="by default the tables of the package")
    check.set_defaults(command=run_check)

    show = commands.add_parser("show", help="show an offering, or the offerings of a service")
    show.add_argument("name", help='such as "EKS on Fargate", eks-fargate, "Amazon RDS" or fargate')
    show.set_defaults(command=run_show)

    export = commands.add_parser("export", help="write the Excel matrix")
    export.add_argument(
        "--out",
        type=path_of,
        metavar="FILE",
        help="by default in exports/; a part gets a name of its own",
    )
    _add_only(export)
    _add_review(export)
    export.set_defaults(command=run_export)

    estate = commands.add_parser(
        "estate", help="read what you run from inventories, and what of it is yours to secure"
    )
    estate.add_argument(
        "files",
        nargs="+",
        type=path_of,
        metavar="FILE",
        help="Terraform state, CloudFormation, AWS Config, bills, lists of ARNs or services; a folder",
    )
    estate.add_argument("--out", type=path_of, metavar="FILE", help="write the workbook of this estate")
    estate.add_argument(
        "--strict", action="store_true", help="refuse a source of which anything would be left out"
    )
    estate.add_argument(
        "--headers",
        type=path_of,
        metavar="FILE",
        help="names of columns in your tables: a CSV file with header and role (arn, service ...)",
    )
    estate.add_argument(
        "--kind",
        choices=KINDS,
        help="read every file as this kind, instead of deciding by its content",
    )
    _add_corrections(estate)
    estate.add_argument(
        "--write-corrections",
        type=path_of,
        metavar="FILE",
        help="write what is assumed or not recognised, to edit (a new CSV file)",
    )
    _add_review(estate)
    _add_owners(estate)
    estate.set_defaults(command=run_estate)

    page = commands.add_parser(
        "page", help="write a page to send: one HTML file with search, matrix and sources"
    )
    page.add_argument(
        "files",
        nargs="*",
        type=path_of,
        metavar="FILE",
        help="inventories, as of estate; without any, the catalogue",
    )
    page.add_argument(
        "--out",
        type=path_of,
        metavar="FILE",
        help="by default in exports/; a part gets a name of its own",
    )
    _add_corrections(page)
    _add_only(page)
    _add_decisions(page)
    _add_owners(page)
    page.set_defaults(command=run_page)

    review = commands.add_parser("review", help="read a workbook that came back from its reviewers")
    review.add_argument(
        "file", type=path_of, metavar="FILE", help="the returned .xlsx; it is only read"
    )
    review.add_argument(
        "--out",
        type=path_of,
        metavar="FOLDER",
        help="write decisions.csv, remarks.csv and problems.csv there; existing files are left alone",
    )
    review.set_defaults(command=run_review)

    compare = commands.add_parser("compare", help="list the cells in which two states differ, and why")
    either = "a workbook, a data version such as 2026.11.0, or a folder of tables"
    compare.add_argument("before", type=nonempty, metavar="BEFORE", help=either)
    compare.add_argument(
        "after", nargs="?", type=nonempty, metavar="AFTER", help="by default the tables of the package"
    )
    compare.set_defaults(command=run_compare)

    agreement = commands.add_parser(
        "agreement", help="compare what rules and defaults would say with what was read"
    )
    agreement.set_defaults(command=run_agreement)

    catalogue = commands.add_parser(
        "catalogue", help="compare the tables with AWS's own lists of services and resource types"
    )
    catalogue.set_defaults(command=run_catalogue)

    run = commands.add_parser("run", help="run the notebooks and write the workbook")
    run.add_argument("--notebooks", type=path_of, default=Path("notebooks"), metavar="FOLDER")
    run.add_argument("--out", type=path_of, default=Path("exports"), metavar="FOLDER")
    run.set_defaults(command=run_everything)
    return parser


def _add_corrections(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--corrections",
        action="append",
        type=path_of,
        metavar="FILE",
        help="what your identifiers are, as --write-corrections of estate wrote it; may be repeated",
    )


def _add_only(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="narrow to an offering or service; may be repeated",
    )


def _add_decisions(command: argparse.ArgumentParser) -> None:
    """Add the options for decisions and for the audience."""
    command.add_argument(
        "--decisions",
        action="append",
        type=path_of,
        metavar="FILE",
        help="apply your organisation's decisions (CSV); may be repeated",
    )
    command.add_argument(
        "--audience",
        choices=["internal", "publishable"],
        default="internal",
        help="publishable leaves out names, comments, accounts, costs and resources",
    )


def _add_owners(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--owners", type=path_of, metavar="FILE", help="show which of your teams owns what (CSV)"
    )


def _add_review(command: argparse.ArgumentParser) -> None:
    """Add the options for what a workbook takes over from reviews."""
    _add_decisions(command)
    command.add_argument(
        "--remarks",
        action="append",
        type=path_of,
        metavar="FILE",
        help="put back the remarks of a review (CSV); may be repeated",
    )
    command.add_argument(
        "--since",
        type=nonempty,
        metavar="BEFORE",
        help="add what changed since a workbook, a data version or a folder of tables",
    )


class _PrintVersion(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **settings: object) -> None:
        super().__init__(option_strings, dest, nargs=0, help=str(settings.get("help")))

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from srm_data.schema import read_package

        print(f"srm-data {read_package()['version']}")
        parser.exit()
