"""Count tables of any size in their own engine: files in DuckDB, frames where they are.

Only one row per distinct identifier (and per account and Region, if requested) reaches pandas.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from srm_data.estate.arns import is_own_word
from srm_data.estate.columns import (
    LINE,
    NOTHING,
    PART_OF_LINE,
    ROLES,
    Columns,
    describe_no_column,
    list_twins,
    list_unread,
    pick_columns,
)
from srm_data.estate.labels import CHARGES, label_rows, select_charge
from srm_data.estate.money import read_amounts, write_cell
from srm_data.estate.naming import (
    HEAD,
    NAMES,
    choose_name,
    choose_product,
    has_arns,
    has_properties,
    has_telling_ids,
    leave_out_ids,
    list_products,
    name_groups,
    name_products,
    select_full_arn,
    select_kind,
    select_kind_of_id,
    select_line,
    select_partition,
    select_settings,
    select_telling,
    shorten_arns,
)
from srm_data.estate.numbers import NO_NUMBER, read_numbers, select_number
from srm_data.estate.profiles import BY_PREFIX, Profiles, find_profile, is_known_id
from srm_data.estate.resources import (
    AT_MOST,
    BY_ID,
    BY_NAME,
    BY_NUMBER,
    BY_ROW,
    build_tally,
    join_ids,
    join_names,
)
from srm_data.estate.states import build_missing, select_state
from srm_data.exceptions import EstateError

NAMING = ("identifier", "charge", "provider")
LOCATION = ("account", "region")
LABELS = ["identifier", "no_service", "line", "settings"]
MOST_GROUPS = 2_000_000
LONGEST_NAME = 80  # of a service or a resource type; the longest known has 65 characters


def count_table(
    frame: Any,
    place: str,
    profiles: Profiles,
    *,
    details: bool,
    in_one_pass: bool = False,
) -> pd.DataFrame:
    """Count the rows of a table by identifier, and its resources by a column with their number.

    Parameters
    ----------
    frame
        Any frame that Narwhals supports: pandas, Polars, DuckDB, PySpark, Dask, Ibis ...
    place
        Name of the table in errors and results.
    profiles
        Profiles from :func:`~srm_data.estate.profiles.build_profiles`.
    details
        Whether to list accounts and Regions, and to sum costs. Costs that are not numbers count as 0.
    in_one_pass
        Whether to look up while counting if some ids name the resource better than a type beside them,
        as for a file that is read whole each time.

    Returns
    -------
    DataFrame
        Tally, as returned by :func:`~srm_data.estate.resources.tally_resources`; ``attrs["remarks"]``
        says which columns and cells were not read, and why.
    """
    import narwhals as nw
    from narwhals.exceptions import NarwhalsError

    if isinstance(frame, pd.DataFrame) and not frame.columns.is_unique:
        second = frame.columns.duplicated().tolist().index(True)
        first = frame.columns.tolist().index(frame.columns[second])
        where = f"{place}, columns {first + 1} and {second + 1}"
        raise EstateError(f"{where}: the same name; expected a name of its own for each column")
    try:
        table: Any = nw.from_native(frame)
        schema = table.collect_schema()
    except (TypeError, ValueError, NarwhalsError) as error:
        raise EstateError(f"{place}: not a readable table ({type(error).__name__})") from error

    columns = pick_columns(schema.names(), place, profiles)
    if isinstance(frame, pd.DataFrame):
        table = nw.from_native(_convert_to_text(table.to_native(), columns))
    if columns.kind == BY_PREFIX:  # ids of other things name no kind
        head = table.lazy().select(columns.identifier).head(HEAD).collect(backend="pandas").to_native()
        if not any(map(is_known_id, head[columns.identifier])):
            raise EstateError(describe_no_column(place, schema.names(), profiles))
    columns, numbers, remarks = read_numbers(table, columns, place)
    twins = list_twins(schema.names(), columns, place)

    place, table = f"{place}, column {columns.identifier}", table.lazy()
    if not isinstance(frame, pd.DataFrame):
        if details and columns.costs and schema[columns.costs[0]] == nw.String:
            raise EstateError(f"{place}: column {columns.costs[0]} is text; expected numbers")
        costs = tuple(name for name in columns.costs if schema[name] != nw.String)
        columns = _leave_out_nested(columns._replace(costs=costs), schema)

    short = leave_out_ids(columns)
    if short != columns and not in_one_pass and has_telling_ids(table, columns):
        short = columns
    tally = _count_columns(
        table, short, place, numbers, details=details, watched=columns if in_one_pass else None
    )
    if short != columns and (tally["identifier"] == "").any():  # there the id is the only name
        tally = _count_columns(table, columns, place, numbers, details=details)

    remarks = [*list_unread(columns, place), *remarks, *twins]
    if remarks:
        tally.attrs["remarks"] = remarks
    return tally


def _leave_out_nested(columns: Columns, schema: Mapping[str, Any]) -> Columns:
    """Return the columns without settings and states that are lists or objects, as engines differ."""
    nested = {name for name, kind in schema.items() if kind.is_nested()}
    return columns._replace(
        settings=tuple((name, column) for name, column in columns.settings if column not in nested),
        states=tuple(name for name in columns.states if name not in nested),
        uses=tuple(name for name in columns.uses if name not in nested),
        records=tuple(name for name in columns.records if name not in nested),
    )


def _count_columns(
    table: Any,
    columns: Columns,
    place: str,
    numbers: Mapping[str, int],
    *,
    details: bool,
    watched: Columns | None = None,
    has_arn: bool | None = None,
) -> pd.DataFrame:
    """Count the rows by name, and list accounts and Regions if requested.

    ``numbers`` has the number of resources by the text of its cell.

    If ``watched`` has ids that name the resource better, they are counted by those columns instead.
    ``has_arn`` tells whether some names are ARNs, if that is known.
    """
    import narwhals as nw

    if has_arn is None:
        has_arn = has_arns(table, columns, _select_text(columns, NAMES))
    keys = _select_keys(columns, has_arn=has_arn)
    number = {"number": select_number(table, columns.number)} if columns.number else {}
    locations = _select_text(columns, LOCATION) if details else {}
    costs = _select_costs(columns) if details else {}
    ids = _select_id(columns) if columns.counted_by == BY_ID else {}
    watch = {}
    if watched and watched != columns:
        telling = select_telling(nw.col(watched.identifier).cast(nw.String))
        watch = {"telling": telling.cast(nw.Int64)}
    is_by_arn = not (ids or columns.is_bill or columns.repeats)
    if is_by_arn and has_arn:
        ids = {"arn": select_full_arn(choose_name(columns, _select_names(columns)))}
    elif ids and not columns.is_bill:
        thing, arn = ids["thing"], select_full_arn(ids["thing"])
        keys |= {"partition": select_partition(thing)}
        thing = _add_location(thing, columns) if columns.has_periods else thing
        ids = {"thing": nw.when(arn == "").then(thing).otherwise(arn), "arn": arn}
    rows = table.select(**keys, **number, **locations, **costs, **ids, **watch)

    # Costs are added up with the rows; of things with ids or ARNs, each is counted once.
    counts, counted_by = None, columns.counted_by
    if columns.is_bill and ids and set(LINE) & set(keys):
        counts = count_line_things(rows, list(keys), list(costs))
        counted_by = AT_MOST if counts is None else BY_ID
    if counts is None:
        sums = [*costs, *watch]
        by, has_unnamed = next(iter(ids), ""), is_by_arn or columns.has_periods
        grouped = count_rows_by_key(rows, [*keys, *number], sums, by=by, has_unnamed=has_unnamed)
        counts = _collect(grouped, place)
    if costs:  # no cost is no zero
        counts["cost"] = counts["cost"].astype("float64").where(counts.pop("priced") > 0)
    if watched and watch and counts.pop("telling").sum():
        return _count_columns(table, watched, place, numbers, details=details)
    if "arn" in ids:
        counts = add_arns(counts, rows, [*keys, *number])
    names = {
        role: _collect(rows.group_by(*keys, role).agg(nw.len().alias("rows")), place)
        for role in locations
    }

    # What is left is small: the name of every group is chosen here.
    counts = name_groups(counts, columns)
    products = list_products(table, columns)
    counts = name_products(counts, products)
    if is_by_arn and not has_arn and counts["identifier"].str.startswith("arn:").any():
        return _count_columns(table, columns, place, numbers, details=details, has_arn=True)
    named = {role: name_groups(one, columns) for role, one in names.items()}
    named = {role: name_products(one, products) for role, one in named.items()}
    named |= {"partition": counts} if "partition" in counts else {}
    if columns.is_bill and not set(LINE) & set(keys):
        counts = counts.assign(usage_type="")
        named = {role: one.assign(usage_type="") for role, one in named.items()}
    if columns.number:
        tally = _sum_up_numbers(counts, named, place, counted_by, numbers)
    else:
        tally = _sum_up(counts, named, place, counted_by, repeats=columns.repeats)
    return tally


def _select_costs(columns: Columns) -> dict[str, Any]:
    import narwhals as nw

    amounts = [nw.col(name).cast(nw.Float64).fill_null(0.0) for name in columns.costs]
    if not amounts:
        return {}
    is_paid = amounts[0] != 0.0
    for amount in amounts[1:]:
        is_paid = is_paid | (amount != 0.0)
    is_unknown = nw.all_horizontal(
        *(nw.col(name).is_null() for name in columns.costs), ignore_nulls=False
    )
    is_paid = is_paid | is_unknown  # what has no cost is not said to cost nothing
    has_cost = ~nw.col(columns.costs[0]).is_null()
    return {
        "cost": amounts[0], "paid": is_paid.cast(nw.Int64), "priced": has_cost.cast(nw.Int64)
    }  # fmt: skip


def _select_text(columns: Columns, roles: Iterable[str]) -> dict[str, Any]:
    import narwhals as nw

    picked = {role: getattr(columns, role) for role in roles}
    return {role: nw.col(name).cast(nw.String) for role, name in picked.items() if name}


def _select_names(columns: Columns) -> dict[str, Any]:
    named = _select_text(columns, NAMES)
    return {role: text.str.strip_chars() for role, text in named.items()}


def _select_id(columns: Columns) -> dict[str, Any]:
    return {"thing": _select_text(columns, ["thing"])["thing"].str.strip_chars()}


def _add_location(thing: Any, columns: Columns) -> Any:
    """Return the expression for an id with its account and Region, beyond which it may be repeated."""
    import narwhals as nw

    places = _select_text(columns, LOCATION).values()
    whole = nw.concat_str([thing, *(text.fill_null("") for text in places)], separator=PART_OF_LINE)
    return nw.when(thing.fill_null("") == "").then(nw.lit("")).otherwise(whole)


def _select_keys(columns: Columns, *, has_arn: bool) -> dict[str, Any]:
    """Return the expressions to group rows by.

    Types and services are grouped by their unchanged columns, which is fastest. If there are ids among
    the names, or ids identify the resources, the name is chosen for every row.
    """
    import narwhals as nw

    keys = _select_text(columns, NAMING)
    if "charge" in keys:
        keys["charge"] = select_charge(keys["charge"], columns)
    named = _select_text(columns, NAMES)
    if has_arn:
        name = choose_name(columns, _select_names(columns))
        keys |= {"identifier": shorten_arns(name), "partition": select_partition(name)}
    elif columns.has_kinds and columns.counted_by != BY_ID:
        keys |= named
    else:
        keys |= {"identifier": choose_name(columns, named)}
    keys["identifier"] = choose_product(keys["identifier"], columns)
    if columns.kind:
        keys["identifier"] = select_kind_of_id(keys["identifier"], columns.kind)
    keys |= select_line(columns)
    keys |= select_settings(columns)

    if columns.counted_by == BY_ID and "charge" in keys:
        # Usage of several kinds is of one thing: only charges that are no service stay apart.
        charge = keys["charge"].str.to_lowercase().str.replace_all("[^a-z0-9]", "")
        is_charge = charge.is_in(list(CHARGES)) | charge.str.ends_with("discount")
        keys["charge"] = nw.when(is_charge).then(keys["charge"]).otherwise(nw.lit(""))
    if columns.result and columns.message and (columns.counted_by == BY_ID or columns.check):
        texts = _select_text(columns, ["result", "message", "check", "thing"])  # is it in use at all?
        keys["missing"] = build_missing(**texts)
    if told := columns.states + columns.uses + columns.records:
        texts = {name: nw.col(name).cast(nw.String) for name in told}
        by = [[texts[name] for name in one] for one in (columns.states, columns.uses, columns.records)]
        keys["state"] = select_state(*by)
    return keys


def count_records(
    records: list[dict[str, Any]],
    place: str,
    profiles: Profiles,
    *,
    details: bool,
    has_objects: bool = False,
) -> pd.DataFrame | None:
    """Count the rows of a table given as a list of objects in JSON or YAML."""
    scalars = (str, int, float, bool, type(None), dt.date)
    keys = list(dict.fromkeys(key for record in records for key in record if isinstance(key, str)))

    if find_profile(keys, profiles) is None:
        return None
    columns = pick_columns(keys, place, profiles)
    named = columns.identifier
    if columns.kind == BY_PREFIX and not any(is_known_id(row.get(named)) for row in records[:HEAD]):
        return None
    others = [cell for row in records for key, cell in row.items() if key == named or not has_objects]
    if not all(isinstance(cell, scalars) for cell in others):
        return None
    if not all(_is_identifier(str(record.get(named) or "")) for record in records):
        return None

    cells = [[record.get(key) for key in keys] for record in records]
    texts = [
        ["" if isinstance(cell, list | dict) else write_cell(cell) for cell in row] for row in cells
    ]
    table = pd.DataFrame(texts, columns=keys, dtype="str")
    return count_table(table, place, profiles, details=details)


def _is_identifier(text: str) -> bool:
    is_short = len(text) <= LONGEST_NAME or text.strip().startswith("arn:")
    return is_short and len(text.splitlines()) <= 1


def _convert_to_text(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Convert columns to text, with missing values as empty text, where pandas 2 would write "None".

    Costs given as text become numbers, or missing values if they cannot be converted.
    """
    texts = {getattr(columns, role) for role in ROLES} - {"", *columns.costs}
    texts |= {column for _, column in columns.settings}
    texts -= {columns.product} if has_properties(columns) else set()
    texts |= set(columns.numbers)
    texts -= {name for name in columns.numbers if pd.api.types.is_numeric_dtype(frame[name])}
    if columns.account:
        frame = frame.assign(**{columns.account: _restore_whole(frame[columns.account])})
    texts |= {*columns.states, *columns.uses, *columns.records}
    cells = {name: frame[name].astype(object) for name in texts}
    written = {name: column.where(column.notna(), "").astype(str) for name, column in cells.items()}
    for cost in columns.costs:
        written[cost] = read_amounts(frame[cost])
    return frame.assign(**written)


