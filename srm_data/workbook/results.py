"""Results of the workbook for the cover and the dashboard, in sentences that follow decisions."""

from __future__ import annotations

from typing import NamedTuple

from srm_data.cells import list_marks
from srm_data.organisation.cell_status import AGREED, CHANGED, NOT_OURS, OPEN, QUESTION
from srm_data.workbook.content import DECIDED, Content, Count, Counts
from srm_data.xlsx.writer import Formula

PARTIES = {
    "AWS": "AWS's",
    "Shared": "shared",
    "Customer": "the customer's alone",
    "Not applicable": "not applicable",
}
VIEWS = {"category": "Category", "layer": "Layer", "product_group": "Product group"}
"""Columns of the model by which cells are counted, and their headers."""


PERCENT = "\N{NO-BREAK SPACE}%"
"""No line ends between a number and its sign."""


def list_results(content: Content) -> list[Formula]:
    """List the three results: the shares of the parties, what they rest on, and what is to do."""
    counts = content.counts
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
    for label, words in list_marks()[["label", "words"]].itertuples(index=False):
        if label != DECIDED:
            count = counts.where(counts.basis(label))
            parts += [", " if parts else "", Share(count, counts.total), f" {words}"]
    decided = counts.where(counts.basis(DECIDED))
    return join_parts([*parts, ", ", Share(decided, counts.total), " are decided."])


def _describe_progress(counts: Counts) -> Formula:
    """Describe the progress in parts that add up to all cells."""
    required = {"Customer action": "required"} | counts.status(OPEN)
    rare = {it: counts.where(counts.status(it)) for it in (CHANGED, NOT_OURS)}
    return join_parts(
        [
            "Decided ", counts.where(counts.basis(DECIDED)),
            ". Of the others, agreed ", counts.where(counts.status(AGREED)),
            ", in question ", counts.where(counts.status(QUESTION)),
            *(part for status, count in rare.items() for part in (f", {status} ", count)),
            ", open ", counts.where(counts.status(OPEN)),
            ". Of the open cells the customer must act in ",
            counts.where(required), ", of which ",
            counts.where(required | {"Basis": str(list_marks().loc["default", "label"])}),
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
    """A count as a share of a total, in whole percent; one that rounds to nothing is "under 1"."""

    part: Count
    total: int


def join_parts(parts: list[str | Count | Share]) -> Formula:
    r"""Join texts, counts and shares into a formula that gives a sentence.

    Examples
    --------
    >>> sentence = join_parts(["AWS has ", Share(Count("COUNTIFS(x)", 1), 4), "."])
    >>> sentence.value
    'AWS has 25\xa0%.'
    >>> sentence.formula.partition(",TEXT")[2]
    '(100*COUNTIFS(x)/4,"0"))&"\xa0%"&"."'
    >>> join_parts([Share(Count("COUNTIFS(x)", 1), 400)]).value
    'under 1\xa0%'
    >>> join_parts([Count("COUNTIFS(x)", 13300), " open"]).value
    '13,300 open'
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
            formulas.append(
                f"FIXED({part.formula},0)"
            )  # separates thousands as the reader's language does
            shown.append(f"{part.value:,}")
        else:
            (formula, value), total = part
            is_slight = f"AND({formula}>0,{formula}<{total}/200)"
            formulas.append(f'IF({is_slight},"under 1",TEXT(100*{formula}/{total},"0"))&"{PERCENT}"')
            percent = str(int(100 * value / total + 0.5))
            shown.append(f"{'under 1' if 0 < value < total / 200 else percent}{PERCENT}")
    return Formula("&".join(formulas), "".join(shown))
