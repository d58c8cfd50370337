"""Check the rows of the tables against the coding rule, which Table Schema cannot express.

Each function checks one rule, and yields one fault for each row that breaks it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from srm_data.answers import list_answers, list_derived
from srm_data.exceptions import Fault, TableError, describe_nearest
from srm_data.schema import Tables

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

NEED_A_PAGE = ("documented", "category")
MOST_ALIKE = 10
"""Maximum number of offerings with the same sentence; beyond it, use a service fact or a rule."""

OFFERINGS_OF_A_SERVICE = {
    "offering_traits": "offering_id",
    "looked_at": "offering_id",
    "service_responsibilities": "offering_ids",
}
"""Columns that name offerings of the service in the same row."""

PERIOD = re.compile(r"\d{4}(-\d\d){0,2}$")
"""Date, month or year at the end of an edition."""


def find_coding_faults(tables: Mapping[str, Rows]) -> Iterator[Fault]:
    """Find the rows that break the coding rule. Missing tables and columns are not reported here."""
    for name in ANSWERS:
        rows = tables.get(name, [])
        yield from _find_wrong_actions_and_halves(name, rows)
        yield from _find_missing_pages(name, rows, tables.get("sources", []))
    yield from _find_common_sentences(tables.get("offering_responsibilities", []))
    yield from _find_unknown_values(tables)
    yield from _find_foreign_offerings(tables)
    yield from _find_wrong_ordinary(tables.get("offerings", []))
    yield from _find_wrong_editions(tables.get("sources", []))


def find_disagreements(tables: Tables) -> Iterator[Fault]:
    """Find cells with different answers by two rules, or unlike those that must be judged alike."""
    try:
        list_derived(tables)
    except TableError as error:
        yield from (fault._replace(file=f"{fault.file}.csv") for fault in error.faults)
        return

    # Cells with the same mechanism have the most frequent answer, or a note that says why not.
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


def _find_wrong_actions_and_halves(name: str, rows: Rows) -> Iterator[Fault]:
    file = f"{name}.csv"
    for line, cells in rows:
        # The action goes with the party.
        party, action = cells.get("responsibility", ""), cells.get("customer_action", "")
        allowed = ACTIONS_OF.get(party, ())
        if action and allowed and action not in allowed:
            expected = f"{' or '.join(allowed)}, as it is {party!r}"
            yield Fault(file, line, "customer_action", action, expected)

        # Whoever has a part in the duty has a sentence about it, and nobody else has one.
        if not {"aws_part", "customer_part"} <= set(cells):
            continue
        for half in HALVES.get(party, ()):
            if not cells.get(half):
                yield Fault(file, line, half, "", f"a sentence, as it is {party!r}")
        for half in EMPTY.get(party, ()):
            if cells[half]:
                yield Fault(file, line, half, cells[half], f"no text, as it is {party!r}")
        # Beside AWS, the customer has a part only where he may act.
        if party == "AWS" and cells["customer_part"] and action != "optional":
            expected = "no text, as it is 'AWS' and the customer action is not 'optional'"
            yield Fault(file, line, "customer_part", cells["customer_part"], expected)


def _find_missing_pages(name: str, rows: Rows, sources: Rows) -> Iterator[Fault]:
    """Find rows that are marked as read from a page but do not name one."""
    source_of = {cells.get("source_id"): cells for _, cells in sources}
    for line, cells in rows:
        # Facts of a service or of AWS have no basis of their own: all of them are read.
        basis = cells.get("basis", "documented" if "section" in cells else "")
        source = source_of.get(cells.get("source_id"))
        if basis not in NEED_A_PAGE or source is None:
            continue
        if not (source.get("url") and source.get("accessed")):
            expected = f"a source with url and accessed, as it is {basis!r}"
            yield Fault(f"{name}.csv", line, "source_id", cells.get("source_id", ""), expected)
        if not cells.get("section"):
            yield Fault(f"{name}.csv", line, "section", "", f"the heading, as it is {basis!r}")


def _find_common_sentences(facts: Rows) -> Iterator[Fault]:
    """Find sentences that occur in the facts of too many offerings to be specific to each."""
    for half in ("aws_part", "customer_part"):
        cells = {(row.get(half, ""), row.get("offering_id", "")) for _, row in facts}
        counts = Counter(sentence for sentence, _ in cells if sentence)
        first_lines = {row.get(half, ""): line for line, row in reversed(facts)}
        for sentence, count in counts.items():
            if count > MOST_ALIKE:
                expected = (
                    f"at most {MOST_ALIKE} offerings with the same sentence, found {count}: make it "
                    "a fact about the service, or derive it from a trait"
                )
                line = first_lines[sentence]
                yield Fault("offering_responsibilities.csv", line, half, sentence, expected)


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
    # Without offerings, every row would be a fault: that the table is missing has been reported.
    offerings_of: dict[str, list[str]] = {}
    for _, cells in tables.get("offerings", []):
        own = offerings_of.setdefault(cells.get("service_id", ""), [])
        own.append(cells.get("offering_id", ""))
    if not offerings_of:
        return

    all_offerings = {offering for own in offerings_of.values() for offering in own}
    for name, column in OFFERINGS_OF_A_SERVICE.items():
        for line, cells in tables.get(name, []):
            service = cells.get("service_id", "")
            own = offerings_of.get(service, [])
            for offering in filter(None, cells.get(column, "").split("; ")):
                # An unknown key is reported as such by the check of references.
                if offering in own or (column == "offering_id" and offering not in all_offerings):
                    continue
                expected = f"an offering of {service!r}{describe_nearest(offering, own)}"
                yield Fault(f"{name}.csv", line, column, offering, expected)


def _find_wrong_ordinary(offerings: Rows) -> Iterator[Fault]:
    """Find services that do not have exactly one ordinary offering."""
    of_service: dict[str, list[tuple[int, str]]] = {}
    for line, cells in offerings:
        if "ordinary" in cells:
            rows = of_service.setdefault(cells.get("service_id", ""), [])
            rows.append((line, cells["ordinary"]))
    for service, rows in of_service.items():
        lines = [line for line, ordinary in rows if ordinary == "yes"]
        for line in lines[1:]:
            expected = f"one ordinary offering of a service (line {lines[0]} has it)"
            yield Fault("offerings.csv", line, "ordinary", "yes", expected)
        if not lines:
            line, value = rows[0]
            expected = f"yes for one offering of {service!r}"
            yield Fault("offerings.csv", line, "ordinary", value, expected)


def _find_wrong_editions(sources: Rows) -> Iterator[Fault]:
    """Find pages without an edition, and editions that are no date or later than the reading.

    The form of an edition is a pattern in ``datapackage.json``.
    """
    for line, cells in sources:
        edition, accessed = cells.get("edition", ""), cells.get("accessed", "")
        for column in ("edition", "accessed"):
            if cells.get("url") and not cells.get(column, "-"):
                yield Fault("sources.csv", line, column, "", "a value, as the source has an address")

        # Text of the same form compares as dates do, such as a month with the month of the reading.
        period = PERIOD.search(edition)
        if not period:
            continue
        try:
            date.fromisoformat(f"{period[0]}-01-01"[:10])
        except ValueError:
            yield Fault("sources.csv", line, "edition", edition, "a day or month that exists")
            continue
        if accessed and period[0] > accessed[: len(period[0])]:
            expected = f"an edition that is no later than the reading on {accessed}"
            yield Fault("sources.csv", line, "edition", edition, expected)
