"""Commands that look things up in the tables: check, show, agreement, catalogue."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from srm_data.cli.options import path_of
from srm_data.exceptions import SrmDataError

if TYPE_CHECKING:
    import pandas as pd

    from srm_data.cli.options import Commands


def add_check(commands: Commands) -> None:
    """Add the command ``check``."""
    command = commands.add_parser("check", help="check tables against their contract")
    command.add_argument("folder", nargs="?", type=path_of, help="by default the tables of the package")
    command.set_defaults(command=run_check)


def run_check(options: argparse.Namespace) -> None:
    """Check tables against their contract."""
    from srm_data.check import check_tables
    from srm_data.controls.tables import check_controls, read_control_schemas
    from srm_data.schema import read_schemas, shipped_tables

    if options.folder is not None and not options.folder.is_dir():
        raise NotADirectoryError(
            f"{options.folder} is not a folder; expected one with a CSV file per table"
        )
    check_tables(shipped_tables() if options.folder is None else options.folder)
    count = len(read_schemas())
    if options.folder is None:
        check_controls()
        count += len(read_control_schemas())
    print(f"{count} tables checked, no fault found")


def add_show(commands: Commands) -> None:
    """Add the command ``show``."""
    command = commands.add_parser("show", help="show an offering, or the offerings of a service")
    command.add_argument("name", help='such as "EKS on Fargate", eks-fargate, "Amazon RDS" or fargate')
    command.set_defaults(command=run_show)


def run_show(options: argparse.Namespace) -> None:
    """Print an offering in full, or the offerings of a service side by side."""
    from srm_data.load import load_tables
    from srm_data.matrix import responsibility_matrix
    from srm_data.model import build_model
    from srm_data.offerings import find_offerings
    from srm_data.search import PART, SPELLING

    tables = load_tables()
    found = find_offerings(options.name, tables=tables)
    if found["matched_by"].isin([SPELLING, PART]).any():
        print(f"nothing is called {options.name!r}; nearest: {found['offering'][0]}", file=sys.stderr)
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
    """Print every duty of an offering, the customer's layers first, with both parts and sources."""
    from textwrap import TextWrapper

    from srm_data.about import list_report_fields, report_address

    address = report_address()
    reports = dict(zip(model["duty_id"], list_report_fields(model), strict=True)) if address else {}
    wrap = TextWrapper(96, initial_indent=" " * 6, subsequent_indent=" " * 8)
    print(f"{offering['offering']} ({offering['service']}, {model['category'].iloc[0]})")
    print(offering["recognise"])
    layer = None
    for cell in model.iloc[::-1].to_dict("records"):
        if cell["layer"] != layer:
            layer = cell["layer"]
            print(f"\n{layer}")
        print(
            f"  {cell['duty']}: {cell['responsibility']}, customer action {cell['customer_action']}  "
            f"[{cell['basis']}, {cell['scope']}]"
        )
        aws = f"AWS (by {cell['performed_by']})" if cell["performed_by"] else "AWS"
        parts = {aws: cell["aws_part"], "Customer": cell["customer_part"], "Note": cell["note"]}
        for who, part in parts.items():
            if part:
                print(wrap.fill(f"{who}: {part}"))
        for source in sources.loc[cell["source_ids"].split("; ")].to_dict("records"):
            if source["url"]:
                print(f"      {source['url']} ({source['edition']}, read {source['accessed']})")
        if address:
            print(f"      report: {address}{reports[cell['duty_id']]}")


def add_agreement(commands: Commands) -> None:
    """Add the command ``agreement``."""
    command = commands.add_parser(
        "agreement", help="compare what rules and defaults would say with what was read"
    )
    command.set_defaults(command=run_agreement)


def run_agreement(_: argparse.Namespace) -> None:
    """Compare what rules and defaults say with what was read, with the facts held out."""
    from srm_data.agreement import (
        default_agreement,
        held_out_distribution,
        list_contradictions,
        list_held_out,
    )
    from srm_data.describe import describe_held_out
    from srm_data.history.versions import list_formerly_documented
    from srm_data.load import load_tables

    tables = load_tables()
    held_out = list_held_out(tables, earlier=list_formerly_documented())
    counts = held_out_distribution(held_out)
    print("Share of the cells read that rules and defaults answer alike, with all facts and the traits")
    print("from pages of the service itself held out (* disputed)\n")
    names = tables["duties"].set_index("duty_id")["duty"].to_dict()
    in_order = counts.loc[[duty for duty in names if duty in counts.index]].reset_index()
    for row in in_order.to_dict("records"):
        mark = "*" if row["disputed"] else " "
        print(f"{mark} {names[row['duty_id']]:28} {row['cells']:5,} cells  {row['share']:6.1%}")
    print(f"\n{describe_held_out(counts)}.")

    contradictions = list_contradictions(held_out)
    print(f"\n{len(contradictions)} cells are AWS's by one account and the customer's by the other")
    for row in contradictions.to_dict("records"):
        print(
            f"  {row['offering_id']} / {row['duty_id']}: {row['read_as']} (read for "
            f"{row['read_for']}), {row['expected']} expected by {row['because']}"
        )

    weak = default_agreement(tables).query("not holds")
    print(f"\n{len(weak)} defaults with which fewer than 70 % of at least ten readings agree")
    for row in weak.to_dict("records"):
        print(
            f"  {row['duty_id']}, {row['category_id']}: {row['responsibility']}, "
            f"{row['agreed']} of {row['cells']}"
        )


def add_catalogue(commands: Commands) -> None:
    """Add the command ``catalogue``."""
    command = commands.add_parser(
        "catalogue", help="compare the tables with AWS's own lists of services and resource types"
    )
    command.set_defaults(command=run_catalogue)


def run_catalogue(_: argparse.Namespace) -> None:
    """Compare the tables with AWS's own lists of services and resource types."""
    from srm_data.load import load_tables
    from srm_data.maintenance.aws_lists import (
        compare_catalogue,
        describe_versions,
        list_botocore_clients,
        list_cloudformation_types,
    )

    try:
        clients, types = list_botocore_clients(), list_cloudformation_types()
    except ModuleNotFoundError as error:
        raise SrmDataError(
            f"{error.name} is not installed; the comparison needs: pip install 'srm-data[evidence]'"
        ) from error
    found = compare_catalogue(load_tables(), clients, types)
    print(f"{len(clients)} clients and {len(types):,} resource types of {describe_versions()}")
    if found.empty:
        print("every client and every namespace is mapped or excluded with a reason")
        return
    print(found.to_string(index=False))
    raise SrmDataError(f"{len(found)} differences; CONTRIBUTING.md says how to close them")
