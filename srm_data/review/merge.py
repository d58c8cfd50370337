"""Merge the reviews of several copies of a workbook; differing entries become conflicts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from srm_data.exceptions import ReviewError
from srm_data.organisation.cell_status import AGREED, OPEN, describe_status, make_cell_status
from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.files import name_apart
from srm_data.organisation.remarks import CLOSED, CONFLICT, make_remarks
from srm_data.organisation.sign_off import SIGN_OFF, join_histories, make_sign_off
from srm_data.review.merge_frames import (
    FIELDS,
    Dispute,
    Fields,
    Given,
    find_author,
    index_rows,
    is_about,
    join_names,
    list_statements,
    make_problem,
    make_remark,
    merge_decisions,
    merge_remarks,
    merge_statuses,
)
from srm_data.review.outcomes import NO_KEY, Key, key_of
from srm_data.review.read import Review, Sent, make_problems
from srm_data.schema import CELL
from srm_data.workbook.format import COVER_SHEET, DECISION, REVIEWED_SHEET, REVISION, STATUS

OVERRULED = "agreed by one reviewer, decided otherwise by another"
EARLIER = "a copy of an earlier workbook"

Place = tuple[str, str, str]
"""offering_id, duty_id and column of a conflict."""
Entry = tuple[str, str, str, str]
"""Decision, text, author and date; or field of the cover, value, author and date."""
Held = tuple[Entry, tuple[str, ...]]
"""Entry, and the expected answer and customer action of a decision."""


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
    return pd.concat(signed).drop_duplicates().drop_duplicates(CELL, keep=False, ignore_index=True)


class Merged(NamedTuple):
    """Merged frames, and the conflicts that were found while merging them."""

    decisions: pd.DataFrame
    status: pd.DataFrame
    sign_off: pd.DataFrame
    disputes: list[Dispute]


def hold_conflicts(copies: list[Review], merged: Merged) -> Merged:
    """Return the merged frames without entries that would resolve a conflict they were made before.

    A conflict is only resolved in a workbook that shows it. An entry in a copy of an earlier workbook
    is one of its entries already, or becomes another one.
    """
    shown = [_list_open(copy.sent.remarks) for copy in copies]
    for place, listed in _list_unresolved(copies, shown).items():
        showing = [place in it for it in shown]
        if place[:2] == NO_KEY:
            sent = [copy.sent.sign_off for copy, shows in zip(copies, showing, strict=True) if shows]
            sign_off, entries = _hold_field(merged.sign_off, place[2], sent)
            merged = merged._replace(sign_off=sign_off)
        elif place[2] == DECISION:
            decisions, entries = _hold_decision(merged.decisions, place)
            merged = merged._replace(decisions=decisions)
        else:
            status, entries = _hold_status(merged.status, place, listed, copies)
            merged = merged._replace(status=status)
        late = ", ".join(copy.book for copy, shows in zip(copies, showing, strict=True) if not shows)
        added = [
            Dispute(place[:2], place[2], *entry, late, *more)
            for entry, more in entries
            if entry not in listed
        ]
        merged = merged._replace(disputes=[*merged.disputes, *added])
    return merged


def _list_open(remarks: pd.DataFrame) -> dict[Place, set[Entry]]:
    listed: dict[Place, set[Entry]] = {}
    is_open = remarks["kind"].eq(CONFLICT) & remarks["state"].ne(CLOSED)
    for row in remarks[is_open].to_dict("records"):
        entry = (row["decision"], row["text"], row["author"], row["dated"])
        listed.setdefault((*key_of(row), row["column"]), set()).add(entry)
    return listed


def _list_unresolved(
    copies: list[Review], shown: list[dict[Place, set[Entry]]]
) -> dict[Place, set[Entry]]:
    """List the conflicts that some copies were sent with (``shown``), and none of them resolved."""
    joined: dict[Place, set[Entry]] = {}
    resolved: set[Place] = set()
    for copy, sent in zip(copies, shown, strict=True):
        resolved |= set(sent) - set(_list_open(copy.remarks))
        for place, entries in sent.items():
            joined.setdefault(place, set()).update(entries)
    return {place: joined[place] for place in sorted(set(joined) - resolved)}


def _hold_decision(decisions: pd.DataFrame, place: Place) -> tuple[pd.DataFrame, list[Held]]:
    is_here = is_about(decisions, place[:2])
    held: list[Held] = [
        (
            (row["decision"], row["reason"], row["decided_by"], row["decided_on"]),
            (row["expected"], row["customer_action"]),
        )
        for row in decisions[is_here].to_dict("records")
    ]
    return decisions[~is_here].reset_index(drop=True), held


def _hold_status(
    status: pd.DataFrame, place: Place, listed: set[Entry], copies: list[Review]
) -> tuple[pd.DataFrame, list[Held]]:
    """Return statuses without the entry in a column of a cell, and that entry unless it is listed."""
    if not is_about(status, place[:2]).any():
        return status, []
    rows = []
    held: list[Held] = []
    texts = {text for _, text, *_ in listed}
    for row in status.to_dict("records"):
        fields = {str(name): text for name, text in row.items()}
        if key_of(fields) == place[:2]:
            text, cleared = _take_status(fields, place[2])
            if text and text not in texts:
                name = FIELDS.get(place[2], "status")
                held.append((("", text, *find_author(place[:2], name, fields[name], copies)), ()))
            fields |= cleared
        said = ("reviewer", "date", *FIELDS.values())
        if fields["status"] != OPEN or any(fields[name] for name in said):
            rows.append(fields)
    return make_cell_status(rows), held


def _take_status(fields: dict[str, str], column: str) -> tuple[str, dict[str, str]]:
    """Return the entry of a column, as in a conflict, and the columns that are blank without it."""
    if column != STATUS:
        name = FIELDS.get(column, "")
        return fields.get(name, ""), {name: ""} if name else {}
    if fields["status"] == OPEN:
        return "", {}
    shown = describe_status(fields["status"], fields["answer"])
    return shown, Given(OPEN, "", "", "", "")._asdict()


def _hold_field(
    sign_off: pd.DataFrame, field: str, sent: list[pd.DataFrame]
) -> tuple[pd.DataFrame, list[Held]]:
    """Return sign-offs with a field as the conflict was sent, and its last entry if that is new."""
    former = [_find_last(it, field) for it in sent]
    last = _find_last(sign_off, field)
    if last in former or not last[1]:
        return sign_off, []
    back = make_sign_off([dict(zip(SIGN_OFF, former[0], strict=True))])
    return pd.concat([sign_off, back], ignore_index=True), [(("", *last[1:]), ())]


def _find_last(sign_off: pd.DataFrame, field: str) -> Entry:
    rows = list(sign_off[sign_off["field"] == field].itertuples(index=False, name=None))
    return rows[-1] if rows else (field, "", "", "")


def list_overruled(copies: list[Review]) -> list[Fields]:
    """List as problems the new agreements that differ from a new decision in another copy.

    The decision applies, and the cell is open again, but neither reviewer knew of the other.
    """
    decided, problems = [_list_decided(copy) for copy in copies], []
    fields = ["status", "answer", "reviewer", "date"]
    for copy, own in zip(copies, decided, strict=True):
        sent = {key: [row[it] for it in fields] for key, row in index_rows(copy.sent.status).items()}
        for key, row in index_rows(copy.status).items():
            is_new = row["status"] == AGREED and sent.get(key) != [row[it] for it in fields]
            if key in own or not is_new:
                continue
            others = [
                f"{it[key]['decision']} ({_join_by(it[key]['decided_by'], it[key]['decided_on'])}, "
                f"in {other.book})"
                for it, other in zip(decided, copies, strict=True)
                if key in it and it[key]["decision"] != row["answer"]
            ]
            if others:
                agreed = describe_status(AGREED, row["answer"])
                by = _join_by(row["reviewer"], row["date"])
                problem = {
                    "problem": OVERRULED,
                    "sheet": REVIEWED_SHEET,
                    "cell": STATUS,
                    "value": f"{agreed} ({by})" if by else agreed,
                    "expected": f"one answer; it was decided as {' | '.join(others)}",
                    "book": copy.book,
                }
                problems.append(dict(zip(CELL, key, strict=True)) | problem)
    return problems


def _list_decided(copy: Review) -> dict[Key, Fields]:
    sent = index_rows(copy.sent.decisions)
    return {key: row for key, row in index_rows(copy.decisions).items() if sent.get(key) != row}


def _join_by(name: str, day: str) -> str:
    return ", ".join(filter(None, [name, day]))


def list_earlier(copies: list[Review]) -> list[dict[str, str]]:
    """List as problems the copies of a workbook before that of another copy with the same cells.

    Every next workbook is sent with more entries on its cover: those of the last one, and a revision.
    """
    problems = []
    cells = [set(map(tuple, copy.exported[CELL].to_numpy())) for copy in copies]
    for copy, own in zip(copies, cells, strict=True):
        latest = max(
            (other for other, its in zip(copies, cells, strict=True) if own & its or other is copy),
            key=lambda other: len(other.sent.sign_off),
        )
        if len(copy.sent.sign_off) < len(latest.sent.sign_off):
            problems.append(
                {
                    "problem": EARLIER,
                    "sheet": COVER_SHEET,
                    "cell": REVISION,
                    "value": _describe_revision(copy),
                    "expected": f"a copy of the same workbook as {latest.book} "
                    f"({_describe_revision(latest)}); check what was taken of this one",
                    "book": copy.book,
                }
            )
    return problems


def _describe_revision(copy: Review) -> str:
    """Describe the workbook of a copy by its last revision, or by its data version."""
    known = set(copy.sent.sign_off.itertuples(index=False, name=None))
    revisions = [
        f"{row[1]}, {row[3]}" if row[3] else row[1]
        for row in copy.sign_off.itertuples(index=False, name=None)
        if row[0] == REVISION and row not in known and not row[2]
    ]
    return revisions[0] if revisions else f"Data version {copy.version}"
