"""Count tables of any size where they are: in a file by DuckDB, in a frame by its own engine.

Counting comes first and is done by the engine; only one row per distinct identifier (and account and
Region, where they are wanted) reaches pandas. Nothing here collects resources.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from srm_data.estate.arns import shorten_arn
from srm_data.estate.resources import SEPARATOR, make_tally, name_provider
from srm_data.exceptions import EstateError


class Profile(NamedTuple):
    """A kind of table: by which columns it is told, and which of them say what.

    Names are in lower case, letters and digits only: ``lineItem/ProductCode`` and
    ``line_item_product_code`` are one. Of several names the first that is there counts.
    """

    needs: tuple[str, ...]
    identifier: tuple[str, ...]
    otherwise: tuple[str, ...] = ()
    charge: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()


class Columns(NamedTuple):
    """The columns of one table by what they say; empty where it has none."""

    identifier: str
    otherwise: str
    charge: str
    provider: str
    account: str
    region: str
    cost: str


ARNS = ("arn", "resourcearn", "resourceuid", "identifierarn")
TYPES = ("resourcetype", "terraformtype", "cloudformationtype")
SERVICES = (
    "service", "servicename", "servicecode", "productcode", "product", "productname", "awsservice",
    "awsservices", "awsservicename", "awsservicesused", "awsproduct", "services", "servicesused",
    "offering", "offeringid", "serviceid",
)  # fmt: skip
ACCOUNTS = (
    "accountid", "account", "awsaccountid", "awsaccount", "owningaccountid", "owningaccount",
    "linkedaccount", "linkedaccountid", "usageaccountid", "subaccountid", "accountuid",
)  # fmt: skip
REGIONS = ("region", "awsregion", "regionid", "regioncode", "location")
COSTS = ("cost", "unblendedcost", "amount", "billedcost", "effectivecost", "amortizedcost", "costs",
         "totalcost", "blendedcost", "servicetotal")  # fmt: skip
PROVIDERS = ("provider", "providername", "serviceprovidername", "cloudprovider", "cloud")
HEADERS = {
    *ARNS, *TYPES, *SERVICES, *ACCOUNTS, *REGIONS, *COSTS, *PROVIDERS, "name", "id", "owner", "system",
    "date", "type", "tags", "status", "description", "environment", "title", "created", "team",
}  # fmt: skip
"""Words by which a first line is known to be a header, and not data that must not be shown."""

PROFILES = (
    Profile(  # Cost and Usage Report
        ("lineitemproductcode",), ("lineitemproductcode",),
        charge=("lineitemlineitemtype",), provider=("billbillingentity",),
        account=("lineitemusageaccountid",), region=("productregioncode", "productregion"),
        cost=("lineitemunblendedcost",),
    ),
    Profile(  # FOCUS
        ("servicename", "chargecategory"), ("servicename",),
        charge=("chargecategory",), provider=("serviceprovidername", "providername", "provider"),
        account=("subaccountid",), region=("regionid", "region"),
        cost=("effectivecost", "billedcost"),
    ),
    Profile(  # Prowler
        ("checkid", "servicename"), ("resourceuid", "resourcearn", "servicename"), ("servicename",),
        provider=("provider",), account=("accountuid", "accountid"), region=("region",),
    ),
    *(
        Profile((name,), (name,), others, (), PROVIDERS, ACCOUNTS, REGIONS, COSTS)
        for names, others in (
            (ARNS, (*TYPES, *SERVICES)), (TYPES, SERVICES), (SERVICES, ()), (("type",), ())
        )
        for name in names
    ),
)  # fmt: skip

WORDS = re.compile(r"[A-Za-z _/.-]{1,40}")

KEYS, WHERES = ("identifier", "charge", "provider"), ("account", "region")
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


def fold_name(name: object) -> str:
    """Reduce a column name to letters and digits in lower case."""
    return "".join(letter for letter in str(name).lower() if letter.isalnum())


def find_profile(columns: Iterable[object]) -> Profile | None:
    """Tell the kind of a table by its columns, or nothing if none of them names a resource."""
    folded = {fold_name(column) for column in columns}
    return next((profile for profile in PROFILES if folded.issuperset(profile.needs)), None)


def describe_no_column(place: str, columns: Iterable[object]) -> str:
    """Describe a table without a known column; what is no common word of a header is only counted."""
    names = [str(column).strip() for column in columns]
    shown = [name for name in names if fold_name(name) in HEADERS and WORDS.fullmatch(name)][:12]
    others = len(names) - len(shown)
    found = f"Found {others} columns without a header"
    if shown:
        found = f"Found: {', '.join([*shown, f'{others} others'] if others else shown)}"
    return (
        f"{place}: no column names a resource or a service. {found}. "
        "Expected one such as arn, resource_type, service, lineItem/ProductCode or ServiceName"
    )


def pick_columns(columns: Iterable[object], place: str) -> Columns:
    """Pick the columns that say what a row is, where it is and what it costs.

    Raises
    ------
    EstateError
        If no column names a resource or a service.
    """
    names = [str(column) for column in columns]
    profile = find_profile(names)
    if profile is None:
        raise EstateError(describe_no_column(place, names))
    by_folded = {fold_name(name): name for name in reversed(names)}
    picked = {
        role: next((by_folded[name] for name in getattr(profile, role) if name in by_folded), "")
        for role in Columns._fields
    }
    return Columns(**picked)


def count_table(frame: Any, place: str, *, details: bool) -> pd.DataFrame:
    """Count the rows of a table by what they name.

    Parameters
    ----------
    frame
        Anything Narwhals takes: a frame of pandas, Polars, DuckDB, PySpark, Dask, Ibis ...
    place
        What to call it in errors and results.
    details
        Whether to tell accounts and Regions, and to add up costs. Costs that are no number count as
        nothing.

    Returns
    -------
    DataFrame
        As :func:`~srm_data.estate.resources.tally_resources` returns it.

    Raises
    ------
    EstateError
        If no column names a resource or a service, or if the one that does has a value a resource.
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
        table = nw.from_native(_write_text(frame, columns)).lazy()
    elif details and columns.cost and schema[columns.cost] == nw.String:
        raise EstateError(f"{place}: column {columns.cost} is text; expected numbers")

    def text(name: str) -> Any:
        return nw.col(name).cast(nw.String)

    keys = {role: text(getattr(columns, role)) for role in KEYS if getattr(columns, role)}
    if columns.otherwise:
        # A type such as "Instance" says less than the service beside it.
        has = keys["identifier"].str.contains  # two plain searches are ten times as fast as a pattern
        is_typed = (has(":", literal=True) | has("_", literal=True)).fill_null(False)
        named = nw.when(is_typed).then(keys["identifier"])
        keys["identifier"] = named.otherwise(text(columns.otherwise))
    if fold_name(columns.identifier) not in TYPES and _has_arns(table, columns.identifier):
        fallback = text(columns.otherwise) if columns.otherwise else keys["identifier"]
        keys["identifier"] = _shorten(keys["identifier"], fallback)
    wheres = {role: text(getattr(columns, role)) for role in WHERES if getattr(columns, role)}
    wheres = wheres if details else {}
    has_cost = details and columns.cost
    costs = {"cost": nw.col(columns.cost).cast(nw.Float64).fill_null(0.0)} if has_cost else {}
    rows = table.select(**keys, **wheres, **costs)
    counts = rows.group_by(*keys).agg(
        nw.len().alias("resources"), *(nw.col(name).sum() for name in costs)
    )
    names = {
        role: _collect(rows.group_by(*keys, role).agg(nw.len().alias("resources")), place)
        for role in wheres
    }
    return _sum_up(_collect(counts, place), names, place)


