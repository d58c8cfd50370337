"""Commands that print cells: show, for offerings by name, and ask, for questions."""

from __future__ import annotations

import argparse
import json
from contextlib import suppress

import pandas as pd

from srm_data.cli.inputs import read_scope
from srm_data.cli.layout import print_painted, print_wrapped, warn
from srm_data.cli.listing import print_beside, print_cell, print_offering, print_service, print_short
from srm_data.exceptions import SrmDataError, describe_nearest
from srm_data.load import ALL_SETS, Tables
from srm_data.names import compare_offerings, find_answers
from srm_data.names.index import PART, SPELLING
from srm_data.names.offerings import choose_offerings, find_offerings
from srm_data.names.understand import PhraseIndex
from srm_data.names.words import build_word_table
from srm_data.schema import read_package

MOST_SERVICES, MOST_ROWS = 5, 12
"""Limits: services that a name may mean, further answers of ``ask``."""

COLUMNS = [
    "service", "offering", "offering_id", "category", "layer", "duty", "duty_id", "responsibility",
    "customer_action", "customer_part", "aws_part", "note", "basis", "scope", "performed_by",
]  # fmt: skip
IN_MARKDOWN = {
    "offering": "Offering",
    "duty": "Duty",
    "responsibility": "Responsible",
    "customer_action": "Customer action",
    "customer_part": "Customer's part",
    "aws_part": "AWS's part",
    "basis": "Basis",
}
PAGE = ["title", "url", "edition", "accessed"]


def run_ask(options: argparse.Namespace) -> None:
    """Print the cells that answer a question, the first one in full."""
    scope = read_scope(options, duty_sets=ALL_SETS)
    tables, model = scope.tables, scope.decided
    text = " ".join(options.words)
    is_own = options.register is not None
    answers = find_answers(text, model=model, tables=tables) if is_own else find_answers(text)
    understood, not_answered = answers.attrs["understood"], answers.attrs["not_answered"]
    if answers.empty:
        raise LookupError(f"no answer to {text!r}: {understood}")
    kind, names = answers.attrs["kind"], list(dict.fromkeys(answers["offering_id"]))
    answers = _keep_mine(answers, options)
    if options.format != "table":
        if options.format != "json" and not_answered:
            warn(not_answered)
        _print_cells(answers, options.format, tables, asked=text, understood=understood)
        return

    # several offerings beside each other
    print_wrapped(f"Understood as: {understood}", "soft", hang=2)
    is_whole = answers["duty_id"].nunique() > 2
    if is_whole and kind == "service":
        print_service(answers.drop_duplicates("offering_id"), answers, tables)
        return
    if is_whole and kind == "compare" and len(names) == 2:
        both = compare_offerings(*names, model=model, tables=tables)
        print_beside(both, is_whole=True, only_ours=options.mine)
        return

    # the best answer in full, unless the question is about all duties of one offering
    is_of_many = answers["offering_id"].nunique() > 1
    if is_of_many or answers["duty_id"].nunique() == 1:
        print_painted()
        print_cell(answers.iloc[0], tables, names_offering=True)
        answers = answers.iloc[1:]
    rest = len(answers) - MOST_ROWS if answers["offering_id"].nunique() > 1 else 0
    if len(answers):
        print_painted()
        print_short(answers.head(MOST_ROWS) if rest > 0 else answers)
    if rest > 0:
        print_wrapped(f"and {rest:,} more; --format csv lists all of them", "soft", indent=2)


def run_show(options: argparse.Namespace) -> None:
    """Print an offering in full, one of its duties, a service, or two offerings side by side."""
    scope = read_scope(options, duty_sets=ALL_SETS)
    tables, model = scope.tables, scope.decided
    names = _join_words(options.names, tables)
    duty_id = _find_duty(options.duty, model, tables) if options.duty else ""

    # the cells of one offering, of all offerings of a service, or of two that are compared
    if len(names) == 2:
        both = compare_offerings(*names, model=model, tables=tables)
        both = both[both["duty_id"] == duty_id] if duty_id else both
        cells = choose_offerings(model, names, ordinary=True, tables=tables)
    else:
        offerings = find_offerings(names[0], tables=tables)
        _refuse_what_is_vague(names[0], offerings)
        cells = offerings[["offering_id"]].merge(model, on="offering_id", validate="one_to_many")
    cells = _keep_mine(cells[cells["duty_id"] == duty_id] if duty_id else cells, options)

    if options.format != "table":
        _print_cells(cells, options.format, tables, asked=" ".join(names))
    elif len(names) == 2:
        print_beside(both, is_whole=not duty_id, only_ours=options.mine)
    elif duty_id:
        for _, cell in cells.iterrows():
            print_cell(cell, tables, names_offering=True)
    elif len(offerings) == 1:
        print_offering(offerings.iloc[0], cells, tables)
    else:
        print_service(offerings, cells, tables)


