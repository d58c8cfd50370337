"""Results of the workbook for the cover and the dashboard, in sentences that follow decisions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from srm_data.organisation.cell_status import AGREED, OPEN, QUESTION
from srm_data.workbook.content import Content
from srm_data.workbook.format import (
    ANSWER,
    DECISION,
    OWNER,
    RESPONSIBILITY,
    STATUS,
    refer_to,
)
from srm_data.xlsx.writer import Formula

PARTIES = {
    "AWS": "AWS's",
    "Shared": "shared",
    "Customer": "the customer's alone",
    "Not applicable": "not applicable",
}
BASES = {
    "Documented": "rest on a page that was read",
    "Derived": "follow from a documented property",
    "Category default": "are defaults",
    "Proposed": "are proposals",
}
TEXT = "?*"
"""Criterion that matches any text."""


def answers_of(content: Content) -> str:
    """Return the header of the column with the current answers."""
    return ANSWER if content.is_internal else RESPONSIBILITY


class Count(NamedTuple):
    """Formula that counts rows of the reviewed sheet, with its current value."""

    formula: str
    value: int

    def as_number(self) -> Formula:
        """Return the count as the value of a cell."""
        return Formula(self.formula, self.value)

    def as_share(self, total: int) -> Formula:
        """Return the share of a total, for a cell in percent format."""
        return Formula(f"{self.formula}/{total}", f"{self.value / total:.15g}")


class Counts:
    """Counts of the reviewed sheet, as formulas with their current values."""

    def __init__(self, content: Content) -> None:
        model = content.without_decisions if content.is_internal else content.model
        labels = content.tables["bases"].set_index("basis")["label"]
        columns = {
            RESPONSIBILITY: content.model["responsibility"].astype(str),
            "Basis": model["basis"].astype(str).map(labels),
            "Customer action": model["customer_action"].astype(str),
            **{name: model[by].astype(str) for by, name in VIEWS.items()},
        }
        self.columns = {name: values.to_numpy(dtype=object) for name, values in columns.items()}
        self.answers = answers_of(content)
        if content.is_internal:
            entered = {ANSWER: "answer", DECISION: "decision", STATUS: "status", OWNER: "owner"}
            for header, name in entered.items():
                self.columns[header] = content.entries[name].to_numpy(dtype=object)
        self.total = len(model)
        self._known: dict[tuple[str, str], np.ndarray] = {}

    def where(self, criteria: dict[str, str], *, refer: dict[str, str] | None = None) -> Count:
        """Count the rows that meet all criteria.

        Parameters
        ----------
        criteria
            Value of each column, by header. ``TEXT`` stands for any text, ``""`` for a blank cell.
        refer
            Cell to compare with in the formula, by header, instead of the text itself.
        """
        fits = np.ones(self.total, dtype=bool)
        asked = []
        for header, value in criteria.items():
            fits &= self._find(header, value)
            cell = (refer or {}).get(header, f'"{value}"')
            asked.append(f"{refer_to(header)},{cell}")
        return Count(f"COUNTIFS({','.join(asked)})", int(fits.sum()))

    def _find(self, header: str, value: str) -> np.ndarray:
        """Find the rows that meet one criterion, cached because most criteria are used repeatedly."""
        if (header, value) not in self._known:
            column = self.columns[header]
            self._known[header, value] = (column != "") if value == TEXT else (column == value)
        return self._known[header, value]


VIEWS = {"category": "Category", "layer": "Layer", "product_group": "Product group"}
"""Columns of the model by which cells are counted, and their headers."""


def list_results(content: Content) -> list[Formula]:
    """List the three results: the shares of the parties, their basis, and what remains to be done."""
    counts = Counts(content)
    return [
        _describe_parties(counts),
        _describe_bases(counts, content),
        _describe_progress(counts) if content.is_internal else _describe_work(counts),
    ]


def _describe_parties(counts: Counts) -> Formula:
    parts: list[str | Count | Share] = [f"Of {counts.total:,} cells, "]
    for number, (party, says) in enumerate(PARTIES.items()):
        count = counts.where({counts.answers: party})
        parts += [", " if number else "", Share(count, counts.total), f" are {says}"]
    return join_parts([*parts, "."])


def _describe_bases(counts: Counts, content: Content) -> Formula:
    """Describe the basis of the answers; a decided cell has no other basis."""
    parts: list[str | Count | Share] = []
    for label in content.tables["bases"].sort_values("position")["label"]:
        if label != "Decision":
            undecided = {DECISION: ""} if content.is_internal else {}
            count = counts.where({"Basis": label} | undecided)
            parts += [", " if parts else "", Share(count, counts.total), f" {BASES[label]}"]
    decided = {DECISION: TEXT} if content.is_internal else {"Basis": "Decision"}
    return join_parts([*parts, ", ", Share(counts.where(decided), counts.total), " are decided."])


def _describe_progress(counts: Counts) -> Formula:
    required = {"Customer action": "required"}
    return join_parts(
        [
            "Decided ", counts.where({DECISION: TEXT}),
            ", agreed ", counts.where({STATUS: AGREED}),
            ", in question ", counts.where({STATUS: QUESTION}),
            ", open ", counts.where({STATUS: OPEN}),
            ". Of the open cells the customer must act in ",
            counts.where(required | {STATUS: OPEN}), ", of which ",
            counts.where(required | {STATUS: OPEN, "Basis": "Category default"}),
            " rest on a default.",
        ]
    )  # fmt: skip


def _describe_work(counts: Counts) -> Formula:
    return join_parts(
        [
            "The customer must act in ",
            counts.where({"Customer action": "required"}),
            " cells, and may act in ",
            counts.where({"Customer action": "optional"}),
            " more.",
        ]
    )


class Share(NamedTuple):
    """Count as a share of a total, in whole percent."""

    part: Count
    total: int


def join_parts(parts: list[str | Count | Share]) -> Formula:
    """Join texts, counts and shares into a formula that gives a sentence.

    Examples
    --------
    >>> join_parts(["AWS has ", Share(Count("COUNTIFS(x)", 1), 4), "."])
    Formula(formula='"AWS has "&TEXT(100*COUNTIFS(x)/4,"0")&" %"&"."', value='AWS has 25 %.')
    """
    formulas, shown = [], []
    for part in parts:
        if part == "":
            continue
        if isinstance(part, str):
            quoted = part.replace('"', '""')
            formulas.append(f'"{quoted}"')
            shown.append(part)
        elif isinstance(part, Count):
            formulas.append(f'TEXT({part.formula},"0")')
            shown.append(str(part.value))
        else:
            formulas.append(f'TEXT(100*{part.part.formula}/{part.total},"0")&" %"')
            shown.append(f"{int(100 * part.part.value / part.total + 0.5)} %")
    return Formula("&".join(formulas), "".join(shown))
