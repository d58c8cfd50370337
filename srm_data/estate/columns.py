"""Find the columns of a table that name the resource, the account, the Region and the cost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from srm_data.exceptions import EstateError


class Profile(NamedTuple):
    """A kind of table: the columns that it needs, and the names that each role may have.

    Names are in lower case, letters and digits only: ``lineItem/ProductCode`` and
    ``line_item_product_code`` are equal. Of several names the first that a table has is used.
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
    """The columns of one table by role; empty for a role without a column."""

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
"""Words that an error may quote from a header; others may be data."""

PROFILES = (
    Profile(  # Cost and Usage Report
        needs=("lineitemproductcode",), identifier=("lineitemproductcode",),
        charge=("lineitemlineitemtype",), provider=("billbillingentity",),
        account=("lineitemusageaccountid",), region=("productregioncode", "productregion"),
        cost=("lineitemunblendedcost",),
    ),
    Profile(  # FOCUS
        needs=("servicename", "chargecategory"), identifier=("servicename",),
        charge=("chargecategory",), provider=("serviceprovidername", "providername", "provider"),
        account=("subaccountid",), region=("regionid", "region"),
        cost=("effectivecost", "billedcost"),
    ),
    Profile(  # Prowler
        needs=("checkid", "servicename"),
        identifier=("resourceuid", "resourcearn", "servicename"), otherwise=("servicename",),
        provider=("provider",), account=("accountuid", "accountid"), region=("region",),
    ),
    *(
        Profile(
            needs=(name,), identifier=(name,), otherwise=others,
            provider=PROVIDERS, account=ACCOUNTS, region=REGIONS, cost=COSTS,
        )
        for names, others in (
            (ARNS, (*TYPES, *SERVICES)), (TYPES, SERVICES), (SERVICES, ()), (("type",), ())
        )
        for name in names
    ),
)  # fmt: skip

WORDS = re.compile(r"[A-Za-z _/.-]{1,40}")


def fold_name(name: object) -> str:
    """Reduce a column name to letters and digits in lower case."""
    return "".join(letter for letter in str(name).lower() if letter.isalnum())


def find_profile(columns: Iterable[object]) -> Profile | None:
    """Return the first profile that the columns fit, or None if none of them names a resource."""
    folded = {fold_name(column) for column in columns}
    return next((profile for profile in PROFILES if folded.issuperset(profile.needs)), None)


def describe_no_column(place: str, columns: Iterable[object]) -> str:
    """Describe a table without a known column; only common words of a header are quoted."""
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
    """Return the columns that name the resource, its place and its cost.

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
