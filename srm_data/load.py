"""Read the tables: CSV files as frames of text, without guessing types; all of them, or a part."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import pandas as pd

from srm_data.schema import StrPath, Tables, find_folder, read_schemas, require_tables, shipped_tables

__all__ = ["Tables", "load_tables"]

CORE = ("core",)
"""The set of duties that every offering is asked about."""

ALL_SETS = ("core", "ai")
"""The sets of duties."""


def load_tables(
    folder: StrPath | Traversable | None = None, *, duty_sets: Sequence[str] = CORE
) -> Tables:
    """Load all tables.

    Parameters
    ----------
    folder
        Folder of tables, which are first checked against ``datapackage.json``. By default, the tables
        of the package, which have been tested and are read once per process.
    duty_sets
        Sets of duties: ``"core"``, the 28 of every offering, and ``"ai"``, eight of offerings
        that serve a model or act as an agent. Rows about duties of other sets are left out.

    Returns
    -------
    dict of str to DataFrame
        One frame per table, keyed by table name. ``tables/datapackage.json`` describes the columns and
        keys. All columns are ``str`` except ``position`` (``int``), by which a table that has one is
        sorted. A blank cell is the empty string, and "NA" is kept as text. The frames are copies and
        may be changed.

    Raises
    ------
    srm_data.exceptions.TableError
        If the folder has faults; the message lists all of them: file, line, column, value and
        what was expected.

    Examples
    --------
    >>> tables = load_tables()
    >>> tables["responsibilities"]["responsibility"].tolist()
    ['AWS', 'Shared', 'Customer', 'Not applicable']
    """
    if folder is not None:
        from srm_data.check import check_tables

        check_tables(folder)
        return keep_duty_sets({name: read_table(name, folder) for name in read_schemas()}, duty_sets)
    return load_some(read_schemas(), duty_sets=duty_sets)


def load_some(names: Iterable[str], *, duty_sets: Sequence[str] = CORE) -> Tables:
    """Load some of the shipped tables. Each is read once per process and copied for each caller."""
    states, sets = list_states(), tuple(duty_sets)
    return {name: _read_shipped(name, sets, states).copy() for name in names}


@lru_cache(maxsize=128)
def _read_shipped(name: str, duty_sets: tuple[str, ...], state: Hashable) -> pd.DataFrame:
    """Read a table of the package, again only after a file has changed. Do not modify the result."""
    if duty_sets == ALL_SETS:
        return read_table(name)
    tables = {each: _read_shipped(each, ALL_SETS, state) for each in (name, "duties")}
    return keep_duty_sets(tables, duty_sets)[name]


def keep_duty_sets(tables: Tables, duty_sets: Sequence[str]) -> Tables:
    """Restrict tables to the duties of some sets, which they must have, and to the layers of these."""
    # The duties of the sets, which the tables must have.
    duties = tables["duties"]
    if "duty_set" not in duties:  # tables of 2026.11 know the core duties only
        duties = duties.assign(duty_set="core")
    for name in duty_sets:
        if name not in ALL_SETS:
            raise ValueError(f"duty_sets should be some of {list(ALL_SETS)}. Got {name!r}")
        if name != "core" and name not in set(duties["duty_set"]):
            raise ValueError(f"duty_sets has {name!r}, but the tables were loaded without it")
    kept = duties[duties["duty_set"].isin(duty_sets)]
    if len(kept) == len(duties):
        return tables

    # A blank names no duty, and stays.
    wanted = {"duty_id": {*kept["duty_id"], ""}, "layer_id": {*kept["layer_id"], ""}}
    narrowed = dict(tables)
    for key, ids in wanted.items():
        for name, table in narrowed.items():
            if key in table:
                narrowed[name] = table[table[key].isin(ids)].reset_index(drop=True)
    return narrowed


def list_sets(cells: pd.DataFrame) -> tuple[str, ...]:
    """List the sets of duties that cells are of: the core, and that of AI if an offering has it."""
    if "duty_id" not in cells:
        return CORE
    ai = _read_shipped("duties", ("ai",), list_states())["duty_id"]
    return ALL_SETS if cells["duty_id"].isin(ai).any() else CORE


def keep_sets_of(model: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Restrict a model to the sets of duties that other cells, such as an earlier state, are of."""
    if list_sets(other) == ALL_SETS:
        return model
    ai = _read_shipped("duties", ("ai",), list_states())["duty_id"]
    return drop_unused_sets(model[~model["duty_id"].isin(ai)].reset_index(drop=True))


