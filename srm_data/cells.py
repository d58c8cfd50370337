"""Check a model that is passed to a function, and restore one that was read back from a file.

A model that went through CSV, SQLite or Parquet, or was joined from parts, has texts in place of
ordered Categoricals. They are put back, so that every public function takes such a model too.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

import pandas as pd

from srm_data.exceptions import FrameError, describe_nearest
from srm_data.load import load_some
from srm_data.schema import CELL, Tables, require_tables

ANSWERS = {
    "responsibility": ["AWS", "Shared", "Customer", "Not applicable"],
    "without_decision": ["AWS", "Shared", "Customer", "Not applicable"],
    "customer_action": ["required", "optional", "none"],
    "basis": ["documented", "derived", "category", "proposed", "decision"],
}
"""Columns with an answer: their values, in order."""

TABLES = {
    "product_group": "product_groups",
    "service": "services",
    "offering": "",
    "category": "categories",
    "layer": "layers",
    "duty": "duties",
}
"""Columns of names, and the table that orders them. Offerings keep the order in which they appear."""

IDS = {
    "offering_id": "offerings",
    "duty_id": "duties",
    "responsibility": "responsibilities",
    "basis": "bases",
}
"""Columns whose values tables define, if they are passed beside a model."""

TEXTS = [
    "service_id", "offering_id", "category_id", "duty_id", "side", "aws_part", "customer_part", "note",
    "scope", "performed_by", "source_ids", "sections", "encryption",
]  # fmt: skip
NUMBERS = ["resources", "assumed", "weight"]
PALER = ("default", "proposed")
"""Marks of answers that nobody has read on a page: their fill is paler."""

MOST_SHOWN = 12  # columns that a message lists
NEVER_BLANK = [*ANSWERS, *TABLES, "service_id", "offering_id", "category_id", "duty_id"]


def check_frame(
    frame: object, columns: Iterable[str], expected: str, *, has_rows: bool = False
) -> None:
    """Raise a FrameError unless the argument is a frame with the required columns.

    ``expected`` describes what was expected, such as ``"a model, from build_model or in_use"``; with
    ``has_rows``, at least one row is required.
    """
    if not isinstance(frame, pd.DataFrame):
        kind = "nothing (None)" if frame is None else f"a {type(frame).__name__}"
        raise FrameError(f"expected {expected}; got {kind}")
    # All missing columns at once; a single one with the names that it may be.
    missing = [column for column in columns if column not in frame]
    if missing:
        noun = "column" if len(missing) == 1 else "columns"
        near = describe_nearest(missing[0], map(str, frame.columns)) if len(missing) == 1 else ""
        raise FrameError(
            f"expected {expected}; this frame has no {noun} {_list(missing)}{near}, "
            f"only {_list(frame.columns)}"
        )
    if has_rows and frame.empty:
        raise FrameError(f"expected {expected}, with at least one row; this frame has none")


def restore_model(
    model: pd.DataFrame, columns: Iterable[str], expected: str, *, has_rows: bool = False
) -> pd.DataFrame:
    """Return a model, or a part of it, with names and answers as ordered Categoricals.

    A model as :func:`~srm_data.build_model` makes it is returned as it is. Index levels called like a
    column have no name. A FrameError names a missing or repeated column, and an unknown answer.
    """
    check_frame(model, columns, expected, has_rows=has_rows)
    if not model.columns.is_unique:
        twice = model.columns[model.columns.duplicated()][0]
        raise FrameError(f"expected {expected}; this frame has more than one column {twice!r}")
    # An index called like a column would make the name ambiguous in pandas.
    if any(name in model for name in model.index.names if name is not None):
        model = model.set_axis(model.index.set_names([None] * model.index.nlevels))

    # What a file lost: the order of answers, the order of names, and numbers.
    restored = {
        name: _restore_answer(model[name], order, expected)
        for name, order in ANSWERS.items()
        if name in model and not _has_order(model[name], order)
    }
    restored |= {
        name: _restore_names(model[name], table)
        for name, table in TABLES.items()
        if name in model and not _has_order(model[name], [])
    }
    restored |= {
        name: _restore_numbers(model[name], expected)
        for name in NUMBERS
        if name in model and not pd.api.types.is_numeric_dtype(model[name])
    }
    return model.assign(**restored) if restored else model


def restore_cells(
    model: pd.DataFrame,
    columns: Iterable[str],
    expected: str,
    *,
    may_lack: Container[str] = (),
    tables: Tables | None = None,
) -> pd.DataFrame:
    """Return a model of offerings as :func:`restore_model` does, with one row per cell and no gaps.

    Only the columns in ``may_lack`` and texts other than keys may have no value in some rows. Tables,
    if given, must have every id and answer of the model. A FrameError names the first fault.
    """
    model = restore_model(model, columns, expected)
    for name in NEVER_BLANK:
        if name in model and name not in may_lack and (missing := model[name].isna()).any():
            row = missing.to_list().index(True)
            raise FrameError(f"expected {expected}; row {row} of this frame has no {name}")

    # A blank text may have come back as a missing value.
    texts = {
        name: model[name].astype(object).where(model[name].notna(), "").astype("str")
        for name in TEXTS
        if name in model and not _is_text(model[name])
    }
    model = model.assign(**texts) if texts else model
    if set(CELL) <= set(model) and (again := model.duplicated(CELL)).any():
        offering, duty = model.loc[again.to_numpy(), CELL].iloc[0]
        raise FrameError(f"expected {expected}; the cell {offering!r} / {duty!r} occurs more than once")
    # Tables passed beside a model must be those that it was built from.
    if tables is not None:
        require_tables(tables, {table: [name] for name, table in IDS.items()})
        for name, table in IDS.items():
            _refuse_unknown(model[name], tables[table][name])
    return model


def list_marks() -> pd.DataFrame:
    """Return the table ``marks``, indexed by ``mark_id``, the strongest first."""
    return load_some(["marks"])["marks"].sort_values("position").set_index("mark_id")


def find_marks(cells: pd.DataFrame) -> pd.Series:
    """Return the mark of each cell, which shows what its answer is based on.

    Marks are ids of the table ``marks``, as an ordered Categorical from the strongest to the weakest.
    The basis decides, and the scope, which sets apart what AWS states about all services.
    """
    check_frame(cells, ["basis"], "cells with a basis")
    marks = list_marks()
    of_pair = dict(zip(zip(marks["basis"], marks["scope"], strict=True), marks.index, strict=True))
    bases = cells["basis"].astype(object).tolist()
    scopes = cells["scope"].astype(object).tolist() if "scope" in cells else [""] * len(bases)
    # A mark of the basis and scope goes before that of the basis alone.
    ids = [of_pair.get(pair) or of_pair.get((pair[0], "")) for pair in zip(bases, scopes, strict=True)]
    return pd.Series(pd.Categorical(ids, marks.index, ordered=True), index=cells.index, name="mark")


def find_fill(codes: pd.DataFrame, party: str, mark: str = "") -> str:
    """Return the fill of an answer; ``codes`` is the table ``responsibilities``, indexed by its key."""
    return str(codes.loc[party, "pale_color" if mark in PALER else "color"])


def check_cells(model: pd.DataFrame, answers: Iterable[str], by: Iterable[str], expected: str) -> None:
    """Raise a FrameError if a cell has no answer or occurs twice, which a count would not show.

    ``answers`` are the columns that need a value in every row. A cell may occur once for each
    combination of the values of ``by``.
    """
    check_answers(model, answers, expected)
    keys = _list_keys(model)
    each = list(dict.fromkeys([*keys, *by]))
    if keys and (again := model.duplicated(each).to_numpy()).any():
        of, duty = model.loc[again, keys].iloc[0]
        raise FrameError(
            f"expected {expected}; the cell {of!r} / {duty!r} occurs more than once: drop the "
            "duplicates, or join estates before in_use"
        )


def check_answers(model: pd.DataFrame, answers: Iterable[str], expected: str) -> None:
    """Raise a FrameError if a row of a restored model has no value in one of the columns."""
    keys = _list_keys(model)
    for name in answers:
        if (missing := model[name].isna()).any():
            row = missing.to_list().index(True)
            named = "the cell {!r} / {!r}".format(*model[keys].iloc[row]) if keys else f"row {row}"
            raise FrameError(f"expected {expected}; {named} has no {name}")


def check_agreement(model: pd.DataFrame, by: Iterable[str], expected: str) -> None:
    """Raise a FrameError if a cell has several answers for one combination of the values of ``by``."""
    # Rows that repeat an answer are no conflict; what is left differs.
    keys = _list_keys(model)
    each = list(dict.fromkeys([*keys, *by]))
    answers = model[[*each, "responsibility"]].drop_duplicates()
    if not keys or not (differs := answers.duplicated(each, keep=False)).any():
        return
    groups = answers[differs.to_numpy()].groupby(each, sort=False, observed=True, dropna=False)
    _, rows = next(iter(groups))
    of, duty = rows[keys].iloc[0]
    several = " and ".join(rows["responsibility"].sort_values().astype("str"))
    raise FrameError(f"expected {expected}; the cell {of!r} / {duty!r} has several answers: {several}")


def _list_keys(model: pd.DataFrame) -> list[str]:
    """List the two columns that name a cell of offerings or of categories; none if it has no ids."""
    keys = CELL if CELL[0] in model else ["category_id", CELL[1]]
    return [*keys] if set(keys) <= set(model) else []


def _has_order(values: pd.Series, order: list[str]) -> bool:
    """Return whether values are an ordered Categorical that has the known ones."""
    dtype = values.dtype
    if not isinstance(dtype, pd.CategoricalDtype) or not dtype.ordered:
        return False
    return set(order) <= set(dtype.categories)


def _is_text(values: pd.Series) -> bool:
    is_plain = values.dtype == "str" or values.dtype == object
    return is_plain and not values.isna().any()


def _restore_answer(values: pd.Series, answers: list[str], expected: str) -> pd.Series:
    given = values.astype(object)
    given = given.mask(given.isin([""]))
    is_unknown = given.notna() & ~given.isin(answers)
    if is_unknown.any():
        value = given[is_unknown.to_numpy()].iloc[0]
        raise FrameError(
            f"expected {expected}; column {values.name!r} of this frame has {value!r}, which is none "
            f"of {', '.join(answers)}"
        )
    return pd.Series(pd.Categorical(given, answers, ordered=True), index=values.index)


def _restore_names(values: pd.Series, table: str) -> pd.Series:
    """Convert names to an ordered Categorical: those of the table in its order, then the others."""
    given = values.astype(object)
    ordered = _list_known(str(values.name), table) if table else []
    used = given.dropna().unique().tolist()
    others = [name for name in used if name not in set(ordered)]
    # If the tables have none of the names, these are of other tables and keep their own order.
    order = others if len(others) == len(used) else [*ordered, *others]
    return pd.Series(pd.Categorical(given, order, ordered=True), index=values.index)


def _list_known(name: str, table: str) -> list[str]:
    """List the names of a shipped table, in the order of the model."""
    tables = load_some([table, "product_groups"])
    names = tables[table]
    if name == "service":
        places = tables["product_groups"].set_index("product_group_id")["position"]
        names = names.assign(
            place=names["product_group_id"].map(places), folded=names[name].str.lower()
        )
        names = names.sort_values(["place", "folded"], kind="stable")
    return [str(text) for text in names[name]]


def _restore_numbers(values: pd.Series, expected: str) -> pd.Series:
    try:
        return values.astype(object).astype("int64")
    except (ValueError, TypeError) as error:
        raise FrameError(
            f"expected {expected}; column {values.name!r} of this frame has something else than numbers"
        ) from error


def _refuse_unknown(ids: pd.Series, of_tables: pd.Series) -> None:
    unknown = list(dict.fromkeys(ids[~ids.isin(of_tables).to_numpy()]))
    if unknown:
        near = describe_nearest(unknown[0], of_tables)
        raise FrameError(
            f"the tables have no {ids.name} {unknown[0]!r}{near}: pass those that the model was built "
            "from as tables="
        )


def _list(columns: Iterable[object]) -> str:
    names = [repr(column) for column in columns]
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return ", ".join(names[:MOST_SHOWN]) + more if names else "none at all"
