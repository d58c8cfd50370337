"""Commands for the tables themselves: check, agreement, catalogue."""

from __future__ import annotations

import argparse

from srm_data.check import check_tables
from srm_data.cli.layout import print_frame, print_wrapped
from srm_data.controls.tables import check_controls, read_control_schemas
from srm_data.exceptions import SrmDataError
from srm_data.load import load_tables
from srm_data.maintain import agreement, aws_lists
from srm_data.model import build_model
from srm_data.schema import CELL, read_schemas, shipped_tables


def run_check(options: argparse.Namespace) -> None:
    """Check tables against their contract."""
    if options.folder is not None:
        has_tables = any(options.folder.joinpath(f"{name}.csv").exists() for name in read_schemas())
        if not has_tables:
            is_folder = options.folder.is_dir()
            fault = "has none of the tables" if is_folder else "is not a folder"
            raise NotADirectoryError(f"{options.folder} {fault}; expected one CSV file per table")
    check_tables(shipped_tables() if options.folder is None else options.folder)
    count = len(read_schemas())
    if options.folder is None:
        check_controls()
        count += len(read_control_schemas())
    print(f"{count} tables checked, no fault found")


def run_agreement(_: argparse.Namespace) -> None:
    """Compare rules and defaults with the documented answers, which are held out."""
    tables = load_tables()
    held_out = agreement.list_held_out(tables, earlier=agreement.list_formerly_documented())
    counts = agreement.held_out_distribution(held_out)
    print_wrapped(
        "Cells, documented now or in an earlier version, that rules and defaults answer in the same "
        "way, with all facts and the traits from pages about a single service held out (* disputed)"
    )
    print()
    in_order = tables["duties"][["duty_id", "duty"]].merge(counts, on="duty_id", validate="one_to_one")
    for row in in_order.to_dict("records"):
        mark = "*" if row["disputed"] else " "
        print(f"{mark} {row['duty']:28} {row['cells']:5,} cells  {row['share']:6.1%}")
    print()
    print_wrapped(f"{agreement.describe_held_out(counts)}.")

    # Where AWS and the customer are mistaken for each other, the words of the page decide.
    contradictions = agreement.list_contradictions(held_out)
    halves = build_model(tables).set_index(CELL)[["aws_part", "customer_part"]]
    print(f"\n{len(contradictions)} cells where one side says AWS and the other says Customer")
    for row in contradictions.to_dict("records"):
        print_wrapped(
            f"{row['offering_id']} / {row['duty_id']}: {row['read_as']} (read for "
            f"{row['read_for']}), {row['expected']} expected by {row['because']}",
            indent=2,
        )
        read = " ".join(halves.loc[(row["offering_id"], row["duty_id"])]).strip()
        print_wrapped(read if row["read_for"] != "before" else "No longer documented.", indent=4)

    # Defaults that are often wrong should be divided by product group, or dropped.
    weak = agreement.default_agreement(tables).query("not holds")
    print(f"\n{len(weak)} defaults agree with fewer than 70 % of at least ten readings")
    for row in weak.to_dict("records"):
        ids = [row["duty_id"], row["category_id"], row["product_group_id"]]
        agreed = f"{row['responsibility']}, {row['agreed']} of {row['cells']}"
        print_wrapped(f"{', '.join(filter(None, ids))}: {agreed}", indent=2)


def run_catalogue(_: argparse.Namespace) -> None:
    """Compare the tables with AWS's own lists of services and resource types."""
    # AWS's lists come with two packages that only those who keep the tables need.
    try:
        clients, types = aws_lists.list_botocore_clients(), aws_lists.list_cloudformation_types()
    except ModuleNotFoundError as error:
        raise SrmDataError(
            f"{error.name} is not installed; the comparison needs: pip install 'srm-data[evidence]'"
        ) from error
    differences = aws_lists.compare_catalogue(load_tables(), clients, types)
    versions = aws_lists.describe_versions()
    print(f"{len(clients)} clients and {len(types):,} resource types of {versions}")
    if differences.empty:
        print("every client and every namespace is mapped or excluded with a reason")
        return
    print_frame(differences)
    raise SrmDataError(f'{len(differences)} differences; the guide "Maintain" says how to close them')
