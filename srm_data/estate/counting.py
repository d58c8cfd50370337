"""Count tables of any size in their own engine: a file in DuckDB, a frame where it is.

Only one row per distinct identifier (and account and Region, where they are wanted) reaches pandas.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pandas as pd

from srm_data.estate.arns import shorten_arn
from srm_data.estate.columns import (
    LINE,
    Columns,
    Profile,
    find_profile,
    fold_name,
    list_unread_money,
    pick_columns,
)
from srm_data.estate.findings import MISSING, build_missing, is_own_word
from srm_data.estate.lines import join_line, select_line
from srm_data.estate.money import read_amounts
from srm_data.estate.naming import choose_name, has_arns, shorten_arns
from srm_data.estate.resources import (
    BY_ID,
    BY_NAME,
    BY_ROW,
    build_tally,
    describe_provider,
    join_ids,
    join_names,
)
from srm_data.estate.things import NOTHING, count_line_things, count_rows_by_key
from srm_data.exceptions import EstateError

NAMING = ("identifier", "charge", "provider")
COUNTED = ("rows", "cost", "things", "missing", "ids")
LOCATION = ("account", "region")
MOST_GROUPS = 2_000_000


LONGEST_IDENTIFIER = 500
LONGEST_NAME = 80  # of a service or a resource type; the longest known has 65 characters
OWN_NAMES = ("aws", "amazon", "aispl")  # the last is Amazon's company in India
MARKETPLACE = "AWS Marketplace"
CHARGES = {
    "tax": "a tax", "refund": "a refund", "credit": "a credit", "adjustment": "an adjustment",
    "rifee": "a fee for reserved capacity", "savingsplanupfrontfee": "a fee of a Savings Plan",
    "savingsplanrecurringfee": "a fee of a Savings Plan",
    "savingsplannegation": "the balance of a Savings Plan", "invoicetotal": "a total",
    "statementtotal": "a total", "accounttotal": "a total", "rounding": "a rounding",
}  # fmt: skip


def count_table(
    frame: Any, place: str, profiles: tuple[Profile, ...], *, details: bool
) -> pd.DataFrame:
    """Count the rows of a table by identifier.

    Parameters
    ----------
    frame
        Anything that Narwhals supports: a frame of pandas, Polars, DuckDB, PySpark, Dask, Ibis ...
    place
        Its name in errors and results.
    profiles
        From :func:`~srm_data.estate.columns.build_profiles`.
    details
        Whether to list accounts and Regions, and to add up costs. Costs that are no number count as 0.

    Returns
    -------
    DataFrame
        As :func:`~srm_data.estate.resources.tally_resources` returns it.

    Raises
    ------
    EstateError
        If no column names a resource or a service, or if the one that does has one value per resource.
    """
    import narwhals as nw
    from narwhals.exceptions import NarwhalsError

    try:
        table = nw.from_native(frame).lazy()
        schema = table.collect_schema()
    except (TypeError, ValueError, NarwhalsError) as error:
        raise EstateError(f"{place}: no table that can be read ({type(error).__name__})") from error

    columns = pick_columns(schema.names(), place, profiles)
    place = f"{place}, column {columns.identifier}"
    if isinstance(frame, pd.DataFrame):
        table = nw.from_native(_convert_to_text(frame, columns)).lazy()
    elif details and columns.cost and schema[columns.cost] == nw.String:
        raise EstateError(f"{place}: column {columns.cost} is text; expected numbers")

    keys = _select_keys(table, columns)
    locations = _select_text(columns, LOCATION) if details else {}
    has_cost = details and columns.cost
    costs = {"cost": nw.col(columns.cost).cast(nw.Float64).fill_null(0.0)} if has_cost else {}
    ids = _select_id(columns) if columns.counted_by == BY_ID else {}
    rows = table.select(**keys, **locations, **costs, **ids)

    counts = None
    if ids and set(LINE) & set(keys):
        counts = count_line_things(rows, list(keys), list(costs))
    if counts is None:
        counts = _collect(count_rows_by_key(rows, keys, costs, has_ids=bool(ids)), place)
    names = {
        role: _collect(rows.group_by(*keys, role).agg(nw.len().alias("rows")), place)
        for role in locations
    }
    tally = _sum_up(counts, names, place, columns.counted_by)
    unread = [] if columns.cost else list_unread_money(schema.names())
    if unread:
        tally.attrs["remarks"] = [f"{place}: not read as a cost: {', '.join(unread)}"]
    return tally


def _select_text(columns: Columns, roles: Iterable[str]) -> dict[str, Any]:
    """Return an expression per role that has a column: its value as text."""
    import narwhals as nw

    picked = {role: getattr(columns, role) for role in roles}
    return {role: nw.col(name).cast(nw.String) for role, name in picked.items() if name}


def _select_id(columns: Columns) -> dict[str, Any]:
    """Return the expression of what tells the things apart."""
    return {"thing": _select_text(columns, ["thing"])["thing"]}


def _select_keys(table: Any, columns: Columns) -> dict[str, Any]:
    """Return the expressions that rows are grouped by, the identifier with its ARNs shortened."""
    import narwhals as nw

    keys = _select_text(columns, NAMING)
    named = _select_text(columns, ["identifier", "otherwise", "last"])
    identifier = choose_name(columns, named)
    if has_arns(table, columns, named):
        identifier = shorten_arns(identifier)
    keys |= {"identifier": identifier}
    keys |= select_line(columns)

    if columns.counted_by == BY_ID and "charge" in keys:
        # Usage of several kinds is of one thing: only charges that are no service stay apart.
        charge = keys["charge"].str.to_lowercase().str.replace_all("[^a-z0-9]", "")
        is_charge = charge.is_in(list(CHARGES)) | charge.str.ends_with("discount")
        keys["charge"] = nw.when(is_charge).then(keys["charge"]).otherwise(nw.lit(""))
    if columns.result and columns.message and (columns.counted_by == BY_ID or columns.check):
        texts = _select_text(columns, ["result", "message", "check", "thing"])  # is it in use at all?
        keys["missing"] = build_missing(**texts)
    return keys


def count_records(
    records: list[dict[str, Any]], place: str, profiles: tuple[Profile, ...], *, details: bool
) -> pd.DataFrame | None:
    """Count the rows of a table that is a list of objects in JSON or YAML.

    Returns
    -------
    DataFrame
        As :func:`count_table` returns it. None if this is no table: no key names a resource, a value is
        a list or an object, or an identifier can be neither a name nor an ARN.
    """
    scalars = (str, int, float, bool, type(None), dt.date)
    keys = list(dict.fromkeys(key for record in records for key in record if isinstance(key, str)))

    if find_profile(keys, profiles) is None:
        return None
    if not all(isinstance(cell, scalars) for record in records for cell in record.values()):
        return None
    named = pick_columns(keys, place, profiles).identifier
    if not all(_is_identifier(str(record.get(named) or "")) for record in records):
        return None

    table = pd.DataFrame(
        [["" if record.get(key) is None else str(record[key]) for key in keys] for record in records],
        columns=keys, dtype="str",
    )  # fmt: skip
    return count_table(table, place, profiles, details=details)


def _is_identifier(text: str) -> bool:
    """Return whether this can be a short name or an ARN, in one line."""
    is_short = len(text) <= LONGEST_NAME or text.strip().startswith("arn:")
    return is_short and len(text.splitlines()) <= 1


def _convert_to_text(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Turn columns into text, and missing values into empty text: pandas 2 would write the word None.

    Costs that are text become numbers; they are missing if they are none.
    """
    texts = {name for name in columns[:-2] if name and name != columns.cost}
    written = {
        name: frame[name].astype(object).where(frame[name].notna(), "").astype(str) for name in texts
    }
    if columns.cost:
        written[columns.cost] = read_amounts(frame[columns.cost])
    return frame.assign(**written)


