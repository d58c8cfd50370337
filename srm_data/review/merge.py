"""Merge the reviews of several copies of a workbook; differing entries become conflicts.

A conflict is resolved by a person in the next workbook, and never by the order of the files.
``merge_decisions``, ``merge_statuses`` and ``merge_remarks`` merge the individual frames.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from srm_data.exceptions import ReviewError
from srm_data.organisation.cell_status import make_cell_status
from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.files import name_apart
from srm_data.organisation.remarks import make_remarks
from srm_data.organisation.sign_off import SIGN_OFF, join_histories, make_sign_off
from srm_data.review.disputes import Dispute, make_problem, make_remark
from srm_data.review.merge_agreements import list_overruled
from srm_data.review.merge_conflicts import Merged, hold_conflicts, list_earlier
from srm_data.review.merge_decisions import join_names, merge_decisions
from srm_data.review.merge_remarks import merge_remarks
from srm_data.review.merge_statuses import merge_statuses
from srm_data.review.outcomes import NO_KEY
from srm_data.review.result import Review, Sent, make_problems
from srm_data.review.statements import list_statements
from srm_data.schema import CELL
from srm_data.workbook.format import REVISION

Entry = tuple[str, ...]


def merge_reviews(reviews: Iterable[Review]) -> Review:
    """Merge the reviews of several returned copies of a workbook.

    A value that a reviewer left unchanged does not count, so the change of another reviewer applies.
    Equal decisions become one, with all names and reasons. If reviewers decided a cell differently,
    none of their decisions applies. They all become remarks of the kind ``conflict``, which the next
    workbook shows beside the cell until somebody resolves it. The same applies to a status, an owner, a
    date or a sign-off on the cover. A conflict is only resolved in a workbook that shows it; copies of
    an earlier workbook are named in ``problems``. All remarks are kept. The order of the reviews does
    not matter.

    Parameters
    ----------
    reviews
        One or more reviews from :func:`read_review`.

    Returns
    -------
    Review
        As for :func:`read_review`. ``problems`` has the problems of all copies, each with its ``book``,
        one row per conflicting entry, and one per agreement with an answer that another reviewer
        decided otherwise. Copies of the same name are named with their folders. ``version`` and
        ``scope`` are blank if the copies differ.

    Raises
    ------
    srm_data.exceptions.ReviewError
        If there are no reviews, or any of them is not a review.

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
    copies = _name_copies(copies)

    decisions, of_decisions = merge_decisions(copies)
    status, of_status, names = merge_statuses(copies)
    sign_off, of_cover = _merge_sign_off(copies)
    disputes = [*of_decisions, *of_status, *of_cover]
    held = hold_conflicts(copies, Merged(decisions, status, sign_off, disputes))
    added = make_remarks([*map(make_remark, held.disputes), *names])
    disputed = map(make_problem, held.disputes)
    found = make_problems([*list_earlier(copies), *list_overruled(copies), *disputed])

    merged = Review(
        held.decisions,
        pd.concat([merge_remarks(copies), added], ignore_index=True),
        pd.concat([*(copy.problems for copy in copies), found]).drop_duplicates(ignore_index=True),
    )
    merged.status, merged.sign_off = held.status, held.sign_off
    merged.version = _find_common([copy.version for copy in copies])
    merged.scope = _find_common([copy.scope for copy in copies])
    merged.book = ", ".join(dict.fromkeys(copy.book for copy in copies))
    merged.sent = _join_sent([copy.sent for copy in copies])
    merged.signed = _join_signed([copy.signed for copy in copies])
    exported = pd.concat([copy.exported for copy in copies])
    merged.exported = exported.drop_duplicates(CELL, ignore_index=True)
    return merged


def _order(reviews: list[Review]) -> list[Review]:
    """Sort reviews so that the result does not depend on the order in which they were given."""
    for review in reviews:
        if not isinstance(review, Review) or not hasattr(review, "sent"):
            raise ReviewError(f"expected reviews, from read_review; got a {type(review).__name__}")
    if not reviews:
        raise ReviewError("expected reviews, from read_review; got none")
    return sorted(reviews, key=_describe)


