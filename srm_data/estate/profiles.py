"""Kinds of tables: bills, reports, and what other headers mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from srm_data.estate.settings import list_rules
from srm_data.exceptions import EstateError
from srm_data.load import read_table

if TYPE_CHECKING:
    import pandas as pd


class Profile(NamedTuple):
    """Kind of table: its required columns, and the possible column names for each role.

    Names are in lower case with letters and digits only, so that ``lineItem/ProductCode`` and
    ``line_item_product_code`` are equal. The first name that the table has is used. If the identifier
    of a row is neither an ARN nor a type, ``otherwise`` names the resource, or else ``last``.
    ``repeats`` means that a resource may have several rows, with the id in ``thing``. ``product`` has
    the name of what was bought on AWS Marketplace, for which ``identifier`` has only a code, and
    ``commitment`` the reservation or Savings Plan that a charge is for; ``commitment_status`` tells
    whether it was used.
    ``kind`` is the resource type of every row, if the header of its id names it, or ``BY_PREFIX``.
    ``settings`` are those that may decide which offering a resource is, of which ``flags`` need only be
    there.
    """

    needs: tuple[str, ...]
    identifier: tuple[str, ...]
    otherwise: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    charge: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()
    thing: tuple[str, ...] = ()
    result: tuple[str, ...] = ()
    message: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    usage_type: tuple[str, ...] = ()
    operation: tuple[str, ...] = ()
    resource: tuple[str, ...] = ()
    engine: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    finding: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    commitment: tuple[str, ...] = ()
    commitment_status: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    repeats: bool = False
    is_bill: bool = False
    is_of_services: bool = False
    is_of_types: bool = False
    kind: str = ""


class Headers(NamedTuple):
    """Possible column names for each role, folded."""

    arn: tuple[str, ...]
    id: tuple[str, ...]
    type: tuple[str, ...]
    service: tuple[str, ...]
    thing: tuple[str, ...]
    account: tuple[str, ...]
    region: tuple[str, ...]
    provider: tuple[str, ...]
    finding: tuple[str, ...]
    number: tuple[str, ...]
    state: tuple[str, ...]
    used: tuple[str, ...]
    cost: tuple[str, ...]


BY_PREFIX = "*"
"""Kind of the rows of a table whose ids name it by their beginning, such as vol-."""

PRODUCT = "product"
"""Column of version 2 of a Cost and Usage Report whose cells are maps with the name of the product."""

TAG_EDITOR = ("identifier", "type", "service")
"""Columns of Tag Editor, whose types are those of CloudFormation without the service."""

NO_SETTINGS = ("name", "resourcetype", "status")
"""Settings whose columns have something else in tables of resources."""

RESULTS = ("status", "compliancestatus", "checkresult", "result")
MESSAGES = ("statusextended", "checkresultextended", "statusdetail", "description", "title")

BILLS_AND_REPORTS = (
    Profile(  # Cost and Usage Report
        needs=("lineitemproductcode",), identifier=("lineitemproductcode",),
        charge=("lineitemlineitemtype",), provider=("billbillingentity",),
        account=("lineitemusageaccountid",), region=("productregioncode", "productregion"),
        cost=("lineitemunblendedcost", "lineitemnetunblendedcost", "lineitemblendedcost",
              "reservationeffectivecost", "reservationneteffectivecost",
              "savingsplansavingsplaneffectivecost", "savingsplannetsavingsplaneffectivecost"),
        thing=("lineitemresourceid",), usage_type=("lineitemusagetype",),
        operation=("lineitemoperation",), resource=("lineitemresourceid",),
        engine=("productdatabaseengine", "productcacheengine", "productbrokerengine"),
        family=("productproductfamily",), description=("lineitemlineitemdescription",),
        product=("productproductname", "productname", PRODUCT),
        commitment=("reservationreservationarn",), repeats=True, is_bill=True,
    ),
    *(
        Profile(  # Detailed and monthly billing reports of earlier years
            needs=("recordtype", name), identifier=(name,), charge=("recordtype",),
            account=("linkedaccountid", "payeraccountid"),
            cost=("unblendedcost", "totalcost", "costbeforetax", "cost"), thing=("resourceid",),
            usage_type=("usagetype",), operation=("operation",), resource=("resourceid",),
            description=("itemdescription",), repeats=True, is_bill=True,
        )
        for name in ("productname", "productcode")
    ),
    Profile(  # FOCUS
        needs=("servicename", "chargecategory"), identifier=("servicename",),
        charge=("chargecategory",), provider=("serviceprovidername", "providername", "provider"),
        account=("subaccountid",), region=("regionid", "region"),
        cost=("billedcost", "effectivecost"), thing=("resourceid",),
        usage_type=("xusagetype", "skumeter"), operation=("xoperation",), resource=("resourceid",),
        description=("chargedescription",), commitment=("commitmentdiscountid",),
        commitment_status=("commitmentdiscountstatus",), repeats=True, is_bill=True,
    ),
    *(
        Profile(  # Cost Explorer with a second grouping, and reports made from it
            needs=(name, usage), identifier=(name,), account=("linkedaccount", "accountid"),
            region=("region",), usage_type=(usage,), operation=("operation",),
            thing=("resourceid", "resource"), resource=("resourceid", "resource"), repeats=True,
            is_bill=True,
        )
        for name in ("productcode", "servicecode", "product", "service", "servicename", "productname")
        for usage in ("usagetype", "usage")
    ),
    *(
        Profile(  # Prowler 3 to 5, 2, and its reports of compliance
            needs=needs, identifier=("resourceuid", "resourcearn", "resourceid", "checkresourceid"),
            otherwise=("resourcetype", "checkasffresourcetype"),
            last=("servicename", "checkservicename", "checkid"), provider=("provider",),
            account=("accountuid", "accountid", "accountnum"), region=("region",),
            thing=("resourceuid", "resourcearn", "resourceid", "checkresourceid"),
            result=RESULTS, message=MESSAGES, check=("checkid",), repeats=True,
        )
        for needs in (
            ("checkid", "servicename"), ("checkservicename", "checkresult"),
            ("checkid", "resourceid", "requirementsid"),
        )
    ),
)  # fmt: skip


def get_headers(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the table ``inventory_headers``, by default that of the package."""
    known = tables.get("inventory_headers")
    return read_table("inventory_headers") if known is None or known.empty else known


