"""Find the columns of a table for the resource, account, Region and cost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from srm_data.estate.money import is_money, strip_currency
from srm_data.estate.resources import BY_ID, BY_NAME, BY_ROW
from srm_data.exceptions import EstateError

if TYPE_CHECKING:
    import pandas as pd


class Profile(NamedTuple):
    """Kind of table: its required columns, and the possible column names for each role.

    Names are in lower case with letters and digits only, so that ``lineItem/ProductCode`` and
    ``line_item_product_code`` are equal. The first name that the table has is used. If the identifier
    of a row is neither an ARN nor a type, ``otherwise`` names the resource, or else ``last``.
    ``repeats`` means that a resource may have several rows, with the id in ``thing``.
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
    repeats: bool = False
    is_bill: bool = False
    is_of_services: bool = False
    is_of_types: bool = False


class Columns(NamedTuple):
    """Columns of a table by role (empty if there is none), and how resources are counted.

    ``other_costs`` are further cost columns: a resource is free only if all of them are zero.
    ``has_kinds`` means that the identifiers are types or services, of which there are few, and not ids.
    ``counted_by`` is ``"row"``, ``"id"`` or ``"name"``, as in
    :class:`~srm_data.estate.resources.TallyRow`.
    """

    identifier: str
    otherwise: str
    last: str
    charge: str
    provider: str
    account: str
    region: str
    cost: str
    thing: str
    result: str
    message: str
    check: str
    usage_type: str = ""
    operation: str = ""
    resource: str = ""
    engine: str = ""
    family: str = ""
    description: str = ""
    other_costs: tuple[str, ...] = ()
    is_bill: bool = False
    has_kinds: bool = False
    counted_by: str = BY_ROW

    @property
    def costs(self) -> tuple[str, ...]:
        """All cost columns, starting with the one that is summed."""
        return (self.cost, *self.other_costs) if self.cost else ()


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


LINE = ("usage_type", "operation", "resource", "engine", "family", "description")
"""Roles of columns that distinguish bill lines."""

PART_OF_LINE = "\x1f"
"""Separator between the values of these columns, which does not occur in bills."""

COSTS = (
    "cost", "unblendedcost", "amount", "billedcost", "effectivecost", "amortizedcost", "costs",
    "totalcost", "blendedcost", "servicetotal", "netunblendedcost", "netamortizedcost", "netcost",
    "costbeforetax", "pretaxcost", "monthlycost", "monthly", "estimatedmonthlycost", "spend",
    "totalspend", "monthlyspend", "charges", "charge", "chargeamount", "totalcharge", "totalamount",
    "total", "kosten", "betrag", "cout", "montant", "costo", "importe",
)  # fmt: skip
ROLES = [
    role
    for role in Columns._fields
    if role not in ("other_costs", "is_bill", "has_kinds", "counted_by")
]
COMMON = {
    *COSTS, "name", "id", "owner", "system", "date", "type", "tags", "status", "description",
    "environment", "title", "created", "team",
}  # fmt: skip
"""Further words that an error may quote from a header; other words may be data."""