def drop_unused_sets(model: pd.DataFrame) -> pd.DataFrame:
    """Return a model without the names of duties and layers of AI, if no offering has such a duty.

    An estate without AI then has the same model, whichever sets its model was built with.
    """
    if not {"duty_id", "duty", "layer"} <= set(model) or list_sets(model) == ALL_SETS:
        return model
    # Names that no row has stay in a Categorical until they are taken out of it.
    state, names = list_states(), {}
    for column, table in (("duty", "duties"), ("layer", "layers")):
        ai = _read_shipped(table, ("ai",), state)[column]
        values = model[column]
        if isinstance(values.dtype, pd.CategoricalDtype) and values.cat.categories.isin(ai).any():
            categories = values.cat.categories
            names[column] = values.cat.set_categories(categories[~categories.isin(ai)])
    return model.assign(**names) if names else model


def list_states(folder: Traversable | None = None) -> tuple[tuple[str, int, int], ...]:
    """Return the state of the tables of a folder: names, modification times and sizes of the files.

    By default of the shipped tables. It is the key of caches. It is empty if the folder is in an
    archive.
    """
    folder = shipped_tables() if folder is None else folder
    if not isinstance(folder, Path):
        return ()
    with os.scandir(folder) as entries:
        states = [(entry.name, entry.stat()) for entry in entries if entry.name.endswith(".csv")]
    return tuple(sorted((name, state.st_mtime_ns, state.st_size) for name, state in states))


def read_table(name: str, folder: StrPath | Traversable | None = None) -> pd.DataFrame:
    """Read one table, of a folder or the package, in the types of :func:`load_tables`, unchecked."""
    path = find_folder(folder) / f"{name}.csv"
    types: defaultdict[str, type] = defaultdict(lambda: str, position=int)
    with path.open("rb") as file:
        table = pd.read_csv(file, dtype=types, na_filter=False, low_memory=False)
    return table.sort_values("position", ignore_index=True) if "position" in table else table


def answers_folder() -> Traversable:
    """Return the folder of the answers of released versions, one CSV file each."""
    return files("srm_data") / "history" / "answers"


def given_tables(
    tables: Tables | None, needed: Mapping[str, Iterable[str]], model: pd.DataFrame | None = None
) -> Tables:
    """Return the given tables if they have the needed ones; load those of a model if none are given."""
    if tables is None:
        return load_tables(duty_sets=CORE if model is None else list_sets(model))
    require_tables(tables, needed)
    return tables


def without_categoricals(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with plain values in place of Categoricals, which have an order of their own."""
    if not any(isinstance(dtype, pd.CategoricalDtype) for dtype in table.dtypes):
        return table
    return table.astype(dict.fromkeys(table.select_dtypes("category"), object))


def keep_offerings(tables: Tables, chosen: set[str]) -> Tables:
    """Restrict tables to some offerings, by id, keeping them consistent with each other."""
    offerings = tables["offerings"]
    services = set(offerings.loc[offerings["offering_id"].isin(chosen), "service_id"])

    # Rows that name another offering or service go; a blank names none.
    narrowed = dict(tables)
    for key, kept in (("offering_id", chosen), ("service_id", services)):
        for table, rows in narrowed.items():
            if key in rows:
                narrowed[table] = rows[rows[key].isin([*kept, ""])].reset_index(drop=True)

    # A service whose ordinary offering is gone has its first one for it.
    offerings = narrowed["offerings"]
    is_left = offerings["service_id"].isin(offerings.loc[offerings["ordinary"] == "yes", "service_id"])
    becomes = ~is_left & ~offerings["service_id"].duplicated()
    narrowed["offerings"] = offerings.assign(ordinary=offerings["ordinary"].mask(becomes, "yes"))

    # A fact about a service that names offerings is about those that are left, if any is.
    facts = narrowed["service_responsibilities"]
    named = [
        "; ".join(name for name in names.split("; ") if name in chosen)
        for names in facts["offering_ids"]
    ]
    about = pd.Series(named, index=facts.index, dtype=object).astype("str")
    is_about = (facts["offering_ids"] == "") | (about != "")
    narrowed["service_responsibilities"] = facts.assign(offering_ids=about)[is_about].reset_index(
        drop=True
    )

    # A source stays if any row cites it.
    cited = {
        source_id
        for table, schema in read_schemas().items()
        for key in schema.get("foreignKeys", [])
        if key["reference"]["resource"] == "sources" and key["fields"][0] in narrowed.get(table, ())
        for source_id in narrowed[table][key["fields"][0]]
    }
    sources = narrowed["sources"]
    narrowed["sources"] = sources[sources["source_id"].isin(cited)].reset_index(drop=True)
    return narrowed
