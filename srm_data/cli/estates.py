"""The command ``estate``: read inventories; print what is in use, unclear, and to be done next."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING

from srm_data.cli.controls import add_framework
from srm_data.cli.formats import require_format, write_format
from srm_data.cli.options import (
    add_corrections,
    add_owners,
    add_reviewed,
    assign_owners_of,
    name_sources,
    path_of,
    read_inventories,
    read_reviewed,
)
from srm_data.estate.readers import KINDS
from srm_data.exceptions import SrmDataError
from srm_data.formats import describe_endings

if TYPE_CHECKING:
    import pandas as pd

    from srm_data.cli.options import Commands

WIDTH = 80
MOST_SHOWN = 30
MOST_NAMED = 6
NAME, NUMBER = 40, 10
MOST_DUTIES = 3


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
    command.add_argument(
        "--strict", action="store_true", help="fail if any part of a source would be left out"
    )
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
    from srm_data.describe import describe_estate, describe_resources
    from srm_data.estate import in_use, list_effects, write_corrections
    from srm_data.load import load_tables
    from srm_data.matrix import resource_distribution
    from srm_data.model import build_model
    from srm_data.organisation.decisions import apply_decisions

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

    # Files are written before anything is printed: a reader such as head may end early.
    written = []
    if options.out and len(used):
        scope = f"In use, read from {name_sources(options.files, options.audience)}"
        book = write_format(
            options.out, used, reviewed, options, scope=scope, estate=estate, tables=tables
        )
        written.append(book)
    if options.write_corrections:
        written.append(write_corrections(options.write_corrections, estate))

    used = apply_decisions(used, reviewed["decisions"])
    effects = list_effects(model, estate)
    _print_wrapped(f"{describe_estate(estate)}.")
    if len(used):
        _print_in_use(used, estate)
        _print_wrapped(f"{describe_resources(resource_distribution(used))}.", before=True)
    _print_assumed(effects, estate, _name_offerings(tables))
    _print_unclear(estate)
    _print_next(estate, options)
    for path in written:
        print(f"\nwritten: {path}")
    if used.empty and options.out:
        raise SrmDataError("nothing in use was recognised: there is no matrix to make")
    if used.empty:
        raise SrmDataError("nothing in use was recognised")


def _name_offerings(tables: dict[str, pd.DataFrame]) -> dict[str, str]:
    offerings = tables["offerings"]
    return dict(zip(offerings["offering_id"], offerings["offering"], strict=True))


def _print_wrapped(text: str, *, indent: int = 0, before: bool = False) -> None:
    """Print text wrapped at 80 columns."""
    space = " " * indent
    lines = textwrap.fill(
        text, WIDTH, initial_indent=space, subsequent_indent=space, break_on_hyphens=False
    )
    print(f"\n{lines}" if before else lines)


def _print_in_use(used: pd.DataFrame, estate: pd.DataFrame) -> None:
    """Print the offerings in use: resources, duties by party, and how each was determined."""
    from srm_data.estate import list_offerings_in_use
    from srm_data.estate.catalogue import RECOGNISED
    from srm_data.estate.read import COSTS_NOTHING
    from srm_data.estate.resources import AT_MOST
    from srm_data.matrix import duty_distribution

    duties = duty_distribution(used, "offering_id")
    names = used.drop_duplicates("offering_id").set_index("offering_id")["offering"].astype(str)
    print("\nIn use. Yours and Shared are numbers of duties (of 28); Decided is how we know.")
    print(f"{'Offering':<{NAME}}{'Resources':>9}{'Yours':>7}{'Shared':>8}  Decided")
    for row in list_offerings_in_use(estate).to_dict("records"):
        offering = row["offering_id"]
        counts = duties.loc[offering]
        mark = "assumed" if row["assumed"] else _describe_decision(row["matched_by"])
        resources = f"{row['resources']:,}"
        print(
            f"{names[offering]:<{NAME}}{resources:>9}{counts.get('Customer', 0):>7}"
            f"{counts.get('Shared', 0):>8}  {mark}"
        )
    _print_wrapped(
        "Each resource counts once. Parts, such as subnets, count only if the resource itself is not "
        "listed. A service that is only named counts as one."
    )
    known = estate[estate["status"] == RECOGNISED]
    bounded = known.loc[known["counted_by"] == AT_MOST, "offering_id"].unique()
    if len(bounded):
        _print_wrapped(
            f"At most, as the bill has too many ids: {', '.join(names[one] for one in bounded)}."
        )
    is_free = (known["note"] == COSTS_NOTHING).groupby(known["offering_id"]).all()
    free = [names[offering] for offering in names.index if is_free[offering]]
    if free:
        _print_wrapped(f"Costs nothing, so perhaps not used: {', '.join(free)}.")


def _describe_decision(matched_by: str) -> str:
    """Describe in a few words how an offering was determined."""
    words = {"variant": "by settings", "bill": "by the bill", "correction": "by you"}
    found = [words[name] for name in words if name in matched_by.split("; ")]
    return found[0] if found else "by its name"


def _print_assumed(effects: pd.DataFrame, estate: pd.DataFrame, names: dict[str, str]) -> None:
    """Print what is assumed, with the alternatives and what they would change."""
    if effects.empty:
        return
    effects = effects.drop_duplicates(["identifier", "offering_id"])  # kinds of lines of a bill
    print(f"\nAssumed, because the inventory leaves it open ({len(effects):,}):")
    for row in effects.head(MOST_SHOWN).to_dict("records"):
        _print_wrapped(f"{row['identifier']}: {names.get(row['offering_id'], '')}", indent=2)
        others = [names[one] for one in row["alternatives"].split("; ") if one in names]
        if others:
            _print_wrapped(f"may be: {', '.join(others)}", indent=4)
        duties = row["duties"].split("; ") if row["duties"] else []
        shown = ", ".join(duties[:MOST_DUTIES])
        more = f" and {len(duties) - MOST_DUTIES} more" if len(duties) > MOST_DUTIES else ""
        _print_wrapped(f"duties that would differ: {shown or 'none'}{more}", indent=4)
    if len(effects) > MOST_SHOWN:
        print(f"... and {len(effects) - MOST_SHOWN:,} more; --write-corrections writes all of them")


def _print_unclear(estate: pd.DataFrame) -> None:
    """Print unrecognised identifiers with the nearest names, then what is not a service, by reason."""
    unknown = estate[estate["status"] == "unrecognised"]
    if len(unknown):
        print("\nNot recognised:")
    for row in unknown.head(MOST_SHOWN).to_dict("records"):
        note = f": {row['note']}" if row["note"] else ""
        _print_wrapped(f"{row['identifier']} ({_count_rows(row['rows'])}){note}", indent=2)
    if len(unknown) > MOST_SHOWN:
        print(f"... and {len(unknown) - MOST_SHOWN:,} more; --out writes all of them")

    others = estate[estate["status"] == "not a service"]
    if len(others):
        print("\nNot a service:")
    for reason in others["note"].drop_duplicates().tolist():
        rows = others[others["note"] == reason]
        names = rows["identifier"].tolist()
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        shown = f"{', '.join(names[:MOST_NAMED])}{more}"
        _print_wrapped(
            f"{reason or 'no reason given'} ({_count_rows(int(rows['rows'].sum()))}): {shown}", indent=2
        )


def _count_rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _print_next(estate: pd.DataFrame, options: argparse.Namespace) -> None:
    """Print what to do next."""
    is_open = estate["assumed"].any() or (estate["status"] == "unrecognised").any()
    steps = []
    if is_open and options.write_corrections:
        steps.append(f"edit {options.write_corrections.name}, then read it with --corrections")
    elif is_open:
        steps.append("--write-corrections FILE lists what is open: edit it, read it with --corrections")
    if not options.out and estate["offering_id"].any():
        steps.append("--out FILE.xlsx writes the matrix of what you run, for review")
    if steps:
        print("\nNext:")
    for step in steps:
        _print_wrapped(step, indent=2)
