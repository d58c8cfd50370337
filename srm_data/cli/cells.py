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
    from srm_data.questions.understand import WordIndex

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
        help="OFFERING [OFFERING] [DUTY]: such as EKS on Fargate, eks-fargate, rds; backup, TLS",
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
    names, duty_id = _read_names(options.names, model, tables)
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


def _read_names(given: list[str], model: pd.DataFrame, tables: Tables) -> tuple[list[str], str]:
    """Read the arguments as the names of one or two offerings, and a duty or none.

    Names of several words need no quotes: as few of the last arguments as possible are the duty, and
    the others one complete name, or two. Arguments that are neither are read as a question.
    """
    if len(given) == 1:
        return given, ""
    from srm_data.questions.understand import WordIndex
    from srm_data.questions.words import build_word_table

    words = build_word_table(model, tables)
    index = WordIndex(words)
    for count in range(len(given), 0, -1):
        duty_id = _find_duty(" ".join(given[count:]), model, index)
        names = _split_names(given[:count], model, index) if duty_id or count == len(given) else []
        if names:
            return names, duty_id

    question = index.understand(" ".join(given))
    if question.unknown or not 0 < question.named < MOST_NAMES:
        return _read_last_as_duty(given, model, index)
    names = [words["offerings"][place] for place in question.offerings[: question.named]]
    meant = [words["duties"][place] for place in question.duties[:1]]
    print(
        f"no exact match for {' '.join(given)!r}; read as: {', '.join([*names, *meant])}",
        file=sys.stderr,
    )
    return names, "".join(meant)


def _split_names(given: list[str], model: pd.DataFrame, index: WordIndex) -> list[str]:
    """Split arguments into one complete name or two; empty if they are something else.

    One name comes first, unless it is a mere other name of what its one part means, as "rds aurora".
    """
    from srm_data.offerings import find_complete_name
    from srm_data.search import EVERYDAY

    whole = find_complete_name(" ".join(given))
    is_sure = not whole.empty and not whole["matched_by"].eq("name").all()
    for at in range(1, 1 if is_sure else len(given)):
        parts = [" ".join(given[:at]), " ".join(given[at:])]
        found = [find_complete_name(part) for part in parts]
        ids = [of.loc[of["matched_by"] != EVERYDAY, "offering_id"].tolist() for of in found]
        are_two = all(ids) and ids[0][0] != ids[1][0]
        if are_two and whole.empty and not _find_duty(parts[1], model, index):
            return parts
        if are_two and whole["offering_id"].tolist() in ids:
            return parts
    return [] if whole.empty else [" ".join(given)]


def _read_last_as_duty(
    given: list[str], model: pd.DataFrame, index: WordIndex
) -> tuple[list[str], str]:
    """Read each argument as a name, and the last one as a duty if it is one."""
    duty_id = _find_duty(given[-1], model, index)
    names = given[:-1] if duty_id else given
    if len(names) > MOST_NAMES - 1:
        raise SrmDataError(
            f"{len(names)} names given; expected OFFERING [OFFERING] [DUTY], with quotes around a name "
            "of several words"
        )
    return names, duty_id


def _find_duty(text: str, model: pd.DataFrame, index: WordIndex) -> str:
    """Find the duty that a text means, if it is the id, the name or words for a duty and no more."""
    wanted = " ".join(text.split()).lower()
    duties = model.drop_duplicates("duty_id")
    same = (duties["duty_id"] == wanted) | (duties["duty"].astype(str).str.lower() == wanted)
    if same.any():
        return str(duties.loc[same, "duty_id"].iloc[0])
    question = index.understand(text)
    is_duty = question.duties and not question.offerings and not question.unknown
    return index.table["duties"][question.duties[0]] if is_duty else ""


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