def _restore_whole(column: pd.Series) -> pd.Series:
    """Return whole numbers that pandas made fractions because some are missing, such as accounts."""
    if not pd.api.types.is_float_dtype(column):
        return column
    filled = column.dropna()
    return column.astype("Int64") if (filled % 1 == 0).all() else column


def _collect(rows: Any, place: str) -> pd.DataFrame:
    """Collect the counted rows in pandas, unless there is one per resource."""
    collected: pd.DataFrame = rows.head(MOST_GROUPS + 1).collect(backend="pandas").to_native()
    if len(collected) > MOST_GROUPS:
        raise EstateError(
            f"{place}: more than {MOST_GROUPS:,} distinct values; expected kinds of resources or ARNs, "
            "not names of single resources"
        )
    return collected


def _sum_up(
    counts: pd.DataFrame,
    names: dict[str, pd.DataFrame],
    place: str,
    counted_by: str,
    *,
    repeats: bool,
) -> pd.DataFrame:
    rows = label_rows(counts)
    if rows["identifier"].is_unique:
        rows = rows.sort_values("identifier", ignore_index=True)
    else:
        rows = _add_equal(rows)
    for role, found in names.items():
        joined = label_rows(found).groupby(LABELS)[role].agg(join_names)
        joined = joined.reindex(pd.MultiIndex.from_frame(rows[LABELS]), fill_value="")
        rows[f"{role}s"] = joined.to_numpy()
    rows = rows.assign(place=place)
    return build_tally(_count_things(rows, counted_by, repeats=repeats))


