"""What the command ``estate`` prints: what was read, what to do next, what is used, what is unclear."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

from srm_data.cli.layout import count_things, find_room, list_first, wrap_lines
from srm_data.cli.next_steps import describe_next
from srm_data.describe import describe_resources
from srm_data.estate import list_offerings_in_use
from srm_data.estate.catalogue import NO_SERVICE, RECOGNISED, UNRECOGNISED
from srm_data.estate.read import COSTS_NOTHING
from srm_data.estate.resources import AT_MOST, BY_NAME, SEPARATOR
from srm_data.matrix import duty_distribution, resource_distribution

if TYPE_CHECKING:
    import argparse
    from collections.abc import Hashable

    import pandas as pd

ONE_SCREEN = 40  # lines after which the end names the steps at the top
MOST_OFFERINGS, MOST_ASSUMED, MOST_UNKNOWN, MOST_REASONS = 40, 10, 20, 8
MOST_ALTERNATIVES, MOST_DUTIES, MOST_NAMES = 4, 3, 6
MOST_AT_TOP, LONGEST_AT_TOP = 2, 60  # names and letters of each, in the count of rows
MOST_SOURCES = 4
PARTIES = {"Customer": "you", "Shared": "both", "AWS": "AWS", "Not applicable": "n/a"}
RESOURCES, DUTIES, KNOWN_BY, LEAST_NAME = 11, 6, 11, 24
"""Widths of columns: resources, duties of a party, how the offering is known, and at least its name."""


class Estate(NamedTuple):
    """What the screen is made from.

    ``estate`` is from :func:`~srm_data.read_estate`, ``used`` from :func:`~srm_data.in_use` and
    ``effects`` from :func:`~srm_data.list_effects`; ``names`` has the name of each ``offering_id``.
    """

    estate: pd.DataFrame
    used: pd.DataFrame
    effects: pd.DataFrame
    names: dict[str, str]


def build_screen(found: Estate, options: argparse.Namespace) -> list[str]:
    """Build the lines that the command ``estate`` prints, the most important ones first.

    Parameters
    ----------
    found
        What was read.
    options
        Options of the command, which the commands of the next steps repeat.
    """
    found = found._replace(effects=_order_effects(found))
    lines = _describe_rows(found, options)
    lines += describe_next(
        options,
        rows=int(found.estate["rows"].sum()),
        in_use=found.used["offering_id"].nunique(),
        assumptions=len(found.effects),
        unknown=found.estate.loc[found.estate["status"] == UNRECOGNISED, "identifier"].nunique(),
    )
    if len(found.used):
        lines += _describe_in_use(found)
    lines += _describe_assumed(found, options)
    lines += _describe_unknown(found.estate, options)
    lines += _describe_no_service(found.estate)
    if len(lines) > ONE_SCREEN:
        lines += ["", "What to do next is at the top, under Next."]
    return lines


def _describe_rows(found: Estate, options: argparse.Namespace) -> list[str]:
    """Describe what was read: four counts that add up to the rows."""
    estate = found.estate
    rows, status, assumed = estate["rows"], estate["status"], estate["assumed"]
    is_known = status == RECOGNISED
    unknown, others = estate[status == UNRECOGNISED], estate[status == NO_SERVICE]
    reasons = others.groupby(others["note"].str.split(": ").str[0], sort=False)["rows"].sum()
    reasons = reasons.sort_values(ascending=False, kind="stable")
    lists = [
        [found.names[one] for one in found.effects["offering_id"].unique() if one in found.names],
        [_shorten(name) for name in unknown["identifier"].unique()],
        [f"{_shorten(str(reason)) or 'no reason given'} ({n:,})" for reason, n in reasons.items()],
    ]
    open_ones, strange, charges = (list_first(names, MOST_AT_TOP) for names in lists)
    counts = {
        "certain: the row says which offering (way to run a service) it is": rows[is_known & ~assumed],
        _join_after("assumed: it leaves that open; the likeliest is taken", open_ones): rows[
            is_known & assumed
        ],
        _join_after("not recognised", strange): unknown["rows"],
        _join_after("no AWS service", charges): others["rows"],
    }

    paths = [path.name or str(path) for path in options.files]
    total = int(rows.sum())
    lines = wrap_lines(f"{count_things(total, 'row')} read from {list_first(paths, MOST_SOURCES)}:")
    width = max(len(f"{total:,}"), 3) + 2
    for text, count in counts.items():
        lines += wrap_lines(text, first=f"{count.sum():>{width},}  ", indent=width + 2)
    if left_out := len(estate.attrs.get("not_read", [])):
        what = "file or part" if left_out == 1 else "files or parts"
        lines += wrap_lines(f"Not read, and named above (on stderr): {left_out:,} {what}.")
    return lines


def _describe_in_use(found: Estate) -> list[str]:
    """Describe the offerings in use: resources, duties by party, and how each was determined."""
    rows = list_offerings_in_use(found.estate).to_dict("records")
    duties, total = duty_distribution(found.used, "offering_id"), found.used["duty_id"].nunique()
    resources = sum(row["resources"] for row in rows)

    heading = f"In use: {count_things(resources, 'resource')} of {count_things(len(rows), 'offering')}"
    meaning = "both: a part each; n/a: not applicable"
    lines = ["", *wrap_lines(f"{heading} ({meaning})")]
    numbers_width = RESOURCES + DUTIES * len(PARTIES)
    name_width = max(find_room() - numbers_width - KNOWN_BY, LEAST_NAME)
    lines.append(f"{f'of {total} duties, carried by':>{name_width + numbers_width}}")
    headings = "".join(f"{heading:>{DUTIES}}" for heading in PARTIES.values())
    lines.append(f"{'Offering':<{name_width}}{'Resources':>{RESOURCES}}{headings}  Known by")
    for row in rows[:MOST_OFFERINGS]:
        counts = duties.loc[row["offering_id"]]
        numbers = "".join(f"{counts.get(party, 0):>{DUTIES}}" for party in PARTIES)
        *above, name = textwrap.wrap(found.names[row["offering_id"]], name_width) or [""]
        line = f"{name:<{name_width}}{row['resources']:>{RESOURCES},}{numbers}"
        lines += [*above, f"{line}  {_describe_decision(row)}"]
    lines += _describe_rest(len(rows), MOST_OFFERINGS, "in the workbook that --out writes")

    lines += _describe_counting(found, resources)
    lines += ["", *wrap_lines(f"{describe_resources(resource_distribution(found.used))}.")]
    return lines


def _describe_decision(row: dict[Hashable, Any]) -> str:
    """Describe in a few words how an offering was determined."""
    if row["assumed"]:
        return "assumed" if row["assumed"] == row["resources"] else f"{row['assumed']:,} assumed"
    words = {"variant": "settings", "bill": "the bill", "correction": "you"}
    by = str(row["matched_by"]).split(SEPARATOR)
    return next((words[name] for name in words if name in by), "its name")


def _describe_counting(found: Estate, resources: int) -> list[str]:
    """Describe how resources were counted, and for which offerings that says little."""
    known = found.estate[found.estate["status"] == RECOGNISED]
    is_named = known["counted_by"] == BY_NAME
    rows = int(known["rows"].sum())
    how = ["a service that is only named counts as one"] if is_named.any() else []
    if rows != resources and not is_named.all():
        how.insert(
            0, "each counts once, and its parts, such as subnets, only if it is not listed itself"
        )
    counts = f"{count_things(rows, 'row')}, {count_things(resources, 'resource')}"
    lines = wrap_lines(f"{counts}: {'; '.join(how)}.") if how else []
    bounded = known.loc[known["counted_by"] == AT_MOST, "offering_id"].unique()
    if len(bounded):
        shown = list_first([found.names[one] for one in bounded], MOST_NAMES)
        lines += wrap_lines(f"At most, as the rows have no ids, or too many: {shown}.")
    is_free = (known["note"] == COSTS_NOTHING).groupby(known["offering_id"], sort=False).all()
    if is_free.any():
        shown = list_first([found.names[str(one)] for one in is_free.index[is_free]], MOST_NAMES)
        lines += wrap_lines(f"Costs nothing, so perhaps not used: {shown}.")
    return lines


def _order_effects(found: Estate) -> pd.DataFrame:
    """Order what is assumed as the offerings in use are, and leave out what is said twice."""
    effects = found.effects.drop_duplicates(["identifier", "offering_id"])  # kinds of lines of a bill
    order = {
        name: place for place, name in enumerate(list_offerings_in_use(found.estate)["offering_id"])
    }
    places = effects["offering_id"].map(order).fillna(len(order))
    return effects.assign(place=places).sort_values("place", kind="stable", ignore_index=True)


def _describe_assumed(found: Estate, options: argparse.Namespace) -> list[str]:
    """Describe what is assumed, with the alternatives and what they would change."""
    if found.effects.empty:
        return []
    rows = int(found.estate.loc[found.estate["assumed"], "rows"].sum())
    what = f"{count_things(len(found.effects), 'assumption')}, for {count_things(rows, 'row')}"
    lines = ["", *wrap_lines(f"Assumed, because the inventory leaves it open ({what}):")]
    certain = set(found.estate.loc[~found.estate["assumed"], "offering_id"])
    for row in found.effects.head(MOST_ASSUMED).to_dict("records"):
        assumed = found.names.get(row["offering_id"], "")
        assumed += ", as other rows name it" if row["offering_id"] in certain else ""
        lines += wrap_lines(f"{assumed} (the row says: {row['identifier']})", indent=2)
        ids = row["alternatives"].split(SEPARATOR)
        if others := [found.names[one] for one in ids if one in found.names]:
            lines += wrap_lines(f"may be: {list_first(others, MOST_ALTERNATIVES)}", indent=4)
        duties = row["duties"].split(SEPARATOR) if row["duties"] else ["none, so it does not matter"]
        lines += wrap_lines(f"duties that would differ: {list_first(duties, MOST_DUTIES)}", indent=4)
    return [*lines, *_describe_rest(len(found.effects), MOST_ASSUMED, _name_list(options))]


def _describe_unknown(estate: pd.DataFrame, options: argparse.Namespace) -> list[str]:
    """Describe the unrecognised identifiers, with what they may mean."""
    unknown = (
        estate[estate["status"] == UNRECOGNISED]
        .groupby("identifier", sort=False)
        .agg({"rows": "sum", "note": "first"})
    )
    if unknown.empty:
        return []
    lines = ["", f"Not recognised, and so not counted ({count_things(len(unknown), 'name')}):"]
    for name, row in unknown.head(MOST_UNKNOWN).iterrows():
        note = row["note"] or "nothing known has a similar name"
        lines += wrap_lines(f"{name} ({count_things(row['rows'], 'row')}): {note}", indent=2)
    return [*lines, *_describe_rest(len(unknown), MOST_UNKNOWN, _name_list(options))]


def _describe_no_service(estate: pd.DataFrame) -> list[str]:
    """Describe what is no service, by its reason."""
    others = estate[estate["status"] == NO_SERVICE]
    if others.empty:
        return []
    lines = ["", f"No AWS service ({count_things(int(others['rows'].sum()), 'row')}), by reason:"]
    reasons = others["note"].drop_duplicates().tolist()
    for reason in reasons[:MOST_REASONS]:
        rows = others[others["note"] == reason]
        names = list_first(rows["identifier"].drop_duplicates().tolist(), MOST_NAMES)
        count = count_things(int(rows["rows"].sum()), "row")
        lines += wrap_lines(f"{reason or 'no reason given'} ({count}): {names}", indent=2)
    return [
        *lines,
        *_describe_rest(len(reasons), MOST_REASONS, "in the workbook that --out writes"),
    ]


def _name_list(options: argparse.Namespace) -> str:
    """Name the file that lists all that is unclear."""
    ours = options.write_corrections
    return f"in {ours.name}" if ours else "in the file of step 1"


def _describe_rest(count: int, most: int, place: str) -> list[str]:
    """Describe how many lines of a list are left out, and where all are."""
    return wrap_lines(f"and {count - most:,} more (all {place})", indent=2) if count > most else []


def _join_after(text: str, names: str) -> str:
    return f"{text}: {names}" if names else text


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_AT_TOP else f"{text[: LONGEST_AT_TOP - 3]}..."