def list_headers(table: pd.DataFrame) -> Headers:
    """Group the table ``inventory_headers`` by role."""
    unknown = sorted(set(table["role"]) - set(Headers._fields))
    if unknown:
        raise EstateError(
            f"inventory_headers: unknown role {unknown[0]!r}; expected {', '.join(Headers._fields)}"
        )
    names: dict[str, list[str]] = {role: [] for role in Headers._fields}
    for header, role in zip(table["header"].tolist(), table["role"].tolist(), strict=True):
        names[role].append(fold_name(header))
    return Headers(**{role: tuple(listed) for role, listed in names.items()})


@lru_cache
def list_id_kinds(form: str) -> dict[str, str]:
    """List the resource types that a header or the beginning (prefix) of an id names."""
    table = read_table("id_kinds")
    signs = table[table["form"] == form]
    return dict(zip(signs["sign"], signs["resource"], strict=True))


def is_known_id(cell: object) -> bool:
    """Return whether a cell is an ARN, or an id whose beginning names the kind of its resource.

    Examples
    --------
    >>> [is_known_id(cell) for cell in ("vol-0a1b2c3d4e5f60718", "user-1", None)]
    [True, False, False]
    """
    text = str(cell).strip()
    beginning = re.fullmatch("([a-z]+-)[0-9a-f]{8,17}", text)
    return text.startswith("arn:") or bool(beginning and beginning[1] in list_id_kinds("prefix"))