def count_records(records: list[dict[str, Any]], place: str, *, details: bool) -> pd.DataFrame | None:
    """Count the rows of a table that JSON or YAML holds as objects.

    Returns
    -------
    DataFrame
        As :func:`count_table` returns it; nothing if this is no table: if no key names a resource, a
        cell holds a list or an object, or an identifier is no line that a name or an ARN can be.
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
    """Return whether this is a name or an ARN: one line, and of a name not a long one."""
    is_short = len(text) <= LONGEST_NAME or text.strip().startswith("arn:")
    return is_short and len(text.splitlines()) <= 1


def _write_text(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Turn columns into text, nothing into empty text: pandas 2 would write the word None.

    Costs that are text become numbers, and nothing where they are none.
    """
    texts = {name for name in columns if name and name != columns.cost}
    written = {
        name: frame[name].astype(object).where(frame[name].notna(), "").astype(str) for name in texts
    }
    if columns.cost:
        written[columns.cost] = pd.to_numeric(frame[columns.cost], errors="coerce")
    return frame.assign(**written)


def _collect(rows: Any, place: str) -> pd.DataFrame:
    """Bring counted rows into pandas, unless there is one for every resource."""
    collected: pd.DataFrame = rows.head(MOST_GROUPS + 1).collect(backend="pandas").to_native()
    if len(collected) > MOST_GROUPS:
        raise EstateError(
            f"{place}: more than {MOST_GROUPS:,} distinct values; expected kinds of resources or ARNs, "
            "not names of single resources"
        )
    return collected


