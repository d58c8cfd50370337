"""List the cells that answer a question, best first."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from srm_data.cells import check_frame
from srm_data.load import Tables, list_states, load_tables
from srm_data.matrix import duty_distribution
from srm_data.model import MODEL, build_model
from srm_data.names.understand import Understood, WordIndex
from srm_data.names.words import WordTable, build_word_table

Cell = tuple[int, int]
"""Indices of an offering and a duty."""


def find_answers(
    text: str, *, model: pd.DataFrame | None = None, tables: Tables | None = None
) -> pd.DataFrame:
    """Find the cells that answer a question in everyday words.

    Parameters
    ----------
    text
        Question, such as ``"who patches rds?"``, ``"s3 encryption"`` or ``"whose job is the OS on
        fargate"``. Offerings may have any name or identifier of the catalogue. The words for duties are
        in the table ``duty_words``. Order, case, plurals and small spelling mistakes do not matter.
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.in_use`, with or without decisions;
        built from the tables if not given.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    DataFrame
        Rows of the model, best first: the ordinary offering before its variants, and the likeliest duty
        before others. If the question names only an offering, its duties are returned, starting with
        those that vary most between offerings. If it names only a duty, that duty is returned for the
        services asked about most often. ``attrs["understood"]`` describes how the question was
        understood, and ``attrs["not_answered"]`` names the words that the answers leave out, or is
        blank.

    Raises
    ------
    LookupError
        If the text names neither an offering nor a duty. The message gives the nearest words.
    srm_data.exceptions.FrameError
        If ``model`` is not a model.

    Examples
    --------
    >>> answers = find_answers("who patches rds?")
    >>> answers[["offering", "duty", "responsibility"]].iloc[0].astype(str).tolist()
    ['RDS DB instance', 'Guest OS patching', 'AWS']
    >>> answers.attrs["understood"]
    'RDS DB instance; Guest OS patching or Platform patching'
    """
    if not isinstance(text, str):
        raise TypeError(f"expected a question as text; got a {type(text).__name__}")
    if model is None and tables is None:
        asked = _prepare_shipped(list_states())
    else:
        tables = load_tables() if tables is None else tables
        model = build_model(tables) if model is None else model
        check_frame(model, MODEL, "a model of offerings, from build_model or in_use", has_rows=True)
        asked = _prepare(model, tables)

    question = asked.words.understand(text)
    if not question.offerings and not question.duties:
        hint = _hint(question.unknown, asked.words)
        raise LookupError(f"nothing in {text!r} names an offering or a duty{hint}")

    ranked = list_cells(question, asked.words.table, asked.without)
    places = [asked.rows[cell] for cell in ranked if cell in asked.rows]
    found = asked.model.iloc[places].reset_index(drop=True)
    rest = _describe_rest(question, asked.words)
    found.attrs["understood"] = "; ".join([*_describe(question, asked), *rest])
    found.attrs["not_answered"] = "; ".join(rest)
    return found


class Asked(NamedTuple):
    """A model that is asked about, arranged for questions. Nobody may change the frame."""

    model: pd.DataFrame
    words: WordIndex
    rows: dict[Cell, int]
    without: set[Cell]
    """Cells whose duty has no object."""
    offerings: dict[str, str]
    """Names of offerings by their ids."""
    duties: dict[str, str]


def _prepare(model: pd.DataFrame, tables: Tables) -> Asked:
    """Arrange a model for questions."""
    index = WordIndex(build_word_table(model, tables))
    rows = _number_rows(model, index.table)
    is_none = model["responsibility"].eq("Not applicable").to_numpy()
    without = {cell for cell, row in rows.items() if is_none[row]}
    names = []
    for key in ("offering", "duty"):
        first = model.drop_duplicates(f"{key}_id")
        names.append(dict(zip(first[f"{key}_id"], first[key].astype(str), strict=True)))
    return Asked(model, index, rows, without, *names)


@lru_cache(maxsize=1)
def _prepare_shipped(_: Hashable) -> Asked:
    """Prepare for questions about the shipped tables, once. Do not modify the result."""
    return _prepare(build_model(), load_tables())


def list_cells(question: Understood, words: WordTable, without: set[Cell]) -> list[Cell]:
    """List the cells that answer a question, best first.

    Returns
    -------
    list of tuple of int
        Indices of the offering and the duty.
    """
    if not question.offerings:
        return [(offering, duty) for duty in question.duties for offering in words["often"]]
    shown = question.offerings if question.duties else question.offerings[: question.named]
    duties = question.duties or words["varying"]
    cells = []
    for offering in shown:
        last = [duty for duty in duties if question.is_open and (offering, duty) in without]
        cells += [(offering, duty) for duty in duties if duty not in last]
        cells += [(offering, duty) for duty in last]
    return cells


def _number_rows(model: pd.DataFrame, words: WordTable) -> dict[Cell, int]:
    """Return the row number of each cell of a model."""
    offerings = model["offering_id"].map({name: place for place, name in enumerate(words["offerings"])})
    duties = model["duty_id"].map({name: place for place, name in enumerate(words["duties"])})
    return {cell: row for row, cell in enumerate(zip(offerings, duties, strict=True))}


def _describe(question: Understood, asked: Asked) -> list[str]:
    """Describe how a question was understood."""
    words = asked.words.table
    offerings = [words["offerings"][place] for place in question.offerings[: question.named]]
    named = [asked.offerings[name] for name in offerings]
    meant = [asked.duties[words["duties"][place]] for place in question.duties]
    parts = [
        ", ".join(named) or "services asked about most often",
        " or ".join(meant) or "all duties",
    ]
    if not named:
        counts = duty_distribution(asked.model, "duty").loc[meant[0]]
        numbers = ", ".join(f"{party} {count:,}" for party, count in counts.items() if count)
        parts.append(f"{meant[0]} of all offerings: {numbers}")
    return parts


def _describe_rest(question: Understood, index: WordIndex) -> list[str]:
    """Describe the words that the answers leave out: known ones, and others with the nearest."""
    left_out = [word for word in question.unknown if index.is_known(word)]
    unknown = [word for word in question.unknown if word not in left_out]
    parts = [f"left out: {', '.join(left_out)}"] if left_out else []
    if unknown:
        parts.append(f"not understood: {', '.join(unknown)}{_hint(unknown, index)}")
    return parts


def _hint(unknown: list[str], index: WordIndex) -> str:
    near = index.find_near(unknown)
    return f" (nearest: {', '.join(near)})" if near else ""