def _collect(rows: Any, place: str) -> pd.DataFrame:
    """Collect counted rows in pandas, unless there is one per resource."""
    collected: pd.DataFrame = rows.head(MOST_GROUPS + 1).collect(backend="pandas").to_native()
    if len(collected) > MOST_GROUPS:
        raise EstateError(
            f"{place}: more than {MOST_GROUPS:,} distinct values; expected kinds of resources or ARNs, "
            "not names of single resources"
        )
    return collected


def _sum_up(
    counts: pd.DataFrame, names: dict[str, pd.DataFrame], place: str, counted_by: str
) -> pd.DataFrame:
    """Sum the counts up to one row per identifier, and join the names of accounts and Regions."""
    keys = ["identifier", "no_service", "line"]
    grouped = _label_rows(counts).groupby(keys)

    rows = grouped["rows"].sum().to_frame()
    rows["ids"] = grouped["ids"].agg(join_ids) if "ids" in counts else None
    rows["cost"] = grouped["cost"].sum(min_count=1) if "cost" in counts else float("nan")
    things = grouped["things"].sum() if "things" in counts else 0
    for role in ("account", "region"):
        rows[f"{role}s"] = ""
        if role in names:
            joined = _label_rows(names[role]).groupby(keys)[role].agg(join_names)
            rows[f"{role}s"] = joined.reindex(rows.index, fill_value="")

    return (
        rows.assign(things=things)
        .reset_index()
        .assign(variant="", variant_offering_id="", variant_certain="", others="", place=place)
        .pipe(_count_things, counted_by)
        .pipe(build_tally)
    )


