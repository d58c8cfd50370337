"""Merge the reviews of several copies of a book: what agrees applies, what differs is a conflict.

A conflict is settled by a person, who enters what holds in the next book, and never by the order of the
files. ``merge_decisions``, ``merge_statuses`` and ``merge_remarks`` do it for their frames.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from srm_data.exceptions import ReviewError
from srm_data.organisation.cell_status import make_cell_status
from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.remarks import make_remarks
from srm_data.organisation.sign_off import SIGN_OFF, join_histories, make_sign_off
from srm_data.review.disputes import DIFFERENT, make_problem, make_remark
from srm_data.review.merge_decisions import merge_decisions
from srm_data.review.merge_remarks import merge_remarks
from srm_data.review.merge_statuses import merge_statuses
from srm_data.review.result import Review, Sent, make_problems
from srm_data.review.statements import list_statements
from srm_data.schema import CELL
from srm_data.workbook.format import COVER_SHEET, REVISION

Entry = tuple[str, ...]


def merge_reviews(reviews: Iterable[Review]) -> Review:
    """Merge the reviews of copies of a workbook that came back from several reviewers.

    What a reviewer left as it was sent says nothing, so that the change of another one holds. Equal
    decisions become one, with the names and reasons of all. If reviewers decided a cell differently, no
    decision of theirs applies: all of them become remarks of the kind ``conflict``, which the next book
    shows beside the cell until somebody enters there what holds. The same is true of a status, an owner
    or a day. Remarks add up. The order of the reviews does not matter.

    Parameters
    ----------
    reviews
        Reviews of :func:`read_review`, at least one.

    Returns
    -------
    Review
        As of :func:`read_review`. ``problems`` has those of all copies, each with its ``book``, and one
        row per entry that is in conflict. ``version`` and ``scope`` are blank where the copies differ.

    Raises
    ------
    srm_data.ReviewError
        If there is no review, or something else among them.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings, read_review, write_workbook
    >>> path = Path(tempfile.mkdtemp()) / "ours.xlsx"
    >>> written = write_workbook(path, choose_offerings(build_model(), "sqs"))
    >>> merged = merge_reviews([read_review(path), read_review(path)])
    >>> [len(frame) for frame in merged], merged.book
    ([0, 0, 0], 'ours.xlsx')
    """
    copies = _order(list(reviews))
    if len(copies) == 1:
        return copies[0]

    decisions, of_decisions = merge_decisions(copies)
    status, of_status, names = merge_statuses(copies)
    sign_off, of_cover = _merge_sign_off(copies)
    disputes = [*of_decisions, *of_status]
    added = make_remarks([*map(make_remark, disputes), *names])
    found = make_problems([*map(make_problem, disputes), *of_cover])

    merged = Review(
        decisions,
        pd.concat([merge_remarks(copies), added], ignore_index=True),
        pd.concat([*(copy.problems for copy in copies), found]).drop_duplicates(ignore_index=True),
    )
    merged.status, merged.sign_off = status, sign_off
    merged.version = _find_common([copy.version for copy in copies])
    merged.scope = _find_common([copy.scope for copy in copies])
    merged.book = ", ".join(dict.fromkeys(copy.book for copy in copies))
    merged.sent = _join_sent([copy.sent for copy in copies])
    exported = pd.concat([copy.exported for copy in copies])
    merged.exported = exported.drop_duplicates(CELL, ignore_index=True)
    return merged


def _order(reviews: list[Review]) -> list[Review]:
    """Bring reviews into an order that does not depend on the one they were given in."""
    for review in reviews:
        if not isinstance(review, Review) or not hasattr(review, "sent"):
            raise ReviewError(f"expected reviews, from read_review; got a {type(review).__name__}")
    if not reviews:
        raise ReviewError("expected reviews, from read_review; got none")
    return sorted(reviews, key=_describe)


def _describe(review: Review) -> tuple[str, ...]:
    frames = (*review, review.status, review.sign_off, review.exported, *review.sent)
    return review.book, review.version, review.scope, *(frame.to_csv() for frame in frames)


def _find_common(texts: list[str]) -> str:
    return texts[0] if len(set(texts)) == 1 else ""


def _merge_sign_off(copies: list[Review]) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Join what was entered on the covers; if they differ, what a field was sent with holds."""
    joined = join_histories(copy.sign_off for copy in copies)
    now = [_list_last(copy.sign_off) for copy in copies]
    sent = [_list_last(copy.sent.sign_off) for copy in copies]
    restored: list[Entry] = []
    problems: list[dict[str, str]] = []
    for field in sorted({field for it in now for field in it}):
        said = list_statements(
            (it.get(field), was.get(field)) for it, was in zip(now, sent, strict=True)
        )
        if len({value for _, value, *_ in said}) < 2:
            continue
        former = {was[field] for was in sent if field in was}
        restored.append(former.pop() if len(former) == 1 else (field, "", "", ""))
        for entry in sorted(said):
            books = [copy.book for copy, it in zip(copies, now, strict=True) if it.get(field) == entry]
            expected = f"one entry of {field}; the former one holds until then"
            problems.append(
                {"problem": DIFFERENT, "sheet": COVER_SHEET, "value": " | ".join(filter(None, entry)),
                 "expected": expected, "book": ", ".join(books)}
            )  # fmt: skip
    added = make_sign_off([dict(zip(SIGN_OFF, entry, strict=True)) for entry in restored])
    return pd.concat([joined, added], ignore_index=True), problems


def _list_last(sign_off: pd.DataFrame) -> dict[str, Entry]:
    """Return the last entry of each field of the cover, apart from the revisions."""
    rows = sign_off[sign_off["field"] != REVISION].itertuples(index=False, name=None)
    return {row[0]: row for row in rows}


def _join_sent(sent: list[Sent]) -> Sent:
    """Join what copies were sent with; of a cell on which they differ, nothing is known."""
    decisions, _, status, _ = (pd.concat(frames) for frames in zip(*sent, strict=True))
    known = [
        frame.drop_duplicates().drop_duplicates(CELL, keep=False).to_dict("records")
        for frame in (decisions, status)
    ]
    remarks = pd.concat([it.remarks for it in sent]).drop_duplicates(ignore_index=True)
    sign_off = join_histories(it.sign_off for it in sent)
    return Sent(make_decisions(known[0]), remarks, make_cell_status(known[1]), sign_off)
