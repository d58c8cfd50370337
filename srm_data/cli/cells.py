"""Commands that print cells: show, for offerings by name, and ask, for questions."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from srm_data.cli.options import (
    add_decisions,
    add_owners,
    assign_owners_of,
    nonempty,
    read_decisions_of,
)
from srm_data.exceptions import SrmDataError

if TYPE_CHECKING:
    import pandas as pd

    from srm_data.cli.options import Commands
    from srm_data.load import Tables

FORMATS = ["table", "csv", "json", "md"]
MOST_SERVICES, MOST_NAMES, MOST_ROWS = 5, 3, 12
"""Limits: services that a name may mean, names for ``show``, further answers of ``ask``."""


def add_show(commands: Commands) -> None:
    """Add the command ``show``."""
    command = commands.add_parser(
        "show", help="show an offering, one duty of it, a service, or two offerings side by side"
    )
    command.add_argument(
        "names",
        nargs="+",
        type=nonempty,
        metavar="NAME",
        help='OFFERING [OFFERING] [DUTY]: such as "EKS on Fargate", eks-fargate, rds; backup, "TLS"',
    )
    _add_output(command)
    command.set_defaults(command=run_show)


def add_ask(commands: Commands) -> None:
    """Add the command ``ask``."""
    command = commands.add_parser("ask", help='answer a question, such as "who patches rds?"')
    command.add_argument("words", nargs="+", metavar="TEXT", help="the question; quotes are not needed")
    _add_output(command)
    command.set_defaults(command=run_ask)


def _add_output(command: argparse.ArgumentParser) -> None:
    add_decisions(command)
    add_owners(command)
    command.add_argument(
        "--mine",
        action="store_true",
        help="only cells that are at least partly the customer's, that is, yours",
    )
    command.add_argument(
        "--format", choices=FORMATS, default="table", help="output format; default: table"
    )


def run_ask(options: argparse.Namespace) -> None:
    """Print the cells that answer a question, the first one in full."""
    from srm_data.cli.cell_formats import print_cells
    from srm_data.cli.layout import print_painted, print_wrapped
    from srm_data.cli.listing import print_cell, print_short
    from srm_data.questions import find_answers

    tables, model = _prepare(options)
    text = " ".join(options.words)
    is_own = options.decisions or options.owners
    found = find_answers(text, model=model, tables=tables) if is_own else find_answers(text)
    understood = found.attrs["understood"]
    found = _keep_mine(found, options)
    if options.format != "table":
        if options.format != "json" and found.attrs["not_answered"]:
            print(f"srm-data: {found.attrs['not_answered']}", file=sys.stderr)
        print_cells(found, options.format, tables, asked=text, understood=understood)
        return

    print_wrapped(f"Understood as: {understood}", "soft", hang=2)
    if found["duty_id"].iloc[0] == found["duty_id"].iloc[-1] or found["offering_id"].nunique() > 1:
        print_painted(("", ""))
        print_cell(found.iloc[0], tables, names_offering=True)
        found = found.iloc[1:]
    rest = len(found) - MOST_ROWS if found["offering_id"].nunique() > 1 else 0
    if len(found):
        print_painted(("", ""))
        print_short(found.head(MOST_ROWS) if rest > 0 else found)
    if rest > 0:
        print_wrapped(f"and {rest:,} more; --format csv lists all of them", "soft", indent=2)


def run_show(options: argparse.Namespace) -> None:
    """Print an offering in full, one of its duties, a service, or two offerings side by side."""
    from srm_data.cli.cell_formats import print_cells
    from srm_data.cli.listing import print_cell, print_offering, print_service
    from srm_data.offerings import find_offerings

    tables, model = _prepare(options)
    names, duty_id = _find_duty(options.names, model, tables)
    if len(names) > 1:
        _show_beside(names, duty_id, model, tables, options)
        return

    found = find_offerings(names[0], tables=tables)
    _refuse_what_is_vague(names[0], found)
    cells = _order(model, found["offering_id"].tolist())
    if duty_id:
        cells = cells[cells["duty_id"] == duty_id]
    cells = _keep_mine(cells, options)
    if options.format != "table":
        print_cells(cells, options.format, tables, asked=" ".join(options.names))
    elif duty_id:
        for _, cell in cells.iterrows():
            print_cell(cell, tables, names_offering=True)
    elif len(found) == 1:
        print_offering(found.iloc[0], cells, tables)
    else:
        print_service(found, cells, tables)


def _show_beside(
    names: list[str], duty_id: str, model: pd.DataFrame, tables: Tables, options: argparse.Namespace
) -> None:
    from srm_data.cli.cell_formats import print_cells
    from srm_data.cli.listing import print_beside
    from srm_data.offerings import choose_offerings
    from srm_data.questions import compare_offerings

    both = compare_offerings(*names, model=model, tables=tables)
    both = both[both["duty_id"] == duty_id] if duty_id else both
    if options.format == "table":
        print_beside(both, is_whole=not duty_id, only_ours=options.mine)
        return
    cells = choose_offerings(model, names, ordinary=True, tables=tables)
    cells = _keep_mine(cells[cells["duty_id"].isin(both["duty_id"])], options)
    print_cells(cells, options.format, tables, asked=" ".join(options.names))


def _prepare(options: argparse.Namespace) -> tuple[Tables, pd.DataFrame]:
    """Load the tables and build the model, with decisions and owners if given."""
    from srm_data.load import load_tables
    from srm_data.model import build_model
    from srm_data.organisation.decisions import override_cells

    tables = load_tables()
    model = build_model()
    if options.decisions:
        model = override_cells(model, read_decisions_of(model, options))
    return tables, assign_owners_of(model, options)


def _keep_mine(cells: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    """Keep only cells with a customer part, if the option is given."""
    if not options.mine:
        return cells
    ours = cells[cells["responsibility"].isin(["Customer", "Shared"])]
    if ours.empty:
        raise SrmDataError("none of these cells is even partly yours; omit --mine")
    return ours


def _find_duty(given: list[str], model: pd.DataFrame, tables: Tables) -> tuple[list[str], str]:
    """Split the arguments into names of offerings and a duty, if the last argument is a duty."""
    from srm_data.questions.understand import WordIndex
    from srm_data.questions.words import build_word_table

    names, duty_id = given, ""
    if len(given) > 1:
        last = given[-1].strip().lower()
        duties = model.drop_duplicates("duty_id")
        same = (duties["duty_id"] == last) | (duties["duty"].astype(str).str.lower() == last)
        if same.any():
            names, duty_id = given[:-1], duties.loc[same, "duty_id"].iloc[0]
        else:
            words = build_word_table(model, tables)
            question = WordIndex(words).understand(given[-1])
            if question.duties and not question.offerings and not question.unknown:
                names, duty_id = given[:-1], words["duties"][question.duties[0]]
    if len(names) > MOST_NAMES - 1:
        raise SrmDataError(f"{len(names)} names given; expected OFFERING [OFFERING] [DUTY]")
    return names, duty_id


def _refuse_what_is_vague(name: str, found: pd.DataFrame) -> None:
    """Raise an error for a name of too many services, and warn about an inexact name."""
    from srm_data.search import PART, SPELLING

    if found["service"].nunique() > MOST_SERVICES:
        first = ", ".join(found["offering"].head(6))
        raise SrmDataError(
            f"{name!r} may mean {len(found):,} offerings of {found['service'].nunique()} services, "
            f"such as {first}; expected a more specific name"
        )
    if found["matched_by"].isin([SPELLING, PART]).any():
        print(f"no exact match for {name!r}; nearest: {found['offering'][0]}", file=sys.stderr)


def _order(model: pd.DataFrame, offering_ids: list[str]) -> pd.DataFrame:
    """Return the cells of offerings, in the order of the given ids."""
    place_of = {name: place for place, name in enumerate(offering_ids)}
    cells = model[model["offering_id"].isin(offering_ids)]
    places = cells["offering_id"].map(place_of)
    return cells.iloc[places.argsort(kind="stable").to_numpy()].reset_index(drop=True)
