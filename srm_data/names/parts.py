"""Split a question about several offerings, such as "who patches rds and aurora?", into its parts."""

from __future__ import annotations

import re
from typing import NamedTuple

from srm_data.names.index import is_identifier
from srm_data.names.readings import Phrase

JOINS = r"(?:\b(?:and|or|vs|versus)\b\.?|[,/&+])"
COMPARED = r"(?:\b(?:and|or|vs|versus|with|to|against|from)\b\.?|[,/&+])"
"""What stands between two names, and between names that a question compares."""


class Parsed(NamedTuple):
    """Part of a question; words are meant by their positions."""

    groups: list[list[int]]  # offerings, by name
    votes: list[Phrase]
    weights: list[int]
    taken: frozenset[int]  # words of the name
    unknown: list[str]
    names: bool  # whether it has a name of AWS's, not an everyday word
    begins: bool  # whether it begins with the name
    ends: bool  # whether it ends with the name
    is_duty: bool  # whether it is nothing but a name that is a word for a duty as well, such as KMS
    is_word: bool  # whether it is nothing but an everyday name, such as Fargate
    ends_word: bool  # whether it ends with one, behind nothing but words for a duty


def split_pieces(text: str) -> list[str]:
    """Split a text in lower case at each "and", "or", "vs" and comma outside machine identifiers."""
    joins = COMPARED if re.search(r"\b(?:compar|differ)", text, re.ASCII) else JOINS
    pieces: list[list[str]] = [[]]
    for token in text.split():
        if is_identifier(token.strip("?!.,;\"'()")):
            pieces[-1].append(token)
            pieces += [[]] if token.endswith(",") else []
            continue
        first, *others = re.split(joins, token, flags=re.ASCII)
        pieces[-1].append(first)
        pieces += [[other] for other in others]
    texts = [" ".join(filter(None, piece)) for piece in pieces]
    return [text for text in texts if text]


def mark_names(pieces: list[Parsed]) -> list[bool]:
    """Return which pieces name an offering of their own.

    A word for a duty that is a name as well is meant as a name only if a name follows at once: "IAM and
    Organizations", but not "IAM and backup of S3"; or if it stands alone behind a name, before nothing
    but such: "AWS Config and CloudTrail", but not "IAM, KMS and logging of RDS".
    An everyday name is meant as one beside another name: "Fargate and Lambda".
    """
    marks: list[bool] = []
    follows, is_last = False, True
    for piece, before in zip(reversed(pieces), [*reversed(pieces[:-1]), None], strict=True):
        is_alone = piece.names and piece.begins and piece.ends
        is_after = before is not None and (before.ends_word or (before.names and before.ends))
        is_behind = is_last and is_alone and is_after
        is_name = piece.names and (follows or not piece.is_duty or is_behind)
        marks.append(is_name)
        follows = is_name and piece.begins
        is_last = is_last and (is_alone or not piece.names)
    marks = marks[::-1]
    leads = [mark and piece.begins for mark, piece in zip(marks, pieces, strict=True)]
    return [
        mark or (piece.is_word and before) or (piece.ends_word and after)
        for piece, mark, before, after in zip(
            pieces, marks, [False, *marks[:-1]], [*leads[1:], False], strict=True
        )
    ]


def join_pieces(pieces: list[str], names: list[bool]) -> list[str]:
    """Join pieces without a name to the following one, or the last ones to the one before."""
    parts: list[str] = []
    waiting: list[str] = []
    for piece, is_name in zip(pieces, names, strict=True):
        waiting.append(piece)
        if is_name:
            parts.append(" and ".join(waiting))
            waiting = []
    if waiting:
        parts[-1:] = [" and ".join([*parts[-1:], *waiting])]
    return parts
