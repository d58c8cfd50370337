"""Commands that look things up in the tables: check, show, catalogue."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from srm_data.exceptions import SrmDataError

if TYPE_CHECKING:
    import pandas as pd


def run_check(options: argparse.Namespace) -> None:
    """Check tables against their contract."""
    from srm_data.check import check_tables
    from srm_data.schema import read_schemas, shipped_tables

    if options.folder is not None and not options.folder.is_dir():
        raise NotADirectoryError(
            f"{options.folder} is not a folder; expected one with a CSV file per table"
        )
    check_tables(shipped_tables() if options.folder is None else options.folder)
    print(f"{len(read_schemas())} tables checked, no fault found")


def run_show(options: argparse.Namespace) -> None:
    """Print an offering in full, or the offerings of a service side by side."""
    from srm_data.load import load_tables
    from srm_data.matrix import responsibility_matrix
    from srm_data.model import build_model
    from srm_data.offerings import find_offerings

    tables = load_tables()
    found = find_offerings(options.name, tables=tables)
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