def _has_arns(table: Any, column: str) -> bool:
    """Tell by name or by some rows: shortening every value of a column without ARNs would cost time.

    What is missed here is shortened in pandas, after it was counted.
    """
    import narwhals as nw

    if fold_name(column) in ARNS:
        return True
    head = table.select(nw.col(column).cast(nw.String).alias("first")).head(1000)
    return any(
        str(value).strip().startswith("arn:") for value in head.collect(backend="pandas")["first"]
    )


def _shorten(text: Any, otherwise: Any) -> Any:
    """Shorten ARNs within the engine, as :func:`~srm_data.estate.arns.shorten_arn` does.

    Built of removals alone: engines write back references in different ways.
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
    """Fold counts per charge and provider into a row an identifier, and join names of accounts."""
    keys = ["identifier", "no_service"]
    grouped = _name_rows(counts).groupby(keys)
    rows = grouped["resources"].sum().to_frame()
    rows["cost"] = grouped["cost"].sum(min_count=1) if "cost" in counts else float("nan")
    for role in ("account", "region"):
        rows[f"{role}s"] = ""
        if role in names:
            joined = _name_rows(names[role]).groupby(keys)[role].agg(join_names)
            rows[f"{role}s"] = joined.reindex(rows.index, fill_value="")
    return (
        rows.reset_index()
        .assign(variant="", variant_offering_id="", variant_certain="", place=place)
        .pipe(make_tally)
    )


def _name_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Write nothing as empty text, tell charges and other clouds, and name charges by their kind."""
    roles = [str(role) for role in rows if role not in ("resources", "cost")]
    text = {
        role: pd.Series(rows[role].astype(object).fillna(""), dtype="str").str.strip() for role in roles
    }
    empty = pd.Series("", index=rows.index, dtype="str")
    charges, providers = text.get("charge", empty), text.get("provider", empty)
    kinds = pd.Series(list(zip(charges, providers, strict=True)), index=rows.index, dtype=object)
    reasons = {kind: _say_no_service(*kind) for kind in kinds.unique()}
    no_service = kinds.map(reasons).astype("str")
    is_charge = no_service.str.startswith("a charge")
    shortened = pd.Series(
        [_shorten_text(identifier) for identifier in text["identifier"]], index=rows.index, dtype="str"
    )
    named = {"identifier": shortened.mask(is_charge, charges), "no_service": no_service}
    return rows.assign(**(text | named))


def _shorten_text(identifier: str) -> str:
    """Shorten an ARN that the engine left, and text longer than any identifier; drop words for none."""
    if identifier.lower() in NOTHING:
        return ""
    shortened = shorten_arn(identifier) or identifier
    return (
        shortened if len(shortened) <= LONGEST_IDENTIFIER else f"{shortened[:LONGEST_IDENTIFIER]} ..."
    )


def join_names(names: Iterable[str]) -> str:
    """Join distinct names, which may be joined names themselves."""
    distinct = {part for name in names for part in name.split(SEPARATOR)} - {"", "NULL"}
    return SEPARATOR.join(sorted(distinct))


def _is_own(provider: str) -> bool:
    """Tell AWS by its many names: aws, aws-cn, Amazon Web Services, Inc., hashicorp/aws."""
    return provider.lower().rpartition("/")[2].startswith(OWN_NAMES)


def _say_no_service(charge: str, provider: str) -> str:
    if provider == MARKETPLACE:
        return "bought on AWS Marketplace, of another vendor"
    if provider.lower() not in NOTHING and not _is_own(provider):
        return name_provider(provider, "a row of another provider: {}")
    folded = fold_name(charge)
    reason = CHARGES.get(folded) or ("a discount" if folded.endswith("discount") else "")
    return f"a charge, not a service: {reason}" if reason else ""
