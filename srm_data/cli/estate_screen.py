"""What the command ``estate`` prints on one page: what was read, used and unclear, and what is next."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

import pandas as pd

from srm_data.changes import describe_change, describe_changes
from srm_data.cli.inputs import Scope, count_not_read, shorten
from srm_data.cli.layout import find_room, list_first, wrap
from srm_data.describe import count_things, describe_rows_read
from srm_data.display import GAP, lay_out
from srm_data.estate import list_effects, list_offerings_in_use
from srm_data.estate.catalogue import NO_SERVICE, RECOGNISED, UNRECOGNISED
from srm_data.estate.decide import COUNTED_ELSEWHERE
from srm_data.estate.resources import AT_MOST, NUMBER_ABOUT, NUMBER_AT_MOST, OTHER_PROVIDER, SEPARATOR
from srm_data.estate.use import list_only_named, list_only_parts
from srm_data.matrix import duty_distribution
from srm_data.model import build_model

MOST_LINES, LEAST_LISTED = 40, 7
"""Lines of a page, and of the offerings and of what is unclear at least, if there are so many."""

MOST_NAMES, MOST_REMARKS, MOST_CHANGES = 4, 3, 7
BESIDE, LEAST_NAME, LONGEST_NAME = 50, 24, 36
"""Columns beside the name of an offering; letters of it at least, and of an unclear name at most."""

PARTIES = {"Customer": "you", "Shared": "both", "AWS": "AWS", "Not applicable": "n/a"}
KNOWN = {"variant": "settings", "bill": "usage on the bill", "correction": "your correction"}
"""How an offering is known, by the vocabulary that decided; else by its name."""


def build_screen(
    scope: Scope, options: argparse.Namespace, changes: pd.DataFrame | None, unused: list[str]
) -> list[str]:
    """Build the lines that the command ``estate`` prints, what to do next at the end.

    ``unused`` are the options whose content only a workbook has a place for.
    """
    assert scope.estate is not None
    estate, effects = scope.estate, list_effects(build_model(), scope.estate)
    is_unclear = len(effects) > 0 or bool((estate["status"] == UNRECOGNISED).any())
    above, rows, below = _describe_rows(estate, options), list[str](), list[str]()
    if len(scope.model):
        above += _describe_use(estate, scope)
        heading, *rows = _build_table(estate, scope)
        above, below = [*above, heading], _list_remarks(estate, scope)
    last = [] if changes is None else _describe_changes(changes, options)
    if unused:
        named = ", ".join(f"--{name}" for name in unused)
        last += ["", *wrap(f"Not used, as they stand in a file only (--out FILE.xlsx): {named}.")]
    last += ["", *_describe_next(scope, options, is_unclear)]

    # The table and the list of what is unclear share what is left of the page.
    unclear = _list_unclear(estate, effects, scope.names)
    room = MOST_LINES - len([*above, *below, *last]) - 2 * bool(unclear)
    end = "which --write-corrections lists"
    unclear = _cut(unclear, max(room - len(rows), LEAST_LISTED), f"  and {{:,}} more, {end}")
    rows = _cut(rows, max(room - len(unclear), LEAST_LISTED))
    return [*above, *rows, *below, *(["", "Unclear:"] if unclear else []), *unclear, *last]


def _cut(
    lines: list[str], most: int, rest: str = "and {:,} more, which the workbook has (--out)"
) -> list[str]:
    """Return at most so many lines, the last with the number of those that are left out."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], rest.format(len(lines) - most + 1)]


def _fit_line(text: str, end: str = "") -> str:
    """Shorten a text to one line of the screen, so that its end stays whole."""
    return textwrap.shorten(text, find_room() - len(end) - 2, placeholder=" ...") + end


