"""The command line: one command a task. Heavy packages load inside the commands that need them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

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
  srm-data catalogue                     what AWS has added since the tables were made
  srm-data check my-tables/              all faults of a folder of tables, with file and line
  srm-data run                           run the notebooks and write the workbook

exit codes: 0 done, 1 the data or the input is at fault, 2 wrong usage
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 the input is at fault, 2 wrong usage."""
    options = _make_parser().parse_args(arguments)
    try:
        options.command(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, such as head, has seen enough; say nothing more, not even at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ValueError, LookupError, OSError, RuntimeError) as error:
        # LookupError and its kind put quotes around their text; the first argument has none.
        is_whole = isinstance(error, OSError | UnicodeError) or not error.args
        text = error if is_whole else error.args[0]
        print(f"srm-data: {text}", file=sys.stderr)
        return 1
    return 0


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="srm-data",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_PrintVersion, help="print the data version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    check = commands.add_parser("check", help="check tables against their contract")
    check.add_argument("folder", nargs="?", type=Path, help="by default the tables of the package")
    check.set_defaults(command=_check)

    show = commands.add_parser("show", help="show an offering, or the offerings of a service")
    show.add_argument("name", help='such as "EKS on Fargate", eks-fargate, "Amazon RDS" or fargate')
    show.set_defaults(command=_show)

    export = commands.add_parser("export", help="write the Excel matrix")
    export.add_argument(
        "--out", type=Path, metavar="FILE", help="by default exports/srm-matrix-VERSION.xlsx"
    )
    _add_only(export)
    _add_review(export)
    export.set_defaults(command=_export)

    estate = commands.add_parser(
        "estate", help="read what you run from inventories, and what of it is yours to secure"
    )
    estate.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="Terraform state, CloudFormation, AWS Config, bills, lists of ARNs or services; a folder",
    )
    estate.add_argument("--out", type=Path, metavar="FILE", help="write the workbook of this estate")
    estate.add_argument(
        "--kind",
        choices=[
            "terraform",
            "cloudformation",
            "aws-config",
            "listing",
            "cost-explorer",
            "table",
            "list",
        ],
        help="read every file as this kind, where its content does not decide",
    )
    _add_review(estate)
    _add_owners(estate)
    estate.set_defaults(command=_estate)

    page = commands.add_parser(
        "page", help="write a page to send: one HTML file with search, matrix and sources"
    )
    page.add_argument(
        "files", nargs="*", metavar="FILE", help="inventories, as of estate; without any, the catalogue"
    )
    page.add_argument(
        "--out", type=Path, metavar="FILE", help="by default exports/srm-page-VERSION.html"
    )
    _add_only(page)
    _add_decisions(page)
    _add_owners(page)
    page.set_defaults(command=_page)

    review = commands.add_parser("review", help="read a workbook that came back from its reviewers")
    review.add_argument("file", type=Path, metavar="FILE", help="the returned .xlsx; it is only read")
    review.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="write decisions.csv, remarks.csv and problems.csv there; existing files are left alone",
    )
    review.set_defaults(command=_review)

    compare = commands.add_parser("compare", help="list the cells in which two states differ, and why")
    either = "a workbook, a data version such as 2026.11.0, or a folder of tables"
    compare.add_argument("before", metavar="BEFORE", help=either)
    compare.add_argument(
        "after", nargs="?", metavar="AFTER", help="by default the tables of the package"
    )
    compare.set_defaults(command=_compare)

    catalogue = commands.add_parser(
        "catalogue", help="compare the tables with AWS's own lists of services and resource types"
    )
    catalogue.set_defaults(command=_catalogue)

    run = commands.add_parser("run", help="run the notebooks and write the workbook")
    run.add_argument("--notebooks", type=Path, default=Path("notebooks"), metavar="FOLDER")
    run.add_argument("--out", type=Path, default=Path("exports"), metavar="FOLDER")
    run.set_defaults(command=_run)
    return parser


def _add_only(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="narrow to an offering or service; may be repeated",
    )


def _add_decisions(command: argparse.ArgumentParser) -> None:
    """Add what is laid over the tables, and for whom the result is."""
    command.add_argument(
        "--decisions",
        action="append",
        type=Path,
        metavar="FILE",
        help="lay your organisation's decisions over the tables (CSV); may be repeated",
    )
    command.add_argument(
        "--audience",
        choices=["internal", "publishable"],
        default="internal",
        help="publishable leaves out names, comments, accounts, costs and resources",
    )


