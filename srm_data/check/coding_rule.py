"""Check the tables against the coding rule, which Table Schema cannot express.

Each function checks one rule and yields one fault per row that breaks it. ``check`` passes the line
numbers of the files, so that a fault names the line to correct.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from srm_data.answers import list_answers, list_derived
from srm_data.exceptions import Fault, TableError
from srm_data.schema import Tables
from srm_data.search import describe_nearest

Rows = Sequence[tuple[int, dict[str, str]]]
"""Rows of a table: the line number in the file, and the cells by column."""

ANSWERS = [
    "offering_responsibilities", "service_responsibilities", "trait_rules", "aws_responsibilities",
    "category_responsibilities", "group_responsibilities",
]  # fmt: skip
"""The tables that say who is responsible."""

ACTIONS_OF = {
    "AWS": ("none", "optional"),
    "Shared": ("required", "optional"),
    "Customer": ("required", "optional"),
    "Not applicable": ("none",),
}
"""Allowed customer actions by responsibility."""

HALVES = {
    "AWS": ("aws_part",),
    "Shared": ("aws_part", "customer_part"),
    "Customer": ("customer_part",),
    "Not applicable": ("note",),
}
"""Columns that need a sentence, by responsibility."""

EMPTY = {"Customer": ("aws_part",), "Not applicable": ("aws_part", "customer_part")}
"""Halves that must be blank, by responsibility."""

NEEDS_A_PAGE = ("documented", "category")
MOST_ALIKE = 10
"""Maximum number of offerings with the same sentence; beyond it, use a service fact or a rule."""


def find_coding_faults(tables: Mapping[str, Rows]) -> Iterator[Fault]:
    """Find the rows that break the coding rule.

    Parameters
    ----------
    tables
        Rows by table name; each row has its line number in the file and its cells by column. Missing
        tables and columns are not reported here.

    Yields
    ------
    srm_data.exceptions.Fault
        File, line, column, value and what was expected.

    Examples
    --------
    >>> row = {"responsibility": "AWS", "customer_action": "required", "aws_part": "AWS patches."}
    >>> for fault in find_coding_faults({"trait_rules": [(2, row | {"customer_part": ""})]}):
    ...     print(fault)
    trait_rules.csv, line 2, column customer_action: 'required', expected none or optional, as it is
    'AWS'
    """
    for name in ANSWERS:
        rows = tables.get(name, [])
        yield from _find_wrong_actions(name, rows)
        yield from _find_wrong_halves(name, rows)
        yield from _find_missing_pages(name, rows, tables.get("sources", []))
    yield from _find_unknown_values(tables)
    yield from _find_foreign_offerings(tables)
    yield from _find_common_sentences(tables.get("offering_responsibilities", []))


def find_disagreements(tables: Tables) -> Iterator[Fault]:
    """Find cells for which two rules, or two cells that must be judged alike, give different answers.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables` that are consistent with each other.
    """
    try:
        list_derived(tables)
    except TableError as error:
        for fault in error.faults:
            yield fault._replace(file=f"{fault.file}.csv")
        return
    yield from _find_unlike(tables)


def _find_wrong_actions(name: str, rows: Rows) -> Iterator[Fault]:
    """Find rows whose customer action does not match the responsibility."""
    for line, cells in rows:
        party, action = cells.get("responsibility", ""), cells.get("customer_action", "")
        allowed = ACTIONS_OF.get(party, ())
        if action and allowed and action not in allowed:
            expected = f"{' or '.join(allowed)}, as it is {party!r}"
            yield Fault(f"{name}.csv", line, "customer_action", action, expected)


def _find_wrong_halves(name: str, rows: Rows) -> Iterator[Fault]:
    """Find missing halves, and halves for a party that has no part in the duty."""
    for line, cells in rows:
        if not {"aws_part", "customer_part"} <= set(cells):
            continue
        party = cells.get("responsibility", "")
        for half in HALVES.get(party, ()):
            if not cells.get(half):
                yield Fault(f"{name}.csv", line, half, "", f"a sentence, as it is {party!r}")
        for half in EMPTY.get(party, ()):
            if cells[half]:
                yield Fault(f"{name}.csv", line, half, cells[half], f"no text, as it is {party!r}")
        if party == "AWS" and cells["customer_part"] and cells.get("customer_action") != "optional":
            expected = "no text, as it is 'AWS' and the customer action is not 'optional'"
            yield Fault(f"{name}.csv", line, "customer_part", cells["customer_part"], expected)


def _find_missing_pages(name: str, rows: Rows, sources: Rows) -> Iterator[Fault]:
    """Find rows that are marked as read from a page but do not name one."""
    known = {cells.get("source_id"): cells for _, cells in sources}
    for line, cells in rows:
        # Facts of a service or of AWS have no basis of their own: all of them are read.
        basis = cells.get("basis", "documented" if "section" in cells else "")
        if basis not in NEEDS_A_PAGE or cells.get("source_id") not in known:
            continue
        source = known[cells["source_id"]]
        if not (source.get("url") and source.get("accessed")):
            expected = f"a source with url and accessed, as it is {basis!r}"
            yield Fault(f"{name}.csv", line, "source_id", cells["source_id"], expected)
        if not cells.get("section"):
            yield Fault(f"{name}.csv", line, "section", "", f"the heading, as it is {basis!r}")


def _find_unknown_values(tables: Mapping[str, Rows]) -> Iterator[Fault]:
    """Find values that are not defined for their trait."""
    values: dict[str, list[str]] = {}
    for _, cells in tables.get("trait_values", []):
        values.setdefault(cells.get("trait_id", ""), []).append(cells.get("value", ""))
    for name in ("offering_traits", "trait_rules"):
        for line, cells in tables.get(name, []):
            trait, value = cells.get("trait_id", ""), cells.get("value", "")
            if value and trait in values and value not in values[trait]:
                expected = f"one of: {' | '.join(values[trait])}"
                yield Fault(f"{name}.csv", line, "value", value, expected)


def _find_foreign_offerings(tables: Mapping[str, Rows]) -> Iterator[Fault]:
    """Find rows about a service that name an unknown offering or one of another service."""
    services = {
        cells.get("offering_id", ""): cells.get("service_id", "")
        for _, cells in tables.get("offerings", [])
    }
    if not services:
        return

    columns = {
        "offering_traits": "offering_id",
        "looked_at": "offering_id",
        "service_responsibilities": "offering_ids",
    }
    offerings_of: dict[str, list[str]] = {}
    for offering, service in services.items():
        offerings_of.setdefault(service, []).append(offering)

    for name, column in columns.items():
        for line, cells in tables.get(name, []):
            service = cells.get("service_id", "")
            own = offerings_of.get(service, [])
            for offering in filter(None, cells.get(column, "").split("; ")):
                is_unknown_key = (
                    column == "offering_id" and offering not in services
                )  # reported as such
                if offering not in own and not is_unknown_key:
                    expected = f"an offering of {service!r}{describe_nearest(offering, own)}"
                    yield Fault(f"{name}.csv", line, column, offering, expected)


def _find_common_sentences(facts: Rows) -> Iterator[Fault]:
    """Find sentences that occur in the facts of too many offerings to be specific to each."""
    for half in ("aws_part", "customer_part"):
        cells = {(row.get(half, ""), row.get("offering_id", "")) for _, row in facts}
        offerings = Counter(sentence for sentence, _ in cells if sentence)
        lines: dict[str, int] = {}
        for line, row in facts:
            lines.setdefault(row.get(half, ""), line)
        for sentence, count in offerings.items():
            if count > MOST_ALIKE:
                expected = (
                    f"at most {MOST_ALIKE} offerings with the same sentence, found {count}: make it "
                    "a fact about the service, or derive it from a trait"
                )
                yield Fault("offering_responsibilities.csv", lines[sentence], half, sentence, expected)


def _find_unlike(tables: Tables) -> Iterator[Fault]:
    """Find cells that differ from others with the same mechanism without a note that says why."""
    alike = tables["alike"].assign(line=range(2, len(tables["alike"]) + 2))
    answers = list_answers(tables)
    cells = alike.merge(answers, on=["offering_id", "duty_id"], how="left", validate="many_to_one")
    cells = cells.assign(answer=cells["responsibility"] + ", " + cells["customer_action"])
    for mechanism, group in cells.groupby("mechanism", sort=False):
        usual = group["answer"].mode().iloc[0]
        unlike = group[(group["answer"] != usual) & (group["note"] == "")]
        for row in unlike.to_dict("records"):
            value = f"{row['offering_id']} / {row['duty_id']}: {row['answer']}"
            expected = f"{usual}, as of other cells of {mechanism!r}, or a note that says why not"
            yield Fault("alike.csv", int(row["line"]), "mechanism", value, expected)


def build_frames(tables: Mapping[str, Rows], schemas: Mapping[str, Any]) -> Tables:
    """Build frames from rows, as :func:`~srm_data.load_tables` does from files.

    Parameters
    ----------
    tables
        Rows by table name.
    schemas
        Table Schemas by table name; an empty table gets its columns from them.
    """
    frames = {}
    for name, rows in tables.items():
        columns = [field["name"] for field in schemas[name]["fields"]]
        frame = pd.DataFrame([cells for _, cells in rows], columns=columns, dtype="str")
        if "position" in frame:
            frame = frame.astype({"position": int}).sort_values("position", ignore_index=True)
        frames[name] = frame
    return frames