def _describe_rows(estate: pd.DataFrame, options: argparse.Namespace) -> list[str]:
    """Describe what was read: four counts that add up to the rows."""
    rows, status, assumed = (estate[name] for name in ("rows", "status", "assumed"))
    is_known, others = status == RECOGNISED, estate[status == NO_SERVICE]
    reasons = others.groupby(others["note"].map(_shorten_reason), sort=False)["rows"].sum()
    reasons = reasons.sort_values(ascending=False, kind="stable")
    aside = [f"{shorten(str(why))} ({count:,})" for why, count in reasons.items()]
    why_aside = f": {list_first(aside, MOST_NAMES)}" * bool(aside)
    counts = {
        "certain: the row says which offering (way to run a service) it is": is_known & ~assumed,
        "assumed: the row leaves it open, and the likeliest is taken": is_known & assumed,
        "not recognised, and not counted": status == UNRECOGNISED,
        f"set aside, no AWS offering with duties{why_aside}": status == NO_SERVICE,
    }
    files = list_first([path.name or str(path) for path in options.files], MOST_NAMES)
    lines = wrap(f"{describe_rows_read(estate)} read from {files}:")
    width = max(len(f"{int(rows.sum()):,}"), 3) + 2
    for text, is_of in counts.items():
        text = textwrap.shorten(text, 2 * (find_room() - width) - 24, placeholder=" ...")
        lines += wrap(text, first=f"{rows[is_of].sum():>{width},}  ", indent=width + 2)
    return [*lines, *(f"Not read, and named above: {parts}." for parts in count_not_read(estate))]


def _shorten_reason(note: str) -> str:
    kind, _, detail = note.partition(": ")
    before, after = OTHER_PROVIDER.split("{}")
    if note.startswith(before) and note.endswith(after):
        return note.removeprefix(before).removesuffix(after)
    if kind in ("a row of another provider", "a charge, not a service"):
        return "another provider" if detail.startswith("(") else detail
    return kind or "no reason given"


def _find_words(estate: pd.DataFrame) -> dict[str, str]:
    """Return offerings that have a word in place of a number: those only named, and those of parts."""
    parts = list_only_parts(estate)
    return dict.fromkeys(list_only_named(estate), "named") | dict.fromkeys(parts, "parts")


def _describe_use(estate: pd.DataFrame, scope: Scope) -> list[str]:
    offerings, words = list_offerings_in_use(estate), _find_words(estate)
    kinds, of_number = list(words.values()), offerings[~offerings["offering_id"].isin(list(words))]
    resources = count_things(int(of_number["resources"].sum()), "resource")
    sizes = {
        f"with {resources}": len(of_number),
        "only named": kinds.count("named"),
        "by parts alone": kinds.count("parts"),
    }
    listed = ", ".join(f"{count:,} {text}" for text, count in sizes.items() if count)
    is_ai = scope.model["layer"].eq("AI")
    with_ai = int(scope.model.loc[is_ai, "offering_id"].nunique())
    have = "has" if with_ai == 1 else "have"
    of_ai = f" {with_ai:,} of the offerings {have} duties of AI, too: show NAME." if with_ai else ""
    duties = scope.model.loc[~is_ai, "duty_id"].nunique()
    return [
        "",
        *wrap(f"In use: {count_things(len(offerings), 'offering')} ({listed})."),
        *wrap(f"Four columns count the {duties} duties: yours alone, of both, of AWS, of none.{of_ai}"),
    ]


def _build_table(estate: pd.DataFrame, scope: Scope) -> list[str]:
    """Build one line per offering: how many there are, who has how many duties, how it is known."""
    used, words = scope.decided, _find_words(estate)
    duties = duty_distribution(used[~used["layer"].eq("AI")], "offering_id")
    known = estate[(estate["status"] == RECOGNISED) & (estate["resources"] > 0)]
    assumed = known.groupby("offering_id")["assumed"].agg(["any", "all"])
    room = max(find_room() - BESIDE, LEAST_NAME)
    rows = [["Offering", "Resources", *PARTIES.values(), "Known by"]]
    for row in list_offerings_in_use(estate).to_dict("records"):
        offering, by = row["offering_id"], str(row["matched_by"]).split(SEPARATOR)
        how = next((KNOWN[name] for name in KNOWN if name in by), "name")
        if offering in assumed.index and assumed.loc[offering, "any"]:
            how = "assumed" if assumed.loc[offering, "all"] else "assumed in part"
        name = textwrap.shorten(scope.names[offering], room, placeholder="...")
        number = words.get(offering, f"{row['resources']:,}")
        counts = [str(duties.loc[offering, party]) for party in PARTIES]
        rows.append([name, number, *counts, how])
    return [(" " * GAP).join(texts) for _, texts in lay_out(rows, 10**3, right=range(1, 6))]


