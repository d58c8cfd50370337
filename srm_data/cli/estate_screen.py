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
from srm_data.matrix import duty_distribution
from srm_data.model import build_model

MOST_LINES, LEAST_LISTED = 40, 7
"""Lines of a page, and of the offerings and of what is unclear at least, if there are so many."""

MOST_NAMES, MOST_REMARKS, MOST_CHANGES = 4, 3, 7
BESIDE, LEAST_NAME, LONGEST_NAME, LEAST_READ = 50, 24, 36, 3
"""Columns beside the name of an offering; letters of it at least, of an unclear name at most, and of
what was read at least."""

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
        heading, rows, below = _build_table(estate, scope)
        above += heading
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
    return _shorten(text, find_room() - len(end) - 2, " ...") + end


def _shorten(text: str, width: int, end: str = "...") -> str:
    """Shorten a text between words, and not within brackets."""
    shortened = textwrap.shorten(text, width, placeholder=end)
    is_cut = shortened.count("(") > shortened.count(")") and text.count("(") == text.count(")")
    return f"{shortened.rpartition('(')[0]}..." if is_cut else shortened


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


def _build_table(estate: pd.DataFrame, scope: Scope) -> tuple[list[str], list[str], list[str]]:
    """Build what stands above the table, a line per offering, and what its numbers do not say."""
    offerings, used, names = list_offerings_in_use(estate), scope.decided, scope.names
    is_ai = used["layer"].eq("AI")
    core, with_ai = used[~is_ai], int(used.loc[is_ai, "offering_id"].nunique())

    # A name or a part is no number of resources.
    words = offerings["counted"].where(offerings["counted"].isin(["named", "parts"]), "")
    counted = offerings.loc[words == "", "resources"]
    sizes = {
        f"with {count_things(int(counted.sum()), 'resource')}": len(counted),
        "only named": (words == "named").sum(),
        "by parts alone": (words == "parts").sum(),
    }
    listed = ", ".join(f"{count:,} {text}" for text, count in sizes.items() if count)
    have = "has" if with_ai == 1 else "have"
    of_ai = f" {with_ai:,} of the offerings {have} duties of AI, too: show NAME." if with_ai else ""
    count = core["duty_id"].nunique()
    above = wrap(f"In use: {count_things(len(offerings), 'offering')} ({listed}).")
    above += wrap(
        f"Four columns count the {count} duties: yours alone, of both, of AWS, of none.{of_ai}"
    )

    # How many there are, who has how many duties, and how the offering is known.
    known = estate[(estate["status"] == RECOGNISED) & (estate["resources"] > 0)]
    assumed = known.groupby("offering_id")["assumed"].mean()
    duties = duty_distribution(core, "offering_id")[list(PARTIES)].astype(str)
    room = max(find_room() - BESIDE, LEAST_NAME)
    rows = [["Offering", "Resources", *PARTIES.values(), "Known by"]]
    for word, row in zip(words, offerings.to_dict("records"), strict=True):
        offering, by = row["offering_id"], str(row["matched_by"]).split(SEPARATOR)
        how = next((KNOWN[name] for name in KNOWN if name in by), "name")
        if assumed[offering] > 0:
            how = "assumed" if assumed[offering] == 1 else "assumed in part"
        name = textwrap.shorten(names[offering], room, placeholder="...")
        rows.append([name, word or f"{row['resources']:,}", *duties.loc[offering], how])
    heading, *lines = [
        (" " * GAP).join(texts) for _, texts in lay_out(rows, 10**3, right=range(1, len(PARTIES) + 2))
    ]

    remarks = known["note"].where(known["note"] != COUNTED_ELSEWHERE, "")
    remarks = remarks.mask(known["counted_by"].isin([AT_MOST, NUMBER_AT_MOST]), "at most as many")
    remarks = remarks.mask(known["counted_by"] == NUMBER_ABOUT, "about as many")
    below = [
        _fit_line(list_first(of.unique().tolist(), 2), f": {shorten(str(remark))}")
        for remark, of in known["offering_id"].map(names)[remarks != ""].groupby(remarks)
    ]
    below = _cut(below, MOST_REMARKS, "and {:,} more remarks, which the workbook has (--out)")
    return ["", *above, heading], lines, below


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
        room = find_room() - len(f"  {name} () or {other}{end}")
        as_read = f" ({_shorten(read, room)})" if room > LEAST_READ else ""
        lines.append(f"  {_fit_line(f'{name}{as_read} or {other}', end)}")
    unknown = estate[estate["status"] == UNRECOGNISED].groupby("identifier", sort=False)
    for identifier, rows in unknown:
        name, note = _shorten(str(identifier), LONGEST_NAME), rows["note"]
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