def _add_owners(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--owners", type=Path, metavar="FILE", help="say which of your teams owns what (CSV)"
    )


def _add_review(command: argparse.ArgumentParser) -> None:
    """Add what a book takes over from reviews."""
    _add_decisions(command)
    command.add_argument(
        "--remarks", type=Path, metavar="FILE", help="put the remarks of a review back (CSV)"
    )
    command.add_argument(
        "--since",
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


def _check(options: argparse.Namespace) -> None:
    from srm_data.check import check_tables
    from srm_data.schema import read_schemas, shipped_tables

    if options.folder is not None and not options.folder.is_dir():
        raise NotADirectoryError(f"{options.folder} is no folder; expected one with a CSV file a table")
    check_tables(shipped_tables() if options.folder is None else options.folder)
    print(f"{len(read_schemas())} tables checked, no fault found")


def _show(options: argparse.Namespace) -> None:
    from srm_data.catalogue import find_offerings
    from srm_data.load import load_tables
    from srm_data.matrix import responsibility_matrix
    from srm_data.model import build_model

    tables = load_tables()
    found = find_offerings(options.name, tables)
    model = build_model(tables)
    model = model[model["offering_id"].isin(found["offering_id"])]
    if len(found) == 1:
        _print_offering(found.iloc[0], model, tables["sources"].set_index("source_id"))
        return
    matrix = responsibility_matrix(model, "duty", "offering")
    ids = model.drop_duplicates("offering").set_index("offering")["offering_id"]
    print(matrix.rename(columns=ids.to_dict()).to_string())
    print(f"\nOne of them in full: srm-data show {found['offering_id'].iloc[0]}")


def _print_offering(offering: pd.Series, model: pd.DataFrame, sources: pd.DataFrame) -> None:
    """Print every duty of an offering, the customer's layers first, with halves and sources."""
    from textwrap import TextWrapper

    wrap = TextWrapper(96, initial_indent=" " * 6, subsequent_indent=" " * 8)
    print(f"{offering['offering']} ({offering['service']}, {model['category'].iloc[0]})")
    print(offering["recognise"])
    layer = None
    for cell in model.iloc[::-1].to_dict("records"):
        if cell["layer"] != layer:
            layer = cell["layer"]
            print(f"\n{layer}")
        print(f"  {cell['duty']}: {cell['responsibility']}  [{cell['basis']}]")
        parts = {"AWS": cell["aws_part"], "Customer": cell["customer_part"], "Note": cell["note"]}
        for who, part in parts.items():
            if part:
                print(wrap.fill(f"{who}: {part}"))
        for source in sources.loc[cell["source_ids"].split("; ")].to_dict("records"):
            if source["url"]:
                print(f"      {source['url']} ({source['edition']}, read {source['accessed']})")


def _export(options: argparse.Namespace) -> None:
    from srm_data.catalogue import choose_offerings
    from srm_data.load import load_tables
    from srm_data.model import build_model
    from srm_data.run import workbook_name
    from srm_data.workbook import write_workbook

    path = options.out or Path("exports") / workbook_name()
    _require_suffix(path, ".xlsx")
    tables = load_tables()
    model, scope = build_model(tables), ""
    reviewed = _read_reviewed(model, options)
    if options.only:
        chosen = choose_offerings(model, options.only, tables)["offering_id"]
        model, scope = model[model["offering_id"].isin(chosen)], _name_chosen(options)
    more = reviewed | _find_changes(model, reviewed, options)
    written = write_workbook(path, model, tables, scope=scope, audience=options.audience, **more)
    print(f"written: {written}")


def _name_chosen(options: argparse.Namespace) -> str:
    return f"Chosen: {', '.join(options.only)}"


def _page(options: argparse.Namespace) -> None:
    from srm_data.catalogue import choose_offerings
    from srm_data.estate import in_use, read_estate
    from srm_data.load import load_tables
    from srm_data.model import build_model
    from srm_data.page import write_page
    from srm_data.run import page_name

    path = options.out or Path("exports") / page_name()
    _require_suffix(path, ".html")
    tables = load_tables()
    model, scope, estate = build_model(tables), "", None
    decisions = _read_decisions(model, options)
    if options.files:
        estate = read_estate([Path(name) for name in options.files], tables=tables, progress=True)
        model, scope = in_use(model, estate), f"In use, read from {_name_sources(options)}"
        if model.empty:
            raise ValueError("nothing in use was recognised: there is no page to make")
    if options.only:
        chosen = choose_offerings(model, options.only, tables)["offering_id"]
        model = model[model["offering_id"].isin(chosen)]
        scope = ". ".join(filter(None, [scope, _name_chosen(options)]))
        estate = None  # of which this is only a part
    model = _assign_owners(model, options)
    written = write_page(
        path, model, tables, scope=scope, estate=estate, decisions=decisions, audience=options.audience
    )
    print(f"written: {written}")


def _assign_owners(model: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    """Say which team owns what, if a file of owners was named."""
    from srm_data.owners import assign_owners, read_owners

    return assign_owners(model, read_owners(options.owners)) if options.owners else model


def _read_decisions(model: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    """Read the decisions that were named; stale ones are told on stderr."""
    from srm_data.decisions import describe_stale_decision, list_stale_decisions, read_decisions

    decisions = read_decisions(options.decisions or [])
    for row in list_stale_decisions(model, decisions).to_dict("records"):
        print(f"srm-data: {describe_stale_decision(row)}", file=sys.stderr)
    return decisions


def _read_reviewed(model: pd.DataFrame, options: argparse.Namespace) -> dict[str, pd.DataFrame]:
    """Read the decisions and remarks that were named."""
    from srm_data.register import make_remarks, read_remarks

    decisions = _read_decisions(model, options)
    remarks = read_remarks(options.remarks) if options.remarks else make_remarks([])
    return {"decisions": decisions, "remarks": remarks}


def _find_changes(
    model: pd.DataFrame, reviewed: dict[str, pd.DataFrame], options: argparse.Namespace
) -> dict[str, pd.DataFrame]:
    from srm_data.changes import compare
    from srm_data.decisions import apply_decisions
    from srm_data.earlier import read_earlier

    if options.since is None:
        return {}
    decided = apply_decisions(model, reviewed["decisions"])
    return {"changes": compare(read_earlier(options.since), decided)}


def _review(options: argparse.Namespace) -> None:
    from srm_data.decisions import write_decisions
    from srm_data.own_files import write_own_file
    from srm_data.register import write_remarks
    from srm_data.review import read_review

    review = read_review(options.file)
    counts = [f"{len(frame):,} {name}" for name, frame in review._asdict().items()]
    print(f"{options.file.name}: {', '.join(counts)}")
    if options.out is not None:
        writers = (write_decisions, write_remarks, write_own_file)
        paths = [options.out / f"{name}.csv" for name in review._fields]
        for path in paths:  # all or none
            if path.exists():
                raise FileExistsError(f"{path} exists already; give another folder to --out")
        for write, path, frame in zip(writers, paths, review, strict=True):
            print(f"written: {write(path, frame)}")
    problems = review.problems
    if len(problems):
        for row in problems.to_dict("records"):
            print(_describe_problem(row))
        noun = "problem needs" if len(problems) == 1 else "problems need"
        raise ValueError(f"{len(problems):,} {noun} a person; nothing of what they name was applied")


def _describe_problem(row: dict[Hashable, str]) -> str:
    place = "!".join(part for part in (row["sheet"], row["cell"]) if part)
    key = " / ".join(part for part in (row["offering_id"], row["duty_id"]) if part)
    value = row["value"] if len(row["value"]) <= 80 else row["value"][:77] + "..."
    of_key = f" ({key})" if key else ""
    return f"  {place}{of_key}: {row['problem']}: {value!r}, expected {row['expected']}"


def _compare(options: argparse.Namespace) -> None:
    from srm_data.changes import compare, describe_changes
    from srm_data.decisions import apply_decisions
    from srm_data.earlier import is_of_the_same_scope, read_earlier
    from srm_data.model import build_model
    from srm_data.review import read_review

    before = read_earlier(options.before)
    if options.after is not None:
        after = read_earlier(options.after)
    else:
        after = build_model()
        after = after[is_of_the_same_scope(after, options.before)].reset_index(drop=True)
        if Path(options.before).is_file():  # what the book decided holds on, where it still can
            after = apply_decisions(after, read_review(Path(options.before)).decisions)
    changes = compare(before, after)
    print(f"{describe_changes(changes)}.")
    whole = changes["why"].isin(["offering added", "offering gone"])
    if not whole.all():
        columns = ["offering_id", "duty_id", "from", "to", "why"]
        print(changes.loc[~whole, columns].to_string(index=False))
    for why, rows in changes[whole].groupby("why"):
        print(f"{why}: {', '.join(rows['offering_id'].unique())}")


def _require_suffix(path: Path, suffix: str) -> None:
    if path.suffix != suffix:
        raise ValueError(f"--out {path}: expected a file name that ends in {suffix}")


def _estate(options: argparse.Namespace) -> None:
    from srm_data.decisions import apply_decisions
    from srm_data.estate import in_use, list_offerings_in_use, read_estate
    from srm_data.findings import describe_estate, describe_weights
    from srm_data.load import load_tables
    from srm_data.matrix import duty_distribution, weigh_duties
    from srm_data.model import build_model
    from srm_data.workbook import write_workbook

    if options.out:
        _require_suffix(options.out, ".xlsx")
    tables = load_tables()
    estate = read_estate(
        [Path(name) for name in options.files], kind=options.kind, tables=tables, progress=True
    )
    model = build_model(tables)
    reviewed = _read_reviewed(model, options)
    used = _assign_owners(in_use(model, estate), options)
    if options.out and len(used):  # before anything is printed: a reader such as head may end early
        more = reviewed | _find_changes(used, reviewed, options)
        scope = f"In use, read from {_name_sources(options)}"
        write_workbook(
            options.out, used, tables, scope=scope, estate=estate, audience=options.audience, **more
        )
    used = apply_decisions(used, reviewed["decisions"])
    print(f"{describe_estate(estate)}.")
    _print_unclear(estate)
    if used.empty:
        raise ValueError("nothing in use was recognised: there is no matrix to make")
    counts = duty_distribution(used, "offering_id")
    shown = list_offerings_in_use(estate).set_index("offering_id")[["resources", "assumed"]]
    print(f"\nIn use, and how many duties are whose:\n{shown.join(counts).to_string()}")
    print(f"\n{describe_weights(weigh_duties(used))}.")
    if options.out:
        print(f"\nwritten: {options.out}")


def _name_sources(options: argparse.Namespace) -> str:
    """Name the files that were read; a copy for others only counts them, as names tell much."""
    if options.audience == "internal":
        return ", ".join(Path(name).name for name in options.files)
    return "1 source" if len(options.files) == 1 else f"{len(options.files)} sources"


def _print_unclear(estate: pd.DataFrame) -> None:
    """Print what was not recognised, with the nearest names, and what was set apart."""
    for status, title in (("unrecognised", "Not recognised"), ("not a service", "No service")):
        rows = estate[estate["status"] == status]
        if len(rows):
            shown = rows[["identifier", "resources", "note"]].head(30)
            print(f"\n{title}:\n{shown.to_string(index=False)}")
        if len(rows) > 30:
            print(f"... and {len(rows) - 30:,} more; --out writes all of them")


def _catalogue(_: argparse.Namespace) -> None:
    from srm_data.load import load_tables
    from srm_data.upkeep import (
        compare_catalogue,
        list_botocore_clients,
        list_cloudformation_types,
        name_versions,
    )

    try:
        clients, types = list_botocore_clients(), list_cloudformation_types()
    except ModuleNotFoundError as error:
        raise RuntimeError(
            f"{error.name} is not installed; the comparison needs: pip install 'srm-data[evidence]'"
        ) from error
    found = compare_catalogue(load_tables(), clients, types)
    print(f"{len(clients)} clients and {len(types):,} resource types of {name_versions()}")
    if found.empty:
        print("every client and every namespace is mapped or excluded with a reason")
        return
    print(found.to_string(index=False))
    raise ValueError(f"{len(found)} differences; CONTRIBUTING.md says how to close them")


def _run(options: argparse.Namespace) -> None:
    from srm_data.run import run_all

    run_all(options.notebooks, options.out)