def _count_things(rows: pd.DataFrame, counted_by: str) -> pd.DataFrame:
    """Add the things that rows stand for, and how they were counted.

    A row that names a type or an ARN is a thing; a name of a service alone stands for one, however
    often it is repeated.
    """
    is_type = rows["identifier"].map(is_own_word).astype(bool)
    if counted_by == BY_ROW:
        return rows.assign(resources=rows["rows"], counted_by=BY_ROW)
    if counted_by == BY_ID:
        by = rows["things"].gt(0).map({True: BY_ID, False: BY_NAME})
        return rows.assign(resources=rows["things"].clip(lower=1), counted_by=by)
    return rows.assign(
        resources=rows["rows"].where(is_type, 1),
        counted_by=is_type.map({True: BY_ROW, False: BY_NAME}),
    )


def _label_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Clean the text of counted rows, and set apart charges and rows of other providers."""
    roles = [str(role) for role in rows if role not in COUNTED]
    text = {
        role: pd.Series(rows[role].astype(object).fillna(""), dtype="str").str.strip() for role in roles
    }

    empty = pd.Series("", index=rows.index, dtype="str")
    charges, providers = text.get("charge", empty), text.get("provider", empty)
    kinds = pd.Series(list(zip(charges, providers, strict=True)), index=rows.index, dtype=object)
    reasons = {kind: _describe_no_service(*kind) for kind in kinds.unique()}
    no_service = kinds.map(reasons).astype("str")
    if "missing" in rows:
        is_missing = rows["missing"].fillna(False).astype(bool) & (no_service == "")
        no_service = no_service.mask(is_missing, MISSING)

    is_charge = no_service.str.startswith("a charge")
    shortened = pd.Series(
        [_shorten_text(identifier) for identifier in text["identifier"]], index=rows.index, dtype="str"
    )
    named = {"identifier": shortened.mask(is_charge, charges), "no_service": no_service}
    named["line"] = join_line(text, empty, NOTHING).mask(is_charge, "")
    return rows.assign(**(text | named))


def _shorten_text(identifier: str) -> str:
    """Shorten ARNs that the engine left and text that is too long; drop words such as "null"."""
    if identifier.lower() in NOTHING:
        return ""
    shortened = shorten_arn(identifier) or identifier
    return (
        shortened if len(shortened) <= LONGEST_IDENTIFIER else f"{shortened[:LONGEST_IDENTIFIER]} ..."
    )


def _is_own(provider: str) -> bool:
    """Return whether this is a name of AWS: aws, aws-cn, Amazon Web Services, Inc., hashicorp/aws."""
    return provider.lower().rpartition("/")[2].startswith(OWN_NAMES)


def _describe_no_service(charge: str, provider: str) -> str:
    """Describe why a row is no service; return empty text for one that may be."""
    if provider == MARKETPLACE:
        return "bought on AWS Marketplace, of another vendor"
    if provider.lower() not in NOTHING and not _is_own(provider):
        return describe_provider(provider, "a row of another provider: {}")
    folded = fold_name(charge)
    reason = CHARGES.get(folded) or ("a discount" if folded.endswith("discount") else "")
    return f"a charge, not a service: {reason}" if reason else ""