def _sum_up_numbers(
    counts: pd.DataFrame,
    names: dict[str, pd.DataFrame],
    place: str,
    counted_by: str,
    numbers: Mapping[str, int],
) -> pd.DataFrame:
    """Add up the counts of rows with a number of resources, and those of rows without one.

    Each row is as many resources as its number, even if it has an ARN.
    """
    in_each = counts["number"].map(numbers).fillna(NO_NUMBER).astype("int64")
    counts, names = (
        counts.drop(columns="number"),
        {role: found.drop(columns="number", errors="ignore") for role, found in names.items()},
    )
    others, numbered = counts[in_each < 0], counts[in_each >= 0]
    numbered = numbered.assign(things=numbered["rows"] * in_each)
    numbered = numbered.drop(columns=["arns", "ids"], errors="ignore")

    parts = []
    if len(others):
        parts.append(_sum_up(others, names, place, counted_by, repeats=False))
    if len(numbered):
        tally = _sum_up(numbered, names, place, BY_ROW, repeats=False)
        parts.append(tally.assign(counted_by=BY_NUMBER))
    return build_tally(pd.concat(parts, ignore_index=True)) if parts else build_tally([])


def _add_equal(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.groupby(LABELS)
    sums = {name: grouped[name].sum() for name in ("rows", "paid", "things", "arns") if name in rows}
    if "cost" in rows:
        sums["cost"] = grouped["cost"].sum(min_count=1)
    if "ids" in rows:
        # A resource in several of these rows is one resource.
        sums["ids"] = grouped["ids"].agg(join_ids)
        listed = rows["ids"].map(lambda ids: len(ids) if isinstance(ids, frozenset) else 0)
        once = sums["ids"].map(len) - listed.groupby([rows[name] for name in LABELS]).sum()
        sums["things"] = sums["things"] + once
    return pd.DataFrame(sums).reset_index()


def _count_things(rows: pd.DataFrame, counted_by: str, *, repeats: bool) -> pd.DataFrame:
    """Add the number of resources, and how they were counted.

    A row with a type is one resource, and so are all rows with the same ARN. The name of a service
    counts as one resource, however often it is repeated. Findings about a type, without ids, are about
    as many resources at most.
    """
    things = rows.get("things", rows["rows"])
    has_arn = rows["arns"] > 0 if "arns" in rows else pd.Series(False, index=rows.index)
    if counted_by == BY_ROW:
        return rows.assign(resources=things, counted_by=has_arn.map({True: BY_ID, False: BY_ROW}))
    if counted_by in (BY_ID, AT_MOST):
        by = rows["things"].gt(0).map({True: counted_by, False: BY_NAME})
        return rows.assign(resources=rows["things"].clip(lower=1), counted_by=by)
    is_type = rows["identifier"].map(is_own_word).astype(bool)
    of_names = rows["arns"].clip(lower=1) if "arns" in rows else 1
    by = is_type.map({True: AT_MOST if repeats else BY_ROW, False: BY_NAME})
    return rows.assign(resources=things.where(is_type, of_names), counted_by=by.mask(has_arn, BY_ID))


MOST_IDS = 1_000_000
"""Maximum number of distinct ids in a table that are kept, over all usage types of a bill."""


def count_rows_by_key(
    rows: Any, keys: Iterable[str], costs: Iterable[str], *, by: str, has_unnamed: bool = False
) -> Any:
    """Count rows and sum costs by key, and resources that may have several rows."""
    import narwhals as nw

    if not by:
        return rows.group_by(*keys).agg(nw.len().alias("rows"), *(nw.col(name).sum() for name in costs))
    is_named = nw.col(by).fill_null("") != ""
    things = nw.when(is_named).then(nw.lit(1)).otherwise(nw.col("rows")) if has_unnamed else is_named
    counts = {"things": things.cast(nw.Int64)}
    counts |= {"arns": is_named.cast(nw.Int64)} if by == "arn" else {}
    # Two steps of grouping need less memory than sets of distinct ids.
    return (
        _count_pairs(rows, keys, costs, by)
        .with_columns(**counts)
        .group_by(*keys)
        .agg(*(nw.col(name).sum() for name in ("rows", *counts, *costs)))
    )


def add_arns(counts: pd.DataFrame, rows: Any, keys: list[str]) -> pd.DataFrame:
    """Add the set of ARNs per key as ``ids``, so that an ARN in several tables is one resource.

    If there are too many to keep apart, each table counts its own.
    """
    import narwhals as nw

    if not 0 < counts["arns" if "arns" in counts else "things"].sum() <= MOST_IDS:
        return counts
    pairs = rows.filter(nw.col("arn") != "").group_by(*keys, "arn").agg(nw.len().alias("rows"))
    found: pd.DataFrame = pairs.collect(backend="pandas").to_native()
    if found.empty:
        return counts
    found["ids"] = [hash(str(arn)) for arn in found["arn"]]
    sets = found.groupby(keys, dropna=False)["ids"].agg(frozenset).reset_index()
    return counts.merge(sets, on=keys, how="left", validate="one_to_one")


def _count_pairs(rows: Any, keys: Iterable[str], costs: Iterable[str], by: str = "thing") -> Any:
    """Count rows by key and resource, determining the kind of a resource once per id."""
    import narwhals as nw

    others = [key for key in keys if key != "resource"]
    pairs = rows.group_by(*others, by).agg(
        nw.len().alias("rows"), *(nw.col(name).sum() for name in costs)
    )
    has_kind = len(others) < len(list(keys))
    return pairs.with_columns(resource=select_kind(nw.col("thing"))) if has_kind else pairs


def count_line_things(rows: Any, keys: list[str], costs: list[str]) -> pd.DataFrame | None:
    """Count bill lines, with the set of resources per key, as a resource has several usage types.

    Return None if there are too many resources to keep apart. Each is then counted once per usage type,
    which is an upper bound.
    """
    pairs: pd.DataFrame = (
        _count_pairs(rows, keys, costs).head(MOST_IDS + 1).collect(backend="pandas").to_native()
    )
    if len(pairs) > MOST_IDS:
        return None
    pairs = pairs.fillna(dict.fromkeys([*keys, "thing"], ""))
    named = ~pairs["thing"].astype("str").str.strip().str.lower().isin(NOTHING)
    pairs["ids"] = [
        hash(str(one)) if has else None for one, has in zip(pairs["thing"], named, strict=True)
    ]
    grouped = pairs.assign(things=named.astype("int64")).groupby(keys)
    counts = grouped[["rows", "things", *costs]].sum()
    sets = pairs[named].groupby(keys)["ids"].agg(frozenset)
    return counts.assign(ids=sets.reindex(counts.index)).reset_index()
