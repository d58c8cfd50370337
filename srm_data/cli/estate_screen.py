"""What the command ``estate`` prints on one page: what was read, used and unclear, and what is next."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

import pandas as pd

from srm_data.changes import describe_change, describe_changes
from srm_data.cli.inputs import Scope, shorten
from srm_data.cli.layout import find_room, list_first, wrap
from srm_data.describe import count_things, describe_rows_read
from srm_data.estate import list_effects, list_offerings_in_use
from srm_data.estate.catalogue import NO_SERVICE, RECOGNISED, UNRECOGNISED
from srm_data.estate.decide import COUNTED_ELSEWHERE
from srm_data.estate.resources import AT_MOST, NUMBER_ABOUT, NUMBER_AT_MOST, OTHER_PROVIDER, SEPARATOR
from srm_data.estate.use import list_only_named, list_only_parts
from srm_data.matrix import duty_distribution
from srm_data.model import build_model

MOST_LINES, LEAST_LISTED = 40, 6
"""Lines of a page, and how many offerings and how many unclear names it has at least, if there are."""

MOST_NAMES, MOST_REMARKS, MOST_CHANGES = 4, 2, 6
PARTIES = {"Customer": "you", "Shared": "both", "AWS": "AWS", "Not applicable": "n/a"}
RESOURCES, DUTIES, KNOWN_BY, LEAST_NAME = 10, 5, 20, 24
"""Widths of columns: resources, duties of a party, how the offering is known, and at least its name."""

NOTHING = "nothing in it is a service of AWS"
LEAST_UNKNOWN = 22  # letters of an unknown name that its reason leaves

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
    lines, last = _describe_rows(estate, options), ["", *_describe_next(scope, options, is_unclear)]
    if unused:
        named = ", ".join(f"--{name}" for name in unused)
        last = [
            "",
            *wrap(f"Not used, as they stand in a file only (--out FILE.xlsx): {named}."),
            *last,
        ]
    if changes is not None:
        last = [*_describe_changes(changes, options), *last]

    # The table and the list of what is unclear share what is left of the page.
    unclear = _list_unclear(estate, effects, scope.names)
    above, rows, below = _build_table(estate, scope) if len(scope.model) else ([], [], [])
    room = MOST_LINES - len([*lines, *above, *below, *last]) - (3 if unclear else 0)
    most_unclear = max(room - 1 - len(rows), LEAST_LISTED)
    shown = min(len(unclear), most_unclear)
    most_rows = max(room - shown - (len(rows) > room - shown), LEAST_LISTED)
    lines += [*above, *rows[:most_rows]]
    if (more := len(rows) - most_rows) > 0:
        lines.append(f"and {more:,} more, which the workbook has (--out)")
    lines += [*below, *(["", "Unclear:"] if unclear else []), *unclear[:shown]]
    if (more := len(unclear) - shown) > 0:
        lines.append(f"  and {more:,} more, which --write-corrections lists")
    return [*lines, *last]


def _fit_line(text: str, end: str = "") -> str:
    """Shorten a text to one line of the screen, so that its end stays whole."""
    return textwrap.shorten(text, find_room() - len(end) - 2, placeholder=" ...") + end


def _describe_rows(estate: pd.DataFrame, options: argparse.Namespace) -> list[str]:
    """Describe what was read: four counts that add up to the rows."""
    rows, status, assumed = (estate[name] for name in ("rows", "status", "assumed"))
    is_known, others = status == RECOGNISED, estate[status == NO_SERVICE]
    reasons = others.groupby(others["note"].map(_shorten_reason), sort=False)["rows"].sum()
    reasons = reasons.sort_values(ascending=False, kind="stable")
    aside = list_first(
        [f"{shorten(str(why))} ({count:,})" for why, count in reasons.items()], MOST_NAMES
    )

    counts = {
        "certain: the row says which offering (way to run a service) it is": is_known & ~assumed,
        "assumed: the row leaves it open, and the likeliest is taken": is_known & assumed,
        "not recognised, and not counted": status == UNRECOGNISED,
        f"set aside, no AWS offering with duties{f': {aside}' * bool(aside)}": status == NO_SERVICE,
    }
    files = list_first([path.name or str(path) for path in options.files], MOST_NAMES)
    lines = wrap(f"{describe_rows_read(estate)} read from {files}:")
    width = max(len(f"{int(rows.sum()):,}"), 3) + 2
    for text, is_of in counts.items():
        text = textwrap.shorten(text, 2 * (find_room() - width) - 24, placeholder=" ...")
        lines += wrap(text, first=f"{rows[is_of].sum():>{width},}  ", indent=width + 2)
    if left_out := len(estate.attrs.get("not_read", [])):
        what = "file or part" if left_out == 1 else "files or parts"
        lines.append(f"Not read, and named above: {left_out:,} {what}.")
    return lines


def _shorten_reason(note: str) -> str:
    kind, _, detail = note.partition(": ")
    before, after = OTHER_PROVIDER.split("{}")
    if note.startswith(before) and note.endswith(after):
        return note.removeprefix(before).removesuffix(after)
    if kind in ("a row of another provider", "a charge, not a service"):
        return "another provider" if detail.startswith("(") else detail
    return kind or "no reason given"


def _build_table(estate: pd.DataFrame, scope: Scope) -> tuple[list[str], list[str], list[str]]:
    offerings, used, names = list_offerings_in_use(estate), scope.decided, scope.names
    known = estate[(estate["status"] == RECOGNISED) & (estate["resources"] > 0)]
    parts = list_only_parts(estate)
    named = list_only_named(estate) - parts
    words = dict.fromkeys(named, "named") | dict.fromkeys(parts, "parts")
    of_number = offerings[~offerings["offering_id"].isin(list(words))]

    # A name or a part is no number of resources.
    sizes = [f"{len(of_number):,} with {count_things(int(of_number['resources'].sum()), 'resource')}"]
    sizes = sizes if len(of_number) else []
    sizes += [f"{len(named):,} only named"] if named else []
    sizes += [f"{len(parts):,} by parts alone"] if parts else []
    lines = [
        "",
        *wrap(f"In use: {count_things(len(offerings), 'offering')} ({', '.join(sizes)})."),
    ]

    # One row per offering: how many there are, who has how many duties, and how it is known.
    is_ai = used["layer"].eq("AI")
    core, with_ai = used[~is_ai], int(used.loc[is_ai, "offering_id"].nunique())
    duties = duty_distribution(core, "offering_id")
    some = set(known.loc[known["assumed"], "offering_id"])
    all_of = known.groupby("offering_id")["assumed"].all()
    room = max(find_room() - RESOURCES - DUTIES * len(PARTIES) - KNOWN_BY, LEAST_NAME)
    headings = "".join(f"{heading:>{DUTIES}}" for heading in PARTIES.values())
    count, have = core["duty_id"].nunique(), "has" if with_ai == 1 else "have"
    of_ai = f" {with_ai:,} of the offerings {have} duties of AI, too: show NAME." if with_ai else ""
    lines += wrap(
        f"Four columns count the {count} duties: yours alone, of both, of AWS, of none.{of_ai}"
    )
    lines += [f"{'Offering':<{room}}{'Resources':>{RESOURCES}}{headings}  Known by"]
    table = []
    for row in offerings.to_dict("records"):
        offering, by = row["offering_id"], str(row["matched_by"]).split(SEPARATOR)
        how = next((KNOWN[name] for name in KNOWN if name in by), "name")
        if offering in some:
            how = "assumed" if all_of[offering] else "assumed in part"
        name = textwrap.shorten(names[offering], room, placeholder="...")
        number = words.get(offering, f"{row['resources']:,}")
        counts = "".join(f"{duties.loc[offering].get(party, 0):>{DUTIES}}" for party in PARTIES)
        table.append(f"{name:<{room}}{number:>{RESOURCES}}{counts}  {how}")

    # What the numbers do not say.
    is_bound = known["counted_by"].isin([AT_MOST, NUMBER_AT_MOST])
    remarks = (
        known["note"].where(known["note"] != COUNTED_ELSEWHERE, "").mask(is_bound, "at most as many")
    )
    remarks = remarks.mask(known["counted_by"] == NUMBER_ABOUT, "about as many")
    listed = known["offering_id"][remarks != ""].groupby(remarks)
    texts = [(list_first([names[one] for one in ids.unique()], 2), remark) for remark, ids in listed]
    below = [_fit_line(of, f": {shorten(remark)}") for of, remark in texts[:MOST_REMARKS]]
    if (more := len(texts) - MOST_REMARKS) > 0:
        below.append(f"and {count_things(more, 'more remark')}, which the workbook has (--out)")
    return lines, table, below


def _list_unclear(estate: pd.DataFrame, effects: pd.DataFrame, names: dict[str, str]) -> list[str]:
    lines = []
    for offering, rows in effects.groupby("offering_id", sort=False):
        ids = dict.fromkeys(one for text in rows["alternatives"] for one in text.split(SEPARATOR))
        others = [names[one] for one in ids if one in names]
        name = names.get(str(offering), str(offering))
        says = list_first([shorten(name) for name in rows["identifier"].unique()], 1)
        end = f": differs in {count_things(int(rows['differing'].max()), 'duty')}"
        named = [list_first(others, most) for most in (2, 1)] + [count_things(len(others), "other")]
        texts = [f"{name} ({says}) or {others_named}" for others_named in named]
        room = find_room() - len(end) - 2
        lines.append("  " + _fit_line(next((t for t in texts if len(t) <= room), texts[-1]), end))
    unknown = estate[estate["status"] == UNRECOGNISED].groupby("identifier", sort=False)
    for identifier, rows in unknown:
        note, count = rows["note"].iloc[0], count_things(int(rows["rows"].sum()), "row")
        # The reason stays whole, which the name makes room for, unless it leaves none.
        ends = [f" ({count}): not recognised{'; ' * bool(note)}{note}", f" ({count}): {note}"]
        end = next((end for end in ends if len(end) <= find_room() - LEAST_UNKNOWN), "")
        lines.append("  " + _fit_line(str(identifier) + ends[0] * (not end), end))
    return lines


def _describe_changes(changes: pd.DataFrame, options: argparse.Namespace) -> list[str]:
    is_whole = changes["why"].isin(["offering added", "offering gone"])
    lines = ["", *wrap(f"Since {options.since}, {describe_changes(changes)}.")]
    for row in changes[~is_whole].head(MOST_CHANGES).to_dict("records"):
        cell = f"{describe_change(row)} ({row['why']})"
        lines += wrap(cell, indent=2)
    if (more := int((~is_whole).sum()) - MOST_CHANGES) > 0:
        lines.append(f"  and {more:,} more, which the workbook has (--out)")
    for why, rows in changes[is_whole].groupby("why"):
        lines += wrap(f"{why}: {list_first(rows['offering'].unique().tolist(), 6)}", indent=2)
    return lines


def _describe_next(scope: Scope, options: argparse.Namespace, is_unclear: bool) -> list[str]:
    if scope.model.empty and not is_unclear:
        what = "it has no rows" if scope.estate is None or scope.estate.empty else NOTHING
        return wrap(f"Next: {what}. Give an inventory that names AWS services or resources.")

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
