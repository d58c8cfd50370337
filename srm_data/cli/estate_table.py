"""The table of what is in use: resources, duties by party, and how each offering is known."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from srm_data.cli.layout import describe_rest, find_room, list_first, wrap_lines
from srm_data.describe import count_things, describe_resources
from srm_data.estate.catalogue import RECOGNISED, UNRECOGNISED
from srm_data.estate.findings import is_own_word
from srm_data.estate.partitions import BEGINNING
from srm_data.estate.read import COSTS_NOTHING
from srm_data.estate.resources import (
    AS_PARTS,
    AT_MOST,
    BY_ID,
    BY_NAME,
    BY_NUMBER,
    NUMBER_AT_MOST,
    OTHER_PROVIDER,
    SEPARATOR,
)
from srm_data.estate.use import (
    choose_counted,
    is_offering_itself,
    list_only_named,
    list_only_parts,
)
from srm_data.matrix import duty_distribution, resource_distribution

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

MOST_OFFERINGS, MOST_NAMES, MOST_PARTS = 40, 6, 2
PARTIES = {"Customer": "you", "Shared": "both", "AWS": "AWS", "Not applicable": "n/a"}
RESOURCES, DUTIES, KNOWN_BY, LEAST_NAME = 10, 5, 20, 24
"""Widths of columns: resources, duties of a party, how the offering is known, and at least its name."""

KNOWN = {
    "variant": "its settings",
    "bill": "usage on the bill",
    "correction": "your correction",
}
"""How an offering is known, by the vocabulary that decided; else it is named."""


def describe_in_use(
    estate: pd.DataFrame, offerings: pd.DataFrame, used: pd.DataFrame, names: dict[str, str]
) -> list[str]:
    """Describe the offerings in use: resources, duties by party, and how each is known.

    Parameters
    ----------
    estate
        Frame from :func:`~srm_data.read_estate`.
    offerings
        Frame from :func:`~srm_data.list_offerings_in_use`.
    used
        Frame from :func:`~srm_data.in_use`.
    names
        Name of each ``offering_id``.
    """
    rows = offerings.to_dict("records")
    named, parts = list_only_named(estate), list_only_parts(estate)
    known = estate[(estate["status"] == RECOGNISED) & estate["assumed"]]
    assumed_rows = known.groupby("offering_id")["rows"].sum()
    resources = sum(row["resources"] for row in rows if row["offering_id"] not in named)

    lines = ["", *wrap_lines(_describe_size(len(rows), len(named - parts), len(parts), resources))]
    lines += wrap_lines(f"{_describe_counting(estate, resources, named - parts)}.")
    shown = dict.fromkeys(named, "named") | dict.fromkeys(parts, "parts")
    lines += _build_table(rows, used, names, shown, assumed_rows.to_dict())
    lines += describe_rest(len(rows), MOST_OFFERINGS, "in the workbook that --out writes")
    lines += _describe_doubts(estate, names)

    counted, noun = choose_counted(used, estate)
    said = describe_resources(resource_distribution(counted), customer="you", noun=noun)
    return [*lines, "", *wrap_lines(f"{said}.")]


def shorten_reason(note: str) -> str:
    """Shorten why a row is no service to the kind of reason, or to the name of another provider.

    Examples
    --------
    >>> shorten_reason("billing: invoices"), shorten_reason("a row of another provider: Oracle")
    ('billing', 'Oracle')
    """
    kind, _, detail = note.partition(": ")
    before, after = OTHER_PROVIDER.split("{}")
    if note.startswith(before) and note.endswith(after):
        return note.removeprefix(before).removesuffix(after)
    if kind in ("a row of another provider", "a charge, not a service"):
        return "another provider" if detail.startswith("(") else detail
    return kind or "no reason given"


def name_rows(estate: pd.DataFrame) -> str:
    """Return the noun for what is counted: rows, or names if some rows have several."""
    return "name" if estate["rows"].sum() > estate.attrs.get("rows_read", math.inf) else "row"


def _describe_size(offerings: int, named: int, parts: int, resources: int) -> str:
    """Describe how many resources and offerings are in use; a name or a part is no number of them."""
    if named == offerings:
        return f"In use: {count_things(named, 'service')}, only named: no number of resources was read"
    if named + parts == offerings:
        known = "only named, or with parts alone" if named else "with parts alone"
        return f"In use: {count_things(offerings, 'offering')}, {known}: no number of them was read"
    with_number = offerings - named - parts
    said = f"In use: {count_things(resources, 'resource')} of {count_things(with_number, 'offering')}"
    said += f"; {named:,} more {'is' if named == 1 else 'are'} named without a number" if named else ""
    return said + (f"; of {parts:,} more, the file has parts alone" if parts else "")


def _build_table(
    rows: list[dict[Hashable, Any]],
    used: pd.DataFrame,
    names: dict[str, str],
    shown: dict[str, str],
    assumed_rows: dict[Any, int],
) -> list[str]:
    """Build the table, with what its columns mean above it; ``shown`` has words in place of numbers."""
    duties = duty_distribution(used, "offering_id")
    ordered = used.drop_duplicates("duty_id")["duty"].astype(str).tolist()
    numbers_width = RESOURCES + DUTIES * len(PARTIES)
    name_width = max(find_room() - numbers_width - KNOWN_BY, LEAST_NAME)

    lines = wrap_lines(
        f"Four columns count the {len(ordered)} security duties, from {ordered[0].lower()} to "
        f"{ordered[-1].lower()}: you alone, both (a part each), AWS alone, not applicable."
    )
    headings = "".join(f"{heading:>{DUTIES}}" for heading in PARTIES.values())
    lines.append(f"{'Offering':<{name_width}}{'Resources':>{RESOURCES}}{headings}  Known by")
    for row in rows[:MOST_OFFERINGS]:
        offering = row["offering_id"]
        counts = duties.loc[offering]
        numbers = "".join(f"{counts.get(party, 0):>{DUTIES}}" for party in PARTIES)
        *above, name = textwrap.wrap(names[offering], name_width) or [""]
        number = shown.get(offering, f"{row['resources']:,}")
        line = f"{name:<{name_width}}{number:>{RESOURCES}}{numbers}"
        lines += [*above, f"{line}  {_describe_decision(row, assumed_rows.get(offering, 0))}"]
    return lines


def _describe_decision(row: dict[Hashable, Any], assumed_rows: int) -> str:
    """Describe in a few words how an offering is known, and whether any row of it is assumed."""
    if row["assumed"]:
        return "assumed" if row["assumed"] == row["resources"] else f"{row['assumed']:,} assumed"
    if assumed_rows:
        return f"{count_things(assumed_rows, 'row')} assumed"
    by = str(row["matched_by"]).split(SEPARATOR)
    return next((KNOWN[name] for name in KNOWN if name in by), "named in the file")


def _describe_counting(estate: pd.DataFrame, resources: int, named: set[str]) -> str:
    """Describe why there are other numbers of rows than of resources."""
    known = estate[estate["status"] == RECOGNISED]
    total, noun = int(known["rows"].sum()), name_rows(estate)
    is_name = known["counted_by"] == BY_NAME
    stands = is_offering_itself(known) & ~is_name & (known["resources"] > 0)
    is_again = (known["counted_by"] == BY_ID) & (known["resources"] == 0)  # in another row, too
    is_part = ~is_name & ~stands & ~is_again & stands.groupby(known["offering_id"]).transform("any")
    is_alone = (known["counted_by"] == AS_PARTS) & ~is_part
    is_counted = ~is_name & ~is_part & ~is_alone
    counted, only = int(known.loc[is_counted, "rows"].sum()), int(known.loc[is_name, "rows"].sum())

    # What is counted, what belongs to it, and what gives no number.
    said = f"{counted:,} of the {total:,} {noun}s {'is' if counted == 1 else 'are'} counted"
    said = said if counted else ""
    if counted == total:
        words = {1: f"The {noun} is", 2: f"Both {noun}s are"}
        said = f"{words.get(total, f'All {total:,} {noun}s are')} counted"
    ways = set(known.loc[is_counted, "counted_by"])
    notes = ["a resource with several rows once"] if BY_ID in ways and counted != resources else []
    notes += ["by the numbers in the file"] if ways & {BY_NUMBER, NUMBER_AT_MOST} else []
    said += f", {', others '.join(notes)}" if notes else ""
    how = [said] if said else []
    if only and not said:
        how = [f"{count_things(only, noun)} only name{'s' * (only == 1)} a service"]
    if parts := int(known.loc[is_part, "rows"].sum()):
        rest = "the other " if counted + parts == total else ""
        rest += noun if rest and parts == 1 else f"{parts:,}"
        are = "is a part" if parts == 1 else "are parts"
        how.append(f"{rest} {are} of {'it' if counted == 1 else 'them'}{_name_types(known[is_part])}")
    if alone := int(known.loc[is_alone, "rows"].sum()):
        what = f"{count_things(alone, noun)} {'is a part' if alone == 1 else 'are parts'}"
        how.append(f"{what} of offerings not in the file{_name_types(known[is_alone])}")
    if counted and only:
        without = (
            "the one without a number" if len(named) == 1 else f"the {len(named)} without a number"
        )
        how.append(
            f"{only:,} only {'names' if only == 1 else 'name'} a service"
            + f" ({without})" * bool(named)
        )
    unknown = int(estate.loc[estate["status"] == UNRECOGNISED, "rows"].sum())
    if unknown:
        are = "is" if unknown == 1 else "are"
        how.append(f"{count_things(unknown, noun)} {are} not recognised and not counted")
    return "; ".join(how)


def _name_types(parts: pd.DataFrame) -> str:
    """Name the most frequent types among parts."""
    rows = parts.groupby("identifier")["rows"].sum().sort_values(ascending=False)
    types = [f"{name} ({count:,})" for name, count in rows.items() if is_own_word(str(name))]
    return f", such as {' and '.join(types[:MOST_PARTS])}" if types else ""


def _describe_doubts(estate: pd.DataFrame, names: dict[str, str]) -> list[str]:
    """Describe for which offerings the number of resources says little."""
    known = estate[estate["status"] == RECOGNISED]
    lines = []
    reasons = {
        AT_MOST: "as the rows have no ids, or too many",
        NUMBER_AT_MOST: "as a number is that of several services",
    }
    for way, reason in reasons.items():
        bounded = known.loc[known["counted_by"] == way, "offering_id"].unique()
        if len(bounded):
            shown = list_first([names[one] for one in bounded], MOST_NAMES)
            lines += wrap_lines(f"At most, {reason}: {shown}.")
    numbered = known[known["counted_by"] == BY_NUMBER]
    most = numbered.groupby("offering_id", sort=False)["resources"].max()
    used = set(known.loc[known["resources"] > 0, "offering_id"])
    if unused := [names[str(one)] for one in most.index[most == 0] if one not in used]:
        lines += wrap_lines(f"None, by the number in the file: {list_first(unused, MOST_NAMES)}.")
    is_free = (
        known["note"].str.startswith(COSTS_NOTHING).groupby(known["offering_id"], sort=False).all()
    )
    if is_free.any():
        shown = list_first([names[str(one)] for one in is_free.index[is_free]], MOST_NAMES)
        lines += wrap_lines(f"Costs nothing, so perhaps not used: {shown}.")
    remarks = known["note"].str.extract(f"({BEGINNING}.*)", expand=False)
    for remark, ids in known["offering_id"].groupby(remarks):
        shown = list_first([names[one] for one in ids.unique()], MOST_NAMES)
        lines += wrap_lines(f"{remark[0].upper()}{remark[1:]}: {shown}.")
    return lines
