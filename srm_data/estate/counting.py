"""Count tables of any size in their own engine: a file in DuckDB, a frame where it is.

Only one row per distinct identifier (and account and Region, where they are wanted) reaches pandas.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pandas as pd

from srm_data.estate.arns import shorten_arn
from srm_data.estate.columns import ARNS, TYPES, Columns, find_profile, fold_name, pick_columns
from srm_data.estate.resources import SEPARATOR, build_tally, describe_provider
from srm_data.exceptions import EstateError

NAMING = ("identifier", "charge", "provider")
LOCATION = ("account", "region")
MOST_GROUPS = 2_000_000
LONGEST_IDENTIFIER = 500
LONGEST_NAME = 80  # of a service or a resource type; the longest known has 65 characters
OWN_NAMES = ("aws", "amazon", "aispl")  # the last is Amazon's company in India
NOTHING = {"", "null", "none", "nan", "n/a", "-"}
MARKETPLACE = "AWS Marketplace"
CHARGES = {
    "tax": "a tax", "refund": "a refund", "credit": "a credit", "adjustment": "an adjustment",
    "rifee": "a fee for reserved capacity", "savingsplanupfrontfee": "a fee of a Savings Plan",
    "savingsplanrecurringfee": "a fee of a Savings Plan",
    "savingsplannegation": "the balance of a Savings Plan",
}  # fmt: skip


def count_table(frame: Any, place: str, *, details: bool) -> pd.DataFrame:
    """Count the rows of a table by identifier.

    Parameters
    ----------
    frame
        Anything that Narwhals supports: a frame of pandas, Polars, DuckDB, PySpark, Dask, Ibis ...
    place
        Its name in errors and results.
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

    columns = pick_columns(schema.names(), place)
    place = f"{place}, column {columns.identifier}"
    if isinstance(frame, pd.DataFrame):
        table = nw.from_native(_convert_to_text(frame, columns)).lazy()
    elif details and columns.cost and schema[columns.cost] == nw.String:
        raise EstateError(f"{place}: column {columns.cost} is text; expected numbers")

    keys = _select_keys(table, columns)
    locations = _select_text(columns, LOCATION) if details else {}
    has_cost = details and columns.cost
    costs = {"cost": nw.col(columns.cost).cast(nw.Float64).fill_null(0.0)} if has_cost else {}
    rows = table.select(**keys, **locations, **costs)

    counts = rows.group_by(*keys).agg(
        nw.len().alias("resources"), *(nw.col(name).sum() for name in costs)
    )
    names = {
        role: _collect(rows.group_by(*keys, role).agg(nw.len().alias("resources")), place)
        for role in locations
    }
    return _sum_up(_collect(counts, place), names, place)


def _select_text(columns: Columns, roles: Iterable[str]) -> dict[str, Any]:
    """Return an expression per role that has a column: its value as text."""
    import narwhals as nw

    picked = {role: getattr(columns, role) for role in roles}
    return {role: nw.col(name).cast(nw.String) for role, name in picked.items() if name}


def _select_keys(table: Any, columns: Columns) -> dict[str, Any]:
    """Return the expressions that rows are grouped by, the identifier with its ARNs shortened."""
    import narwhals as nw

    keys = _select_text(columns, NAMING)
    identifier = keys["identifier"]
    otherwise = _select_text(columns, ["otherwise"]).get("otherwise")

    if otherwise is not None:
        # A type such as "Instance" says less than the service beside it.
        has = identifier.str.contains  # two plain searches are ten times as fast as a pattern
        is_typed = (has(":", literal=True) | has("_", literal=True)).fill_null(False)
        identifier = nw.when(is_typed).then(identifier).otherwise(otherwise)
    if fold_name(columns.identifier) not in TYPES and _has_arns(table, columns.identifier):
        identifier = _shorten(identifier, identifier if otherwise is None else otherwise)
    return keys | {"identifier": identifier}


def count_records(records: list[dict[str, Any]], place: str, *, details: bool) -> pd.DataFrame | None:
    """Count the rows of a table that is a list of objects in JSON or YAML.

    Returns
    -------
    DataFrame
        As :func:`count_table` returns it. None if this is no table: no key names a resource, a value is
        a list or an object, or an identifier can be neither a name nor an ARN.
    """
    scalars = (str, int, float, bool, type(None), dt.date)
    keys = list(dict.fromkeys(key for record in records for key in record if isinstance(key, str)))

    if find_profile(keys) is None:
        return None
    if not all(isinstance(cell, scalars) for record in records for cell in record.values()):
        return None
    named = pick_columns(keys, place).identifier
    if not all(_is_identifier(str(record.get(named) or "")) for record in records):
        return None

    table = pd.DataFrame(
        [["" if record.get(key) is None else str(record[key]) for key in keys] for record in records],
        columns=keys, dtype="str",
    )  # fmt: skip
    return count_table(table, place, details=details)


