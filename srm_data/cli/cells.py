"""Commands that print cells: show, for offerings by name, and ask, for questions."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import cache, partial

import pandas as pd

from srm_data.cells import find_marks, list_marks
from srm_data.cli.inputs import read_scope
from srm_data.cli.layout import find_width, print_frame, print_painted, print_wrapped, warn
from srm_data.exceptions import SrmDataError, describe_nearest
from srm_data.load import ALL_SETS, Tables
from srm_data.matrix import duty_distribution
from srm_data.names import compare_offerings, find_answers
from srm_data.names.index import PART, SPELLING
from srm_data.names.offerings import choose_offerings, find_offerings
from srm_data.names.understand import PhraseIndex
from srm_data.names.words import build_word_table
from srm_data.schema import read_package, report_link

MOST_SERVICES, MOST_ROWS = 5, 12
"""Limits: services that a name may mean, further answers of ``ask``."""

YOURS_FIRST, OURS = ["Customer", "Shared", "AWS", "Not applicable"], ["Customer", "Shared"]
COLUMNS = [
    "service", "offering", "offering_id", "category", "layer", "duty", "duty_id", "responsibility",
    "customer_action", "customer_part", "aws_part", "note", "basis", "scope", "performed_by",
]  # fmt: skip
HEADINGS = {
    "offering": "Offering",
    "duty": "Duty",
    "responsibility": "Responsible",
    "customer_action": "Customer action",
    "customer_part": "Customer's part",
    "aws_part": "AWS's part",
    "basis": "Basis",
    "owner": "Owner",
}
PAGE = ["title", "url", "edition", "accessed"]


def run_ask(options: argparse.Namespace) -> None:
    """Print the cells that answer a question, the first one in full."""
    scope = read_scope(options, duty_sets=ALL_SETS)
    tables, model, text = scope.tables, scope.decided, " ".join(options.words)
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
        _print_service(answers.drop_duplicates("offering_id"), answers, tables)
        return
    if is_whole and kind == "compare" and len(names) == 2:
        both = compare_offerings(*names, model=model, tables=tables)
        _print_beside(both, is_whole=True, only_ours=options.mine)
        return

    # the best answer in full, unless the question is about all duties of one offering
    is_of_many = answers["offering_id"].nunique() > 1
    if is_of_many or answers["duty_id"].nunique() == 1:
        print_painted()
        _print_cell(answers.iloc[0], tables, names_offering=True)
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
    match_duty = cache(partial(_match_duty, model=model, tables=tables))
    names, duty_id = _split_words(options.names, match_duty), ""
    if options.duty:
        duty_id = match_duty(options.duty)
    elif len(names) == 2 and (duty_id := match_duty(names[1])):
        warn(f"{names.pop()!r} is read as --duty {duty_id}")
    if options.duty and not duty_id:
        duties = model.drop_duplicates("duty_id")
        near = describe_nearest(options.duty, [*duties["duty_id"], *duties["duty"].astype(str)])
        raise LookupError(
            f"no duty is called {options.duty!r}{near}; expected an id or a name such as 'backup'"
        )

    # the cells of one offering, of all offerings of a service, or of two that are compared
    if len(names) == 2:
        cells = choose_offerings(model, names, ordinary=True, tables=tables)
    else:
        offerings = find_offerings(names[0])
        if (services := offerings["service"].nunique()) > MOST_SERVICES:
            raise SrmDataError(
                f"{names[0]!r} may mean {len(offerings):,} offerings of {services} services, such as "
                f"{', '.join(offerings['offering'].head(6))}; expected a more specific name"
            )
        if offerings["matched_by"].isin([SPELLING, PART]).any():
            warn(f"no exact match for {names[0]!r}; nearest: {offerings['offering'][0]}")
        cells = offerings[["offering_id"]].merge(model, on="offering_id", validate="one_to_many")
    cells = _keep_mine(cells[cells["duty_id"] == duty_id] if duty_id else cells, options)

    if options.format != "table":
        _print_cells(cells, options.format, tables, asked=" ".join(names))
    elif len(names) == 2:
        both = compare_offerings(*names, model=model, tables=tables)
        both = both[both["duty_id"] == duty_id] if duty_id else both
        _print_beside(both, is_whole=not duty_id, only_ours=options.mine)
    elif duty_id:
        for _, cell in cells.iterrows():
            _print_cell(cell, tables, names_offering=True)
    elif len(offerings) == 1:
        _print_offering(offerings.iloc[0], cells, tables)
    else:
        _print_service(offerings, cells, tables)


def _split_words(words: list[str], match_duty: Callable[[str], str]) -> list[str]:
    """Split words into one name or two, the second of which may be a duty, if quotes were forgotten."""

    def find_exact(name: str) -> str:
        try:
            matches = find_offerings(name)
        except LookupError:
            return ""
        is_near = matches["matched_by"].isin([SPELLING, PART]).any()
        return "" if is_near else str(matches["offering_id"].iloc[0])

    apart = {find_exact(word) for word in words} - {""}
    if len(apart) == len(words) > 2:
        raise SrmDataError(f"{len(words)} names given; expected NAME [NAME] [--duty NAME]")
    # Two words may be two names, though both are of one; of more words, one name is likelier.
    whole = " ".join(words)
    pairs = [[" ".join(words[:end]), " ".join(words[end:])] for end in range(1, len(words))]
    ids = [[find_exact(name) for name in pair] for pair in pairs]
    exact = [
        pair for pair, (one, other) in zip(pairs, ids, strict=True) if one and other not in ("", one)
    ]
    if find_exact(whole) and not (len(words) == 2 and exact):
        return [whole]
    of_duty = [pair for pair, (one, _) in zip(pairs, ids, strict=True) if one and match_duty(pair[1])]
    return (of_duty or exact or [words if len(words) == 2 else [whole]])[0]


def _keep_mine(cells: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    if not options.mine:
        return cells
    ours = cells[cells["responsibility"].isin(OURS)]
    if ours.empty:
        raise SrmDataError("none of these cells is even partly yours; omit --mine")
    return ours


def _match_duty(text: str, model: pd.DataFrame, tables: Tables) -> str:
    """Return the id of the duty that a text means, or nothing if it means something else."""
    # An id or a name is meant as it is; other words may be those of a question.
    wanted = " ".join(text.split()).lower()
    duties = model.drop_duplicates("duty_id")
    same = (duties["duty_id"] == wanted) | (duties["duty"].astype(str).str.lower() == wanted)
    if same.any():
        return str(duties.loc[same, "duty_id"].iloc[0])
    index = PhraseIndex(build_word_table(model, tables))
    question = index.understand(text)
    is_duty = question.duties and not question.offerings and not question.unknown
    return index.table["duties"][question.duties[0]] if is_duty else ""


def _print_cells(
    cells: pd.DataFrame, form: str, tables: Tables, *, asked: str, understood: str = ""
) -> None:
    """Print cells for programs or a document: plain values, each cell with its sources."""
    shown = cells[[*COLUMNS, *(["owner"] if "owner" in cells else [])]]
    shown = shown.astype(object).fillna("").astype(str)
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
        table = shown[[name for name in HEADINGS if name in shown]].rename(columns=HEADINGS)
        table = table.map(_escape).assign(
            Source=[
                ", ".join(f"[{_escape(page['title'])}]({page['url']})" for page in of_cell)
                for of_cell in linked
            ]
        )
        for row in [[*table], ["---"] * table.shape[1], *table.to_numpy()]:
            print(f"| {' | '.join(row)} |")


def _escape(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").split())


def _print_offering(offering: pd.Series, cells: pd.DataFrame, tables: Tables) -> None:
    """Print all duties of an offering: a count, then customer, shared and AWS duties."""
    print_wrapped(
        f"{offering['offering']} ({offering['service']}, {cells['category'].iloc[0]})", "title"
    )
    print_wrapped(f"In use if: {offering['recognise']}", "soft")
    print_wrapped(_describe_lists(offering["service_id"], tables), "soft")

    # how many cells each party has, and what they are based on
    parties = cells["responsibility"].value_counts()
    whose = ", ".join(f"{parties[party]} {party}" for party in YOURS_FIRST if parties[party])
    must = int((cells["customer_action"] == "required").sum())
    marks, words = find_marks(cells).value_counts(sort=False), list_marks()["words"]
    bases = ", ".join(f"{count} {words[str(mark)]}" for mark, count in marks.items() if count)
    print_wrapped(f"{len(cells)} duties: {whose}. You must act on {must}. Basis: {bases}.")
    for party in YOURS_FIRST:
        of_party = cells[cells["responsibility"] == party].sort_values("duty", ascending=False)
        if len(of_party):
            print_painted()
            print_painted((f"{party} ({len(of_party)})", party))
        for _, cell in of_party.iterrows():
            _print_cell(cell, tables)


def _describe_lists(service_id: str, tables: Tables) -> str:
    """Describe a service by lists: partitions, FedRAMP boundaries, and whether it is still offered.

    Each list is named with its edition, as it may have changed; that it lacks a service says nothing.
    """
    service = tables["services"].set_index("service_id").loc[service_id]
    editions = tables["sources"].set_index("source_id")["edition"]
    is_active = service["status"] == "active"
    parts = [] if is_active else [f"{service['status'].capitalize()}: {service['status_note']}"]
    for column, title, verb in (
        ("partitions", "AWS's list of endpoints", " in"),
        ("fedramp", "the FedRAMP Marketplace", ""),
    ):
        edition = editions.get(str(service[f"{column}_source_id"]), "")
        named = f"By {title} ({edition}){verb}: {service[column]}."
        parts.append(named if service[column] else f"Not named by {title}.")
    return " ".join([*parts, "Both are lists, not a verdict."])


def _print_cell(cell: pd.Series, tables: Tables, *, names_offering: bool = False) -> None:
    """Print one cell: answer, customer action, basis, both halves, sources."""
    named = f"{cell['offering']}, {cell['duty']}" if names_offering else str(cell["duty"])
    answer = f"{named}: {cell['responsibility']}"
    print_wrapped(
        f"{answer}, customer action {cell['customer_action']}  "
        f"[{_name_marks(cell.to_frame().T)[0]}, {cell['scope']}]",
        str(cell["responsibility"]), indent=2, hang=2, begins=answer,
    )  # fmt: skip
    aws = f"AWS (by {cell['performed_by']})" if cell["performed_by"] else "AWS"
    parts = {"You": cell["customer_part"], aws: cell["aws_part"], "Note": cell["note"]}
    for who, part in (parts | {"Owner": cell.get("owner", "")}).items():
        if part:
            print_wrapped(f"{who}: {part}", indent=6, hang=2)

    # Sources without an address are judgements of this project, which the basis says already.
    sources = tables["sources"].set_index("source_id").loc[cell["source_ids"].split("; ")]
    for source in sources[sources["url"] != ""].to_dict("records"):
        page = f"{source['url']} ({source['edition']}, read {source['accessed']})"
        print_wrapped(page, "soft", indent=6, hang=2)
    if link := report_link(cell.to_dict()):
        print_painted((f"      report: {link}", "soft"))  # one word, to be clicked


def print_short(cells: pd.DataFrame) -> None:
    """Print one line per cell."""
    shown = cells.assign(basis=_name_marks(cells))
    if cells["offering_id"].nunique() == 1:
        print_painted((str(cells["offering"].iloc[0]), "title"))
        shown = shown.drop(columns="offering")
    columns = [name for name in HEADINGS if name in shown and not name.endswith("_part")]
    print_frame(shown[columns].rename(columns=HEADINGS | {"customer_action": "You must act"}))


def _print_service(offerings: pd.DataFrame, cells: pd.DataFrame, tables: Tables) -> None:
    """Print the ways to run a service, with the duties of each party and the differences."""
    services = offerings.drop_duplicates("service_id").set_index("service_id")["service"].to_dict()
    names = list(dict.fromkeys(cells["offering"].astype(str)))
    print_wrapped(f"{', '.join(services.values())}: {len(names)} ways to run it", "title")
    for service_id, service in services.items():
        of_service = f"{service}. " if len(services) > 1 else ""
        print_wrapped(f"{of_service}{_describe_lists(str(service_id), tables)}", "soft")
    counts = duty_distribution(cells, "offering").loc[names, YOURS_FIRST].reset_index()
    counts.columns = pd.Index(["Offering", *YOURS_FIRST])
    counts.insert(0, "No.", range(1, len(names) + 1))
    print_painted()
    print_frame(counts)

    # duties that differ, in blocks: as many offerings beside each other as the terminal has room for
    answers = cells.assign(offering=cells["offering"].astype(str))
    answers = answers.pivot(index="duty", columns="offering", values="responsibility")[names]
    answers = answers.astype(object)
    differs = answers.nunique(axis="columns") > 1
    letters = tables["responsibilities"].set_index("responsibility")["letter"]
    signs = answers[differs].map(letters.get, na_action="ignore").fillna("")
    duties = [str(duty) for duty in signs.index]
    label = max(map(len, duties), default=0)
    at_once = max((find_width() - label) // 4, 1)
    for start in range(0, len(names) if duties else 0, at_once):
        part = signs.iloc[:, start : start + at_once].map(lambda sign: sign.rjust(2))
        part.columns = pd.Index([f"{names.index(str(name)) + 1:>2}" for name in part])
        print_painted()
        if not start:
            legend = ", ".join(f"{letters[party]} {party}" for party in YOURS_FIRST)
            print_wrapped(f"{len(duties)} of {len(answers)} duties differ ({legend}):", "title")
        part.insert(0, "", duties)
        print_frame(part, widths=[label, *[2] * (part.shape[1] - 1)])
    _print_alike("Alike", answers[~differs].bfill(axis="columns").iloc[:, 0])
    print_painted()
    print_wrapped(
        f'One of them in full: srm-data show "{names[0]}"; two of them: srm-data show "{names[0]}" '
        f'"{names[-1]}"',
        "soft",
        hang=2,
    )


def _print_beside(both: pd.DataFrame, *, is_whole: bool, only_ours: bool) -> None:
    """Print two offerings in two columns: duties that differ, then the names of the other duties."""
    # Offerings with the same answers may still have other things to do, which their words name.
    differs = both["differs"] if both["differs"].any() else both["words_differ"]
    shown, names = both[differs] if is_whole else both, [both.attrs["a"], both.attrs["b"]]
    if only_ours:
        ours = shown[["responsibility_a", "responsibility_b"]].isin(OURS)
        shown = shown[ours.any(axis="columns")]
    if is_whole:  # different parties are counted as charts do, then what differs besides
        moves = both["responsibility_a"].astype(str) != both["responsibility_b"].astype(str)
        acts, words = int((both["differs"] & ~moves).sum()), int(both["words_differ"].sum())
        more = f", and in the customer action alone of {acts} more" if acts else ""
        more += f", and in words of {words} more" if words else ""
        counted = f"differ in {int(moves.sum())} of {len(both)} duties{more}"
        print_wrapped(f"{names[0]} and {names[1]} {counted}", "title")

    # Each half stands beside the same half of the other offering; a row that neither has is left out.
    marks = [
        _name_marks(pd.DataFrame({of: shown[f"{of}_{end}"] for of in ("basis", "scope")}))
        for end in "ab"
    ]
    for row, *signs in zip(shown.to_dict("records"), *marks, strict=True):
        answers = [f"{row[f'responsibility_{end}']}, customer action {row[f'customer_action_{end}']}"
                   for end in "ab"]  # fmt: skip
        halves = [
            [f"{who}: {row[f'{part}_{end}']}" if row[f"{part}_{end}"] else "" for end in "ab"]
            for who, part in {"You": "customer_part", "AWS": "aws_part", "Note": "note"}.items()
        ]
        rows = [answers, *filter(any, halves), [f"[{sign}]" for sign in signs]]
        print_painted()
        print_painted((str(row["duty"]), "title"))
        print_frame(pd.DataFrame(rows, columns=names), widths=[(find_width() - 2) // 2] * 2)
    rest = (both[~differs] if is_whole else both.iloc[:0]).set_index("duty")
    for heading, alike in (
        ("Alike in their answers, but not in words", rest[rest["words_differ"]]),
        ("Alike", rest[~rest["words_differ"]]),
    ):
        _print_alike(heading, alike["responsibility_a"])


def _print_alike(heading: str, answers: pd.Series) -> None:
    if len(answers):
        print_painted()
        listed = ", ".join(f"{duty} ({party})" for duty, party in answers.items())
        print_wrapped(f"{heading}: {listed}", hang=2)


def _name_marks(cells: pd.DataFrame) -> list[str]:
    marks = list_marks()
    words = marks["label"].str[:1].str.lower() + marks["label"].str[1:]  # AWS keeps its capitals
    names = (marks["mark"] + " " + words).str.strip()
    return find_marks(cells).astype(object).map(names).tolist()