def build_profiles(headers: Headers, variants: pd.DataFrame | None = None) -> tuple[Profile, ...]:
    """Build the kinds of tables to try in turn, starting with those that identify resources best."""
    settings, flags = _list_settings(variants)
    strong = [((name,), (name,)) for name in headers.arn]
    beside = [
        ((name, other), (name,)) for name in headers.id for other in (*headers.type, *headers.service)
    ]
    arns = [(*pair, headers.type, headers.service) for pair in (*strong, *beside)]
    arns.insert(len(strong), (TAG_EDITOR, TAG_EDITOR[:1], TAG_EDITOR[1:2], TAG_EDITOR[2:]))
    others = tuple(name for name in headers.service if "source" not in name)  # a resource's own name
    types = [((name,), (name,), others, ()) for name in (*headers.type, "type")]
    services = [((name,), (name,), (), ()) for name in headers.service]
    named = [(*names, "") for names in (*arns, *types[:-1], *services, types[-1])]
    named += [((name,), (name,), (), (), kind) for name, kind in list_id_kinds("header").items()]
    named += [((name,), (name,), (), (), BY_PREFIX) for name in (*headers.id, "id")]
    bills = (
        one._replace(cost=headers.cost, provider=headers.provider)
        if one.is_bill and not one.cost
        else one
        for one in BILLS_AND_REPORTS
    )
    return (*bills, *(
        Profile(
            needs=needs, identifier=identifier, otherwise=otherwise, last=last, kind=kind,
            provider=headers.provider, account=headers.account, region=headers.region,
            cost=headers.cost,
            thing=(*headers.arn, *headers.id, *headers.thing), result=RESULTS, message=MESSAGES,
            finding=headers.finding, is_of_services=needs[0] in headers.service,
            number=headers.number, state=headers.state, used=headers.used,
            settings=settings, flags=flags,
            is_of_types=needs[0] in (*headers.type, "type"),
        )
        for needs, identifier, otherwise, last, kind in named
    ))  # fmt: skip


def _list_settings(variants: pd.DataFrame | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the settings of the table ``variants``, and those of which only the presence matters."""
    if variants is None or variants.empty:
        return (), ()
    values: dict[str, set[str]] = {}
    for rules in list_rules(variants).values():
        for path, value in (one for rule in rules for one in rule.list_wanted()):
            values.setdefault(".".join(path), set()).add(value)
    names = tuple(name for name in sorted(values) if name not in NO_SETTINGS)
    return names, tuple(name for name in names if values[name] <= {"*", "-"})


def fold_name(name: object) -> str:
    """Reduce a column name to lower-case letters and digits without accents, and "#" to a number.

    Examples
    --------
    >>> fold_name("Resource Type"), fold_name("#"), fold_name("# of resources"), fold_name("Co\u00fbt")
    ('resourcetype', 'number', 'numberofresources', 'cout')
    """
    letters = unicodedata.normalize("NFKD", str(name).lower())
    folded = "".join(letter for letter in letters if letter.isalnum())
    is_number = str(name).lstrip().startswith("#") and (not folded or folded.startswith("of"))
    return f"number{folded}" if is_number else folded


def find_profile(
    columns: Iterable[object], profiles: tuple[Profile, ...], *, by_ids: bool = True
) -> Profile | None:
    """Return the first profile that matches the columns, or None if no column names a resource.

    Where only ids name the kind of the rows, the first column with such ids does, if ``by_ids``.
    """
    folded = [fold_name(column) for column in columns]
    fitting = [profile for profile in profiles if set(profile.needs).issubset(folded)]
    strong = next((profile for profile in fitting if not profile.kind), None)
    if strong or not by_ids:
        return strong
    by_header = [profile for profile in fitting if profile.kind != BY_PREFIX]
    return min(by_header or fitting, key=lambda one: folded.index(one.needs[0]), default=None)
