"""What the command ``estate`` prints: what was read, what to do next, what is used, what is unclear."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from srm_data.changes import DECISION_GONE, describe_changes
from srm_data.cli.doubts import shorten
from srm_data.cli.estate_table import describe_in_use, name_rows, shorten_reason
from srm_data.cli.formats import name_workbook_options
from srm_data.cli.layout import describe_rest, list_first, wrap_lines, wrap_list
from srm_data.cli.next_steps import describe_next
from srm_data.describe import count_things, describe_rows_read
from srm_data.estate.catalogue import NO_SERVICE, RECOGNISED, UNRECOGNISED
from srm_data.estate.resources import SEPARATOR
from srm_data.estate.use import list_only_named

if TYPE_CHECKING:
    import argparse

    import pandas as pd

ONE_SCREEN = 40  # lines after which the end names the steps at the top
MOST_ASSUMED, MOST_UNKNOWN, MOST_REASONS, MOST_CHANGES = 10, 20, 8, 20
MOST_ALTERNATIVES, MOST_DUTIES, MOST_NAMES = 4, 3, 6
MOST_LINES = 6  # of a count of rows
MOST_SOURCES = 4


class Estate(NamedTuple):
    """What the screen is made from.

    ``estate`` is from :func:`~srm_data.read_estate`, ``offerings`` from
    :func:`~srm_data.list_offerings_in_use`, ``used`` from :func:`~srm_data.in_use` and ``effects`` from
    :func:`~srm_data.estate.list_effects`; ``names`` has the name of each ``offering_id``; ``changes``
    is from :func:`~srm_data.compare`, or None if there is nothing to compare with.
    """

    estate: pd.DataFrame
    offerings: pd.DataFrame
    used: pd.DataFrame
    effects: pd.DataFrame
    names: dict[str, str]
    changes: pd.DataFrame | None = None


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
    rows, status = found.estate["rows"], found.estate["status"]
    lines = _describe_rows(found, options)
    lines += describe_next(
        options,
        rows=int(rows.sum()),
        in_use=found.used["offering_id"].nunique(),
        assumptions=len(found.effects),
        unknown=found.estate.loc[status == UNRECOGNISED, "identifier"].nunique(),
        certain=int(rows[(status == RECOGNISED) & ~found.estate["assumed"]].sum()),
        assumed=int(rows[found.estate["assumed"]].sum()),
        not_recognised=int(rows[status == UNRECOGNISED].sum()),
        noun=name_rows(found.estate),
    )
    if len(found.used):
        lines += describe_in_use(found.estate, found.offerings, found.used, found.names)
    if found.changes is not None:
        lines += _describe_changes(found.changes, options)
    lines += _describe_assumed(found, options)
    lines += _describe_unknown(found.estate, options)
    lines += _describe_no_service(found.estate)
    if not options.out and (unused := name_workbook_options(options)):
        text = f"Not used, as they stand in a workbook only (--out FILE.xlsx): {', '.join(unused)}."
        lines += ["", *wrap_lines(text)]
    if len(lines) > ONE_SCREEN:
        lines += ["", "What to do next is at the top, under Next."]
    return lines


def _describe_rows(found: Estate, options: argparse.Namespace) -> list[str]:
    """Describe what was read: four counts that add up to the rows."""
    estate = found.estate
    rows, status, assumed = estate["rows"], estate["status"], estate["assumed"]
    is_known = status == RECOGNISED
    unknown, others = estate[status == UNRECOGNISED], estate[status == NO_SERVICE]
    reasons = others.groupby(others["note"].map(shorten_reason), sort=False)["rows"].sum()
    reasons = reasons.sort_values(ascending=False, kind="stable")
    names = [found.names[one] for one in found.effects["offering_id"].unique() if one in found.names]
    counts = [
        ("certain: the row says which offering (way to run a service) it is", is_known & ~assumed, []),
        (_describe_assumptions(found), is_known & assumed, names),
        ("not recognised", status == UNRECOGNISED, map(shorten, unknown["identifier"].unique())),
        (
            "set aside, as no AWS offering with duties",
            status == NO_SERVICE,
            [f"{shorten(str(reason))} ({count:,})" for reason, count in reasons.items()],
        ),
    ]

    paths = [path.name or str(path) for path in options.files]
    total = int(rows.sum())
    lines = wrap_lines(f"{describe_rows_read(estate)} read from {list_first(paths, MOST_SOURCES)}:")
    width = max(len(f"{total:,}"), 3) + 2
    for text, is_of, listed in counts:
        first = f"{rows[is_of].sum():>{width},}  "
        most = MOST_LINES if is_of is counts[1][1] else MOST_LINES // 2
        lines += wrap_list(text, [*listed], first=first, indent=width + 2, most_lines=most)
    if left_out := len(estate.attrs.get("not_read", [])):
        what = "file or part" if left_out == 1 else "files or parts"
        lines += wrap_lines(f"Not read, and named above (on stderr): {left_out:,} {what}.")
    return lines


def _describe_assumptions(found: Estate) -> str:
    """Describe how many assumptions there are, for how many resources, and where they are marked."""
    if found.effects.empty:
        return "assumed"
    used = found.offerings
    of_counted = used.loc[~used["offering_id"].isin(list_only_named(found.estate)), "assumed"]
    resources = int(of_counted.sum())
    parts = [count_things(len(found.effects), "assumption")]
    parts += [count_things(resources, "resource")] if resources else []
    marked = "; marked in the table" if len(used) else ""
    what = f"assumed ({', '.join(parts)}{marked})"
    return f"{what}: the row leaves it open, the likeliest is taken"


def _describe_changes(changes: pd.DataFrame, options: argparse.Namespace) -> list[str]:
    """Describe what changed since an earlier state: answers, and offerings that came or went."""
    is_whole = changes["why"].isin(["offering added", "offering gone"])
    lines = ["", *wrap_lines(f"Since {options.since}, {describe_changes(changes)}.")]
    for row in changes[~is_whole].head(MOST_CHANGES).to_dict("records"):
        reason = "no decision any more" if row["why"] == DECISION_GONE else f"by {row['why']}"
        cell = f"{row['offering']}, {row['duty']}: {row['from']} -> {row['to']} ({reason})"
        lines += wrap_lines(cell, indent=2)
    place = f"in {options.out.name}" if options.out else "in the workbook that --out writes"
    lines += describe_rest(int((~is_whole).sum()), MOST_CHANGES, place)
    for why, rows in changes[is_whole].groupby("why"):
        lines += wrap_lines(
            f"{why}: {list_first(rows['offering'].unique().tolist(), MOST_NAMES)}", indent=2
        )
    return lines


def _order_effects(found: Estate) -> pd.DataFrame:
    """Order what is assumed as the offerings in use are, and leave out what is said twice."""
    effects = found.effects.drop_duplicates(["identifier", "offering_id"])  # kinds of lines of a bill
    order = {name: place for place, name in enumerate(found.offerings["offering_id"])}
    places = effects["offering_id"].map(order).fillna(len(order))
    return effects.assign(place=places).sort_values("place", kind="stable", ignore_index=True)


def _describe_assumed(found: Estate, options: argparse.Namespace) -> list[str]:
    """Describe what is assumed, with the alternatives and what they would change."""
    if found.effects.empty:
        return []
    rows = int(found.estate.loc[found.estate["assumed"], "rows"].sum())
    for_rows = count_things(rows, name_rows(found.estate))
    what = f"{count_things(len(found.effects), 'assumption')}, for {for_rows}"
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
    return [*lines, *describe_rest(len(found.effects), MOST_ASSUMED, _name_list(options))]


def _describe_unknown(estate: pd.DataFrame, options: argparse.Namespace) -> list[str]:
    """Describe the unrecognised identifiers, with what they may mean."""
    unknown = (
        estate[estate["status"] == UNRECOGNISED]
        .groupby("identifier", sort=False)
        .agg({"rows": "sum", "note": "first"})
    )
    if unknown.empty:
        return []
    noun = name_rows(estate)
    lines = ["", f"Not recognised, and so not counted ({count_things(len(unknown), 'name')}):"]
    for name, row in unknown.head(MOST_UNKNOWN).iterrows():
        note = row["note"] or "nothing known has a similar name"
        lines += wrap_lines(f"{name} ({count_things(row['rows'], noun)}): {note}", indent=2)
    return [*lines, *describe_rest(len(unknown), MOST_UNKNOWN, _name_list(options))]


def _describe_no_service(estate: pd.DataFrame) -> list[str]:
    """Describe what is no service, by its reason."""
    others = estate[estate["status"] == NO_SERVICE]
    if others.empty:
        return []
    noun = name_rows(estate)
    lines = ["", f"Set aside ({count_things(int(others['rows'].sum()), noun)}), by reason:"]
    reasons = others["note"].drop_duplicates().tolist()
    for reason in reasons[:MOST_REASONS]:
        rows = others[others["note"] == reason]
        names = list_first(rows["identifier"].drop_duplicates().tolist(), MOST_NAMES)
        count = count_things(int(rows["rows"].sum()), noun)
        lines += wrap_lines(f"{reason or 'no reason given'} ({count}): {names}", indent=2)
    return [
        *lines,
        *describe_rest(len(reasons), MOST_REASONS, "in the workbook that --out writes"),
    ]


def _name_list(options: argparse.Namespace) -> str:
    """Name the file that lists all that is unclear."""
    ours = options.write_corrections
    return f"in {ours.name}" if ours else "in the file of step 1"