def _is_identifier(text: str) -> bool:
    """Return whether this can be a short name or an ARN, in one line."""
    is_short = len(text) <= LONGEST_NAME or text.strip().startswith("arn:")
    return is_short and len(text.splitlines()) <= 1


def _convert_to_text(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Turn columns into text, and missing values into empty text: pandas 2 would write the word None.

    Costs that are text become numbers; they are missing if they are none.
    """
    texts = {name for name in columns if name and name != columns.cost}
    written = {
        name: frame[name].astype(object).where(frame[name].notna(), "").astype(str) for name in texts
    }
    if columns.cost:
        written[columns.cost] = pd.to_numeric(frame[columns.cost], errors="coerce")
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


def _has_arns(table: Any, column: str) -> bool:
    """Return whether the name or the first rows of a column are of ARNs.

    To shorten every value of a column without ARNs would take time. ARNs further down are shortened in
    pandas, after they were counted.
    """
    import narwhals as nw

    if fold_name(column) in ARNS:
        return True
    head = table.select(nw.col(column).cast(nw.String).alias("first")).head(1000)
    return any(
        str(value).strip().startswith("arn:") for value in head.collect(backend="pandas")["first"]
    )


def _shorten(text: Any, otherwise: Any) -> Any:
    """Shorten ARNs in the engine, as :func:`~srm_data.estate.arns.shorten_arn` does.

    The patterns only remove text, as engines write back references in different ways.
    """
    import narwhals as nw

    service = text.str.replace_all("^arn:[^:]*:", "").str.replace_all(":.*$", "")
    resource = text.str.replace_all("^arn:[^:]*:[^:]*:[^:]*:[^:]*:/?", "")
    kind = nw.concat_str([service, nw.lit(":"), resource.str.replace_all("[/:].*$", "")])
    shortened = nw.when(resource.str.contains("[/:]")).then(kind).otherwise(service)
    for step in ("app", "net", "gwy"):
        balancer = f"loadbalancer/{step}"
        named = nw.concat_str([service, nw.lit(f":{balancer}")])
        shortened = nw.when(resource.str.starts_with(f"{balancer}/")).then(named).otherwise(shortened)
    bucket = text.str.contains("^arn:[^:]*:s3:[^:]*::")
    shortened = nw.when(bucket).then(nw.lit("s3:bucket")).otherwise(shortened)
    is_arn = text.str.contains("^arn:[^:]*:[^:]+:[^:]*:[^:]*:")
    return nw.when(is_arn).then(shortened).otherwise(otherwise)


def _sum_up(counts: pd.DataFrame, names: dict[str, pd.DataFrame], place: str) -> pd.DataFrame:
    """Sum the counts up to one row per identifier, and join the names of accounts and Regions."""
    keys = ["identifier", "no_service"]
    grouped = _label_rows(counts).groupby(keys)

    rows = grouped["resources"].sum().to_frame()
    rows["cost"] = grouped["cost"].sum(min_count=1) if "cost" in counts else float("nan")
    for role in ("account", "region"):
        rows[f"{role}s"] = ""
        if role in names:
            joined = _label_rows(names[role]).groupby(keys)[role].agg(join_names)
            rows[f"{role}s"] = joined.reindex(rows.index, fill_value="")

    return (
        rows.reset_index()
        .assign(variant="", variant_offering_id="", variant_certain="", place=place)
        .pipe(build_tally)
    )


def _label_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Clean the text of counted rows, and set apart charges and rows of other providers."""
    roles = [str(role) for role in rows if role not in ("resources", "cost")]
    text = {
        role: pd.Series(rows[role].astype(object).fillna(""), dtype="str").str.strip() for role in roles
    }

    empty = pd.Series("", index=rows.index, dtype="str")
    charges, providers = text.get("charge", empty), text.get("provider", empty)
    kinds = pd.Series(list(zip(charges, providers, strict=True)), index=rows.index, dtype=object)
    reasons = {kind: _describe_no_service(*kind) for kind in kinds.unique()}
    no_service = kinds.map(reasons).astype("str")

    is_charge = no_service.str.startswith("a charge")
    shortened = pd.Series(
        [_shorten_text(identifier) for identifier in text["identifier"]], index=rows.index, dtype="str"
    )
    named = {"identifier": shortened.mask(is_charge, charges), "no_service": no_service}
    return rows.assign(**(text | named))


def _shorten_text(identifier: str) -> str:
    """Shorten ARNs that the engine left and text that is too long; drop words such as "null"."""
    if identifier.lower() in NOTHING:
        return ""
    shortened = shorten_arn(identifier) or identifier
    return (
        shortened if len(shortened) <= LONGEST_IDENTIFIER else f"{shortened[:LONGEST_IDENTIFIER]} ..."
    )


def join_names(names: Iterable[str]) -> str:
    """Join distinct names, each of which may be several joined names."""
    distinct = {part for name in names for part in name.split(SEPARATOR)} - {"", "NULL"}
    return SEPARATOR.join(sorted(distinct))


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
