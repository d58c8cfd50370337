"""Count tables of any size where they are: in a file by DuckDB, in a frame by its own engine.

Counting comes first and is done by the engine; only one row per distinct identifier (and account and
Region, where they are wanted) reaches pandas. Nothing here collects resources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from srm_data.estate.opening import EstateError
from srm_data.estate.tally import SEPARATOR, make_tally


class Profile(NamedTuple):
    """A kind of table: by which columns it is told, and which of them say what.

    Names are in lower case, letters and digits only: ``lineItem/ProductCode`` and
    ``line_item_product_code`` are one. Of several names the first that is there counts.
    """

    kind: str
    needs: tuple[str, ...]
    identifier: tuple[str, ...]
    otherwise: tuple[str, ...] = ()
    charge: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()


ARNS = ("arn", "resourcearn", "resourceuid", "identifierarn")
TYPES = ("resourcetype", "type", "terraformtype", "cloudformationtype")
SERVICES = (
    "service", "servicename", "servicecode", "productcode", "product", "awsservice", "services",
    "offering", "offeringid", "serviceid",
)  # fmt: skip
ACCOUNTS = ("accountid", "account", "awsaccountid", "awsaccount", "owningaccountid", "linkedaccount",
            "linkedaccountid", "usageaccountid", "subaccountid", "accountuid")  # fmt: skip
REGIONS = ("region", "awsregion", "regionid", "regioncode", "location")
COSTS = ("cost", "unblendedcost", "amount", "billedcost", "effectivecost", "amortizedcost", "costs",
         "totalcost", "blendedcost")  # fmt: skip
PROVIDERS = ("provider", "providername", "serviceprovidername", "cloudprovider", "cloud")

PROFILES = (
    Profile(
        "Cost and Usage Report", ("lineitemproductcode",), ("lineitemproductcode",),
        charge=("lineitemlineitemtype",), provider=("billbillingentity",),
        account=("lineitemusageaccountid",), region=("productregioncode", "productregion"),
        cost=("lineitemunblendedcost",),
    ),
    Profile(
        "FOCUS", ("servicename", "chargecategory"), ("servicename",),
        charge=("chargecategory",), provider=("serviceprovidername", "providername", "provider"),
        account=("subaccountid",), region=("regionid", "region"),
        cost=("effectivecost", "billedcost"),
    ),
    Profile(
        "Prowler", ("checkid", "servicename"), ("resourceuid", "resourcearn"), ("servicename",),
        provider=("provider",), account=("accountuid", "accountid"), region=("region",),
    ),
    *(
        Profile("resources", (name,), (name,), others, (), PROVIDERS, ACCOUNTS, REGIONS, COSTS)
        for names, others in ((ARNS, (*TYPES, *SERVICES)), (TYPES, SERVICES), (SERVICES, ()))
        for name in names
    ),
)  # fmt: skip

MOST_GROUPS = 2_000_000
AWS = {"", "aws", "amazon", "amazon web services", "amazon web services, inc.", "null", "none"}
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


def say_no_column(place: str, columns: Iterable[object]) -> str:
    """Say that no column names a resource; what does not look like a header is not quoted."""
    names = [str(column) for column in columns]
    shown = [name for name in names if re.fullmatch(r"[\w /.:()$#-]{1,40}", name)][:12]
    found = f"Found: {', '.join(shown)}" + (" ..." if len(names) > len(shown) else "")
    return (
        f"{place}: no column names a resource or a service. {found if shown else 'Found no header'}. "
        "Expected one such as arn, resource_type, service, lineItem/ProductCode or ServiceName"
    )


def count_table(frame: Any, place: str, *, where: bool) -> pd.DataFrame:
    """Count the rows of a table by what they name.

    Parameters
    ----------
    frame
        Anything Narwhals takes: a frame of pandas, Polars, DuckDB, PySpark, Dask, Ibis ...
    place
        What to call it in errors and results.
    where
        Whether to count per account and Region too, and to add up costs.

    Returns
    -------
    DataFrame
        As :func:`~srm_data.estate.tally.tally_resources` returns it.

    Raises
    ------
    EstateError
        If no column names a resource or a service, or if the one that does has a value a resource.
    """
    import narwhals as nw

    table = nw.from_native(frame).lazy()
    columns = table.collect_schema().names()
    profile = find_profile(columns)
    if profile is None:
        raise EstateError(say_no_column(place, columns))
    by_folded = {fold_name(column): column for column in reversed(columns)}

    def pick(names: Sequence[str]) -> str:
        return next((by_folded[name] for name in names if name in by_folded), "")

    roles = {
        "identifier": pick(profile.identifier),
        "charge": pick(profile.charge),
        "provider": pick(profile.provider),
    }
    others = {"account": pick(profile.account), "region": pick(profile.region)}
    otherwise, cost = pick(profile.otherwise), pick(profile.cost)
    place = f"{place}, column {roles['identifier']}"

    if isinstance(frame, pd.DataFrame):
        texts = {*roles.values(), *others.values(), otherwise} - {""}
        table = nw.from_native(_write_text(frame, texts)).lazy()
    keys = {role: nw.col(column).cast(nw.String) for role, column in roles.items() if column}
    if fold_name(roles["identifier"]) in ARNS or _has_arns(table, roles["identifier"]):
        fallback = nw.col(otherwise).cast(nw.String) if otherwise else keys["identifier"]
        keys["identifier"] = _shorten(keys["identifier"], fallback)
    wheres = {role: nw.col(name).cast(nw.String) for role, name in others.items() if where and name}
    costs = {"cost": nw.col(cost).cast(nw.Float64).fill_null(0.0)} if where and cost else {}
    rows = table.select(**keys, **wheres, **costs)
    counts = rows.group_by(*keys).agg(
        nw.len().alias("resources"), *(nw.col(name).sum() for name in costs)
    )
    names = {
        role: _collect(rows.group_by(*keys, role).agg(nw.len().alias("resources")), place)
        for role in wheres
    }
    return _sum_up(_collect(counts, place), names, place)


def _write_text(frame: pd.DataFrame, columns: set[str]) -> pd.DataFrame:
    """Turn columns into text, nothing into empty text: pandas 2 would write the word None."""
    return frame.assign(
        **{
            name: frame[name].astype(object).where(frame[name].notna(), "").astype(str)
            for name in columns
        }
    )


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
    """Look at the first rows: shortening every value of a column without ARNs would cost time."""
    import narwhals as nw

    head = table.select(nw.col(column).cast(nw.String).alias("first")).head(1000)
    return any(str(value).startswith("arn:") for value in head.collect(backend="pandas")["first"])


def _shorten(text: Any, otherwise: Any) -> Any:
    """Shorten ARNs within the engine, as :func:`~srm_data.estate.arns.shorten_arn` does.

    Built of removals alone: engines write back references in different ways.
    """
    import narwhals as nw

    service = text.str.replace_all("^arn:[^:]*:", "").str.replace_all(":.*$", "")
    resource = text.str.replace_all("^arn:[^:]*:[^:]*:[^:]*:[^:]*:", "")
    kind = nw.concat_str([service, nw.lit(":"), resource.str.replace_all("[/:].*$", "")])
    shortened = nw.when(resource.str.contains("[/:]")).then(kind).otherwise(service)
    for step in ("app", "net", "gwy"):
        balancer = f"loadbalancer/{step}"
        named = nw.concat_str([service, nw.lit(f":{balancer}")])
        shortened = nw.when(resource.str.starts_with(f"{balancer}/")).then(named).otherwise(shortened)
    bucket = text.str.contains("^arn:[^:]*:s3:[^:]*::")
    shortened = nw.when(bucket).then(nw.lit("s3:bucket")).otherwise(shortened)
    is_arn = text.str.contains("^arn:[^:]*:[^:]*:[^:]*:[^:]*:")
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
    return rows.reset_index().assign(variant="", variant_offering_id="", place=place).pipe(make_tally)


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
    named = {"identifier": text["identifier"].mask(is_charge, charges), "no_service": no_service}
    return rows.assign(**(text | named))


def join_names(names: Iterable[str]) -> str:
    """Join distinct names, which may be joined names themselves."""
    distinct = {part for name in names for part in name.split(SEPARATOR)} - {"", "NULL"}
    return SEPARATOR.join(sorted(distinct))


def _say_no_service(charge: str, provider: str) -> str:
    if provider == MARKETPLACE:
        return "bought on AWS Marketplace, of another vendor"
    if provider.lower() not in AWS:
        return f"a row of another provider: {provider}"
    folded = fold_name(charge)
    reason = CHARGES.get(folded) or ("a discount" if folded.endswith("discount") else "")
    return f"a charge, not a service: {reason}" if reason else ""