def _list_remarks(estate: pd.DataFrame, scope: Scope) -> list[str]:
    """List what the numbers do not say."""
    known = estate[(estate["status"] == RECOGNISED) & (estate["resources"] > 0)]
    remarks = known["note"].where(known["note"] != COUNTED_ELSEWHERE, "")
    remarks = remarks.mask(known["counted_by"].isin([AT_MOST, NUMBER_AT_MOST]), "at most as many")
    remarks = remarks.mask(known["counted_by"] == NUMBER_ABOUT, "about as many")
    listed = known["offering_id"].map(scope.names)[remarks != ""].groupby(remarks)
    lines = [
        _fit_line(list_first(offerings.unique().tolist(), 2), f": {shorten(str(remark))}")
        for remark, offerings in listed
    ]
    return _cut(lines, MOST_REMARKS, "and {:,} more remarks, which the workbook has (--out)")


def _list_unclear(estate: pd.DataFrame, effects: pd.DataFrame, names: dict[str, str]) -> list[str]:
    """List assumed offerings with what else they may be, then names that were not recognised."""
    lines = []
    for offering, rows in effects.groupby("offering_id", sort=False):
        ids = dict.fromkeys(other for text in rows["alternatives"] for other in text.split(SEPARATOR))
        others = [names[other] for other in ids if other in names]
        other = others[0] if len(others) == 1 else count_things(len(others), "other")
        read = list_first([shorten(name) for name in rows["identifier"].unique()], 1)
        end = f": differs in {count_things(int(rows['differing'].max()), 'duty')}"
        name = names.get(str(offering), str(offering))
        lines.append(f"  {_fit_line(f'{name} ({read}) or {other}', end)}")
    unknown = estate[estate["status"] == UNRECOGNISED].groupby("identifier", sort=False)
    for identifier, rows in unknown:
        name, note = textwrap.shorten(str(identifier), LONGEST_NAME, placeholder="..."), rows["note"]
        why = f"; {note.iloc[0]}" * bool(note.iloc[0])
        count = count_things(int(rows["rows"].sum()), "row")
        lines.append(f"  {_fit_line(f'{name} ({count}): not recognised{why}')}")
    return lines


def _describe_changes(changes: pd.DataFrame, options: argparse.Namespace) -> list[str]:
    is_whole = changes["why"].isin(["offering added", "offering gone"])
    cells = [
        f"  {_fit_line(describe_change(row), ' ({why})'.format_map(row))}"
        for row in changes[~is_whole].to_dict("records")
    ]
    lines = ["", *wrap(f"Since {options.since}, {describe_changes(changes)}.")]
    lines += _cut(cells, MOST_CHANGES, "  and {:,} more, which the workbook has (--out)")
    for why, rows in changes[is_whole].groupby("why"):
        lines += wrap(f"{why}: {list_first(rows['offering'].unique().tolist(), 6)}", indent=2)
    return lines


def _describe_next(scope: Scope, options: argparse.Namespace, is_unclear: bool) -> list[str]:
    if scope.model.empty and not is_unclear:
        is_blank = scope.estate is None or scope.estate.empty
        reason = "it has no rows" if is_blank else "nothing in it is a service of AWS"
        return wrap(f"Next: {reason}. Give an inventory that names AWS services or resources.")
    book = options.out or _find_free_name("ours.xlsx")
    out = f" --out {book}" if len(scope.model) else ""
    if not is_unclear:
        step = f"open {book.name}." if options.out else f"write the workbook: srm-data estate ...{out}"
        return wrap(f"Next: {step}")
    edits = options.write_corrections or _find_free_name("corrections.csv")
    first = "" if options.write_corrections else f"add --write-corrections {edits.name}, "
    text = f"Next: {first}edit {edits.name} (an id, a name, or - for no AWS service), then run"
    return [*wrap(text), f"  srm-data estate ... --corrections {edits}{out}"]


def _find_free_name(name: str) -> Path:
    path, number = Path(name), 2
    while path.exists():
        path = Path(name).with_stem(f"{Path(name).stem}-{number}")
        number += 1
    return path
