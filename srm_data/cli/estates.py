"""The command ``estate``: read inventories; print what is in use, unclear, and to be done next."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from srm_data.cli.controls import add_framework
from srm_data.cli.formats import require_format, write_format
from srm_data.cli.options import (
    add_corrections,
    add_owners,
    add_reviewed,
    add_strict,
    assign_owners_of,
    find_changes,
    name_offerings,
    name_sources,
    path_of,
    read_inventories,
    read_reviewed,
)
from srm_data.estate.readers import KINDS
from srm_data.exceptions import SrmDataError
from srm_data.formats import describe_endings

if TYPE_CHECKING:
    from srm_data.cli.options import Commands


def add_estate(commands: Commands) -> None:
    """Add the command ``estate``."""
    command = commands.add_parser(
        "estate", help="read from inventories what you run, and list what is yours to secure"
    )

    command.add_argument(
        "files",
        nargs="+",
        type=path_of,
        metavar="FILE",
        help="Terraform state, CloudFormation, AWS Config, bills, lists of ARNs or services; a folder",
    )
    command.add_argument(
        "--out",
        type=path_of,
        metavar="FILE",
        help=f"write the model of this estate: {describe_endings()}",
    )
    command.add_argument(
        "--kind",
        choices=KINDS,
        help="read every file as this kind, instead of detecting the kind from the content",
    )
    add_strict(command)
    command.add_argument(
        "--headers",
        type=path_of,
        metavar="FILE",
        help="names of columns in your tables: a CSV file with header and role (arn, service ...)",
    )

    add_corrections(command)
    command.add_argument(
        "--write-corrections",
        type=path_of,
        metavar="FILE",
        help="write assumed and unrecognised identifiers to a new CSV file, to edit",
    )
    add_reviewed(command)
    add_owners(command)
    add_framework(command)
    command.set_defaults(command=run_estate)


def run_estate(options: argparse.Namespace) -> None:
    """Read inventories, print what is in use and what is unclear, and write the workbook."""
    from srm_data.cli.estate_screen import Estate, build_screen
    from srm_data.estate import in_use, list_effects, list_offerings_in_use, write_corrections
    from srm_data.load import load_tables
    from srm_data.model import build_model
    from srm_data.organisation.decisions import override_cells

    if options.out:
        require_format(options.out, options)
    if options.write_corrections and options.write_corrections.exists():
        raise FileExistsError(
            f"{options.write_corrections} already exists and was not changed; give another name"
        )
    tables = load_tables()
    estate = read_inventories(
        options.files,
        tables,
        kind=options.kind,
        strict=options.strict,
        headers=options.headers,
        corrections=options.corrections,
    )
    model = build_model()
    reviewed = read_reviewed(model, options)
    used = assign_owners_of(in_use(model, estate), options)
    changes = find_changes(used, reviewed, options, is_part=True) if len(used) else {}

    # Files are written before anything is printed: a reader such as head may end early.
    written = []
    if options.out and len(used):
        scope = f"In use, read from {name_sources(options.files, options.audience)}"
        book = write_format(
            options.out, used, reviewed, options, changes, scope=scope, estate=estate, tables=tables
        )
        written.append(book)
    if options.write_corrections:
        written.append(write_corrections(options.write_corrections, estate))

    used = override_cells(used, reviewed["decisions"])
    found = Estate(
        estate, list_offerings_in_use(estate), used, list_effects(model, estate),
        name_offerings(tables), changes.get("changes"),
    )  # fmt: skip
    print("\n".join(build_screen(found, options)))
    for path in written:
        print(f"\nwritten: {path}")
    if used.empty and options.out:
        raise SrmDataError("nothing in use was recognised: there is no matrix to make")
    if used.empty:
        raise SrmDataError("nothing in use was recognised")