def _join_words(names: list[str], tables: Tables) -> list[str]:
    """Join words to one name, if quotes were forgotten around it: two are names that differ."""
    joined, exact = " ".join(names), {}
    for text in {joined, *names}:
        with suppress(LookupError):
            matches = find_offerings(text, tables=tables)
            if not matches["matched_by"].isin([SPELLING, PART]).any():
                exact[text] = matches["offering_id"].iloc[0]
    if joined in exact and (
        len(names) > 2 or len({exact[name] for name in names if name in exact}) < 2
    ):
        return [joined]
    if len(names) > 2:
        raise SrmDataError(
            f"{len(names)} names given; expected NAME [NAME] [--duty NAME], with quotes around a name "
            "of several words"
        )
    return names


def _keep_mine(cells: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    if not options.mine:
        return cells
    ours = cells[cells["responsibility"].isin(["Customer", "Shared"])]
    if ours.empty:
        raise SrmDataError("none of these cells is even partly yours; omit --mine")
    return ours


def _find_duty(text: str, model: pd.DataFrame, tables: Tables) -> str:
    # An id or a name is meant as it is; other words may be those of a question.
    wanted = " ".join(text.split()).lower()
    duties = model.drop_duplicates("duty_id")
    same = (duties["duty_id"] == wanted) | (duties["duty"].astype(str).str.lower() == wanted)
    if same.any():
        return str(duties.loc[same, "duty_id"].iloc[0])
    index = PhraseIndex(build_word_table(model, tables))
    question = index.understand(text)
    if not question.duties or question.offerings or question.unknown:
        near = describe_nearest(wanted, [*duties["duty_id"], *duties["duty"].astype(str)])
        raise LookupError(
            f"no duty is called {text!r}{near}; expected an id or a name such as 'backup'"
        )
    return index.table["duties"][question.duties[0]]


def _refuse_what_is_vague(name: str, offerings: pd.DataFrame) -> None:
    if offerings["service"].nunique() > MOST_SERVICES:
        first = ", ".join(offerings["offering"].head(6))
        raise SrmDataError(
            f"{name!r} may mean {len(offerings):,} offerings of {offerings['service'].nunique()} "
            f"services, such as {first}; expected a more specific name"
        )
    if offerings["matched_by"].isin([SPELLING, PART]).any():
        warn(f"no exact match for {name!r}; nearest: {offerings['offering'][0]}")


def _print_cells(
    cells: pd.DataFrame, form: str, tables: Tables, *, asked: str, understood: str = ""
) -> None:
    # plain values, each cell with its sources
    columns = [*COLUMNS, "owner"] if "owner" in cells else COLUMNS
    shown = cells[columns].astype(object).fillna("").astype(str)
    pages = tables["sources"].set_index("source_id")[PAGE]
    sources = [pages.loc[ids.split("; ")].to_dict("records") for ids in cells["source_ids"]]
    linked = [[page for page in of_cell if page["url"]] for of_cell in sources]

    if form == "json":
        records = shown.assign(sources=sources).to_dict("records")
        version = read_package()["version"]
        answer = {"version": version, "asked": asked, "understood": understood, "cells": records}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    elif form == "csv":
        urls = [" ".join(page["url"] for page in of_cell) for of_cell in linked]
        print(shown.assign(sources=urls).to_csv(index=False, lineterminator="\n"), end="")
    else:
        headings = IN_MARKDOWN | ({"owner": "Owner"} if "owner" in cells else {})
        print(f"| {' | '.join([*headings.values(), 'Source'])} |")
        print(f"|{'---|' * (len(headings) + 1)}")
        for record, of_cell in zip(shown[list(headings)].to_numpy(), linked, strict=True):
            links = ", ".join(f"[{_escape(page['title'])}]({page['url']})" for page in of_cell)
            print(f"| {' | '.join([*map(_escape, record), links])} |")


def _escape(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").split())