TAG_EDITOR = ("identifier", "type", "service")
"""Columns of Tag Editor, whose types are those of CloudFormation without the service."""

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
        family=("productproductfamily",), description=("lineitemlineitemdescription",), repeats=True,
        is_bill=True,
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
        description=("chargedescription",), repeats=True, is_bill=True,
    ),
    *(
        Profile(  # Cost Explorer with a second grouping, and reports made from it
            needs=(name, usage), identifier=(name,), account=("linkedaccount", "accountid"),
            region=("region",), cost=COSTS, usage_type=(usage,), operation=("operation",),
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


def list_headers(table: pd.DataFrame) -> Headers:
    """Group the table ``inventory_headers`` by role.

    Raises
    ------
    EstateError
        If a role is unknown.

    Examples
    --------
    >>> from srm_data.load import read_table
    >>> "account" in list_headers(read_table("inventory_headers")).account
    True
    """
    unknown = sorted(set(table["role"]) - set(Headers._fields))
    if unknown:
        raise EstateError(
            f"inventory_headers: unknown role {unknown[0]!r}; expected {', '.join(Headers._fields)}"
        )
    names: dict[str, list[str]] = {role: [] for role in Headers._fields}
    for header, role in zip(table["header"], table["role"], strict=True):
        names[role].append(fold_name(header))
    return Headers(**{role: tuple(listed) for role, listed in names.items()})


def build_profiles(headers: Headers) -> tuple[Profile, ...]:
    """Build the kinds of tables to try in turn, starting with those that identify resources best."""
    strong = [((name,), (name,)) for name in headers.arn]
    beside = [
        ((name, other), (name,)) for name in headers.id for other in (*headers.type, *headers.service)
    ]
    arns = [(*pair, headers.type, headers.service) for pair in (*strong, *beside)]
    arns.insert(len(strong), (TAG_EDITOR, TAG_EDITOR[:1], TAG_EDITOR[1:2], TAG_EDITOR[2:]))
    others = tuple(name for name in headers.service if "source" not in name)  # a resource's own name
    types = [((name,), (name,), others, ()) for name in (*headers.type, "type")]
    services = [((name,), (name,), (), ()) for name in headers.service]
    named = [*arns, *types[:-1], *services, types[-1]]
    return BILLS_AND_REPORTS + tuple(
        Profile(
            needs=needs, identifier=identifier, otherwise=otherwise, last=last,
            provider=headers.provider, account=headers.account, region=headers.region, cost=COSTS,
            thing=(*headers.arn, *headers.id, *headers.thing), result=RESULTS, message=MESSAGES,
            finding=headers.finding, is_of_services=needs[0] in headers.service,
            is_of_types=needs[0] in (*headers.type, "type"),
        )
        for needs, identifier, otherwise, last in named
    )  # fmt: skip


WORDS = re.compile(r"[A-Za-z _/.-]{1,40}")


def fold_name(name: object) -> str:
    """Reduce a column name to lower-case letters and digits."""
    return "".join(letter for letter in str(name).lower() if letter.isalnum())


def find_profile(columns: Iterable[object], profiles: tuple[Profile, ...]) -> Profile | None:
    """Return the first profile that matches the columns, or None if no column names a resource."""
    folded = {fold_name(column) for column in columns}
    return next((profile for profile in profiles if folded.issuperset(profile.needs)), None)


def describe_no_column(place: str, columns: Iterable[object], profiles: tuple[Profile, ...]) -> str:
    """Describe a table without a known column, quoting only common words from its header."""
    roles = [names for profile in profiles for names in profile if isinstance(names, tuple)]
    known = COMMON.union(*roles)
    names = [str(column).strip() for column in columns]
    shown = [name for name in names if fold_name(name) in known and WORDS.fullmatch(name)][:12]
    others = len(names) - len(shown)

    found = f"Found {others} column{'s' * (others != 1)} without a header"
    if shown:
        found = f"Found: {', '.join([*shown, f'{others} others'] if others else shown)}"
    return (
        f"{place}: no column names a resource or a service. {found}. "
        "Expected one such as arn, resource_type, service, lineItem/ProductCode or ServiceName; "
        "a file of headers (header,role) adds your own"
    )


def pick_columns(columns: Iterable[object], place: str, profiles: tuple[Profile, ...]) -> Columns:
    """Return the columns for the resource, its place and its cost.

    Raises
    ------
    EstateError
        If no column names a resource or a service.
    """
    names = [str(column) for column in columns]
    profile = find_profile(names, profiles)
    if profile is None:
        raise EstateError(describe_no_column(place, names, profiles))

    by_folded = {strip_currency(fold_name(name)): name for name in reversed(names)}
    by_folded |= {fold_name(name): name for name in reversed(names)}
    picked: dict[str, str] = {}
    for role in ROLES:
        taken = {picked.get(earlier, "") for earlier in ("identifier", "otherwise")}
        found = (by_folded[name] for name in getattr(profile, role) if name in by_folded)
        is_naming = role in ("otherwise", "last")
        picked[role] = next((name for name in found if not (is_naming and name in taken)), "")
    if picked["usage_type"]:
        picked["description"] = ""  # it says the same, with the price
    is_bill = profile.is_bill or (profile.is_of_services and picked["cost"] != "")
    costs = dict.fromkeys(by_folded[name] for name in profile.cost if name in by_folded)
    return Columns(
        **picked,
        other_costs=tuple(name for name in costs if name != picked["cost"]),
        is_bill=is_bill,
        has_kinds=profile.is_of_services or profile.is_of_types,
        counted_by=_count_by(profile, picked["thing"], set(by_folded)),
    )


def list_unread_money(columns: Iterable[object]) -> list[str]:
    """List columns that look like amounts of money and whose names may be quoted."""
    names = [str(column).strip() for column in columns]
    return [
        name for name in names if is_money(fold_name(name)) and len(name) <= 40 and name.isprintable()
    ]


def _count_by(profile: Profile, thing: str, folded: set[str]) -> str:
    """Return how the resources of a table are counted.

    Findings and bills have many rows for one resource. A table of services counts resources only if a
    column identifies them. In all other tables, each row is a resource.
    """
    if profile.repeats or folded.intersection(profile.finding):
        return BY_ID if thing else BY_NAME
    return BY_NAME if profile.is_of_services and not thing else BY_ROW