def _name_copies(copies: list[Review]) -> list[Review]:
    """Return reviews in which files of the same name are named with their folders."""
    named = []
    for copy, name in zip(copies, name_apart(copy.path or copy.book for copy in copies), strict=True):
        problems = copy.problems.assign(book=copy.problems["book"].replace(copy.book, name))
        renamed = copy._replace(problems=problems)
        vars(renamed).update(vars(copy), book=name)
        named.append(renamed)
    return named


def _describe(review: Review) -> tuple[str, ...]:
    frames = (*review, review.status, review.sign_off, review.exported, *review.sent)
    return review.book, review.version, review.scope, *(frame.to_csv() for frame in frames)


def _find_common(texts: list[str]) -> str:
    return texts[0] if len(set(texts)) == 1 else ""


def _merge_sign_off(copies: list[Review]) -> tuple[pd.DataFrame, list[Dispute]]:
    """Join the entries on the covers; if they differ, a field keeps the value it was sent with.

    Equal values, regardless of case and blanks, become one entry, with all names and the latest date.
    """
    joined = join_histories(copy.sign_off for copy in copies)
    now = [_list_last(copy.sign_off) for copy in copies]
    sent = [_list_last(copy.sent.sign_off) for copy in copies]
    added: list[Entry] = []
    disputes: list[Dispute] = []
    for field in sorted({field for it in now for field in it}):
        pairs = [(it.get(field), was.get(field)) for it, was in zip(now, sent, strict=True)]
        blank = (field, "", "", "")  # nobody made an entry where it was sent blank
        said = list_statements(pair for pair in pairs if pair != (blank, blank))
        if len(said) < 2:
            continue
        if len({" ".join(value.split()).casefold() for _, value, *_ in said}) == 1:
            ordered = sorted(said, key=lambda entry: (entry[3], entry))
            names = join_names(by for _, _, by, _ in ordered)
            added.append((field, ordered[0][1], names, ordered[-1][3]))
            continue
        former = {was[field] for was in sent if field in was}
        added.append(former.pop() if len(former) == 1 else (field, "", "", ""))
        for entry in sorted(said):
            books = [copy.book for copy, it in zip(copies, now, strict=True) if it.get(field) == entry]
            _, value, by, day = entry
            disputes.append(Dispute(NO_KEY, field, "", value, by, day, ", ".join(books)))
    rows = make_sign_off([dict(zip(SIGN_OFF, entry, strict=True)) for entry in added])
    return pd.concat([joined, rows], ignore_index=True), disputes


def _list_last(sign_off: pd.DataFrame) -> dict[str, Entry]:
    """Return the last entry of each field of the cover, except the revisions."""
    rows = sign_off[sign_off["field"] != REVISION].itertuples(index=False, name=None)
    return {row[0]: row for row in rows}


def _join_sent(sent: list[Sent]) -> Sent:
    """Join what the copies were sent with, leaving out cells for which they differ."""
    decisions, _, status, *_ = (
        pd.concat(frames).drop_duplicates() for frames in zip(*sent, strict=True)
    )
    known = [
        frame.drop_duplicates(CELL, keep=False).to_dict("records") for frame in (decisions, status)
    ]
    remarks = pd.concat([it.remarks for it in sent]).drop_duplicates(ignore_index=True)
    sign_off = join_histories(it.sign_off for it in sent)
    signed = _join_signed([it.signed for it in sent])
    return Sent(make_decisions(known[0]), remarks, make_cell_status(known[1]), sign_off, signed)


def _join_signed(signed: list[pd.DataFrame]) -> pd.DataFrame:
    """Join the names and dates in rows, leaving out cells for which they differ."""
    return pd.concat(signed).drop_duplicates().drop_duplicates(CELL, keep=False, ignore_index=True)
