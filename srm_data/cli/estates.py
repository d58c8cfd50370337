"""The command ``estate``: read inventories; print what is in use, unclear, and to be done next."""

from __future__ import annotations

import argparse

from srm_data.cli.formats import describe_mail, require_format, write_format
from srm_data.cli.inputs import (
    find_changes,
    name_offerings,
    name_sources,
    read_inventories,
    read_state,
)
from srm_data.exceptions import SrmDataError


def run_estate(options: argparse.Namespace) -> None:
    """Read inventories, print what is in use and what is unclear, and write the workbook."""
    from srm_data.cli.estate_screen import Estate, build_screen
    from srm_data.estate import in_use, list_effects, list_offerings_in_use, write_corrections
    from srm_data.load import ALL_SETS, list_sets, load_tables
    from srm_data.model import build_model
    from srm_data.register import assign_accountable

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
    used = in_use(build_model(duty_sets=ALL_SETS), estate)
    tables = load_tables(duty_sets=list_sets(used))
    now = read_state(used, options, tables)
    decided = used if now is None else assign_accountable(now)
    changes = find_changes(decided, options, is_part=True) if len(used) else {}

    # Files are written before anything is printed: a reader such as head may end early.
    written = []
    if options.out and len(used):
        scope = f"In use, read from {name_sources(options.files, options.audience)}"
        book = write_format(
            options.out,
            used,
            options,
            changes,
            now=now,
            scope=scope,
            estate=estate,
            tables=tables,
        )
        written.append(book)
    if options.write_corrections:
        written.append(write_corrections(options.write_corrections, estate))

    found = Estate(
        estate, list_offerings_in_use(estate), decided, list_effects(build_model(), estate),
        name_offerings(tables), changes.get("changes"),
    )  # fmt: skip
    print("\n".join(build_screen(found, options)))
    for path in written:
        print(f"\nwritten: {path}")
    print(describe_mail(now, options), end="")
    if used.empty and options.out:
        raise SrmDataError("nothing in use was recognised: there is no matrix to make")
    if used.empty:
        raise SrmDataError("nothing in use was recognised")
