"""Find the columns of a table for the resource, account, Region and cost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from srm_data.estate.money import is_money, strip_units
from srm_data.estate.profiles import Profile, find_profile, fold_name
from srm_data.estate.resources import BY_ID, BY_NAME, BY_ROW
from srm_data.estate.states import LIKE_STATE, RECORD_STATE
from srm_data.exceptions import EstateError


class Columns(NamedTuple):
    """Columns of a table by role (empty if there is none), and how resources are counted.

    ``other_costs`` are further cost columns: a resource is free only if all of them are zero.
    ``settings`` are settings that may decide which offering a resource is, with their columns, and
    ``flags`` those of which it only matters whether they are set.
    ``states`` are columns such as "Status", and ``uses`` those such as "In use?": by what they say, a
    row may not be in use. ``records`` are columns with the states of findings. ``unread`` are columns
    that look like these and have no role, and ``unread_settings`` those of settings that are not read.
    ``has_kinds`` means that the identifiers are types or services, of which there are few, and not ids.
    ``number`` has the number of resources of a row, and is one of ``numbers``, which may have it, best
    first. ``product`` has the names of what is sold on AWS Marketplace, and ``commitment`` the
    reservation or Savings Plan that a charge is for; ``commitment_status`` tells whether it was used.
    ``counted_by`` is ``"row"``, ``"id"`` or ``"name"``, as in
    :class:`~srm_data.estate.resources.TallyRow`. ``kind`` is the type of every row, by its id.
    ``repeats`` means that there may be several rows for
    one resource, and ``has_periods`` that it is listed again by day or another period.
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
    number: str = ""
    product: str = ""
    commitment: str = ""
    commitment_status: str = ""
    numbers: tuple[str, ...] = ()
    other_costs: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    unread_settings: tuple[str, ...] = ()
    is_bill: bool = False
    has_kinds: bool = False
    counted_by: str = BY_ROW
    repeats: bool = False
    has_periods: bool = False
    kind: str = ""

    @property
    def costs(self) -> tuple[str, ...]:
        """All cost columns, starting with the one that is summed."""
        return (self.cost, *self.other_costs) if self.cost else ()


LINE = ("usage_type", "operation", "resource", "engine", "family", "description")
"""Roles of columns that distinguish bill lines."""

NOTHING = {"", "null", "none", "nan", "n/a", "-"}
"""Words that mean a missing name."""

PART_OF_LINE = "\x1f"
"""Separator between the values of these columns, which does not occur in bills."""

ROLES = [role for role in Columns._fields if Columns._field_defaults.get(role, "") == ""][:-1]
COMMON = {
    "name", "id", "owner", "system", "date", "type", "tags", "status", "description",
    "environment", "title", "created", "team",
}  # fmt: skip
"""Further words that an error may quote from a header; other words may be data."""

OTHER_NAMES = {
    "engine": ("dbengine", "databaseengine"),
    "instanceclass": ("dbclass", "class"),
    "instancetype": ("ec2instancetype",),
    "vpcendpointtype": ("endpointtype",),
    "loadbalancertype": ("lbtype", "elbtype"),
}
"""What people and Steampipe call settings of the table ``variants``."""

CONFIGURATION = "configuration"
"""Beginning of the columns of settings in queries of AWS Config."""

PART_OF_SETTINGS = "\x1e"
"""Separator between the names and values of settings."""

AMOUNTS = ("quantity", "qty", "quantita", "cantidad", "menge", "units")
"""Columns of numbers that are amounts of usage if they stand beside a cost."""

PERIODS = {
    "date", "day", "week", "month", "quarter", "year", "period", "usagedate", "billingperiod",
    "billingmonth", "invoicemonth", "startdate", "enddate", "start", "end", "datum", "woche",
    "monat", "quartal", "jahr", "zeitraum", "mois", "annee", "mes", "ano", "fecha", "mese", "anno",
    "snapshotdate", "reportdate", "scandate", "inventorydate", "timestamp", "stichtag",
}  # fmt: skip
"""Columns beside which a table may list the same resources several times."""

OTHER_MEANINGS = {"origin", "runtime", "tenancy"}
"""Settings whose columns may have something else in a table of costs or findings, as COMMON words."""

LONGEST_QUOTED = 40
WORDS = re.compile(r"[A-Za-z _/.-]{1,40}")


def describe_no_column(place: str, columns: Iterable[object], profiles: tuple[Profile, ...]) -> str:
    """Describe a table without a known column, quoting only common words from its header."""
    known = COMMON | list_known_words(profiles)
    names = [str(column).strip() for column in columns]
    shown = [name for name in names if fold_name(name) in known and WORDS.fullmatch(name)][:12]
    others = len(names) - len(shown)

    found = f"Found {others} column{'s' * (others != 1)} of other names"
    if shown:
        found = f"Found: {', '.join([*shown, f'{others} others'] if others else shown)}"
    return (
        f"{place}: no column names a resource or a service. {found}. "
        "Expected one such as arn, resource_type, service, InstanceId or lineItem/ProductCode; "
        "a file of headers (header,role) adds your own, such as your column,service"
    )


def list_known_words(profiles: tuple[Profile, ...]) -> set[str]:
    """List the folded names of columns that have a role in any kind of table."""
    roles = [names for profile in profiles for names in profile if isinstance(names, tuple)]
    return set().union(*roles)


def pick_columns(columns: Iterable[object], place: str, profiles: tuple[Profile, ...]) -> Columns:
    """Return the columns for the resource, its place and its cost."""
    names = [str(column) for column in columns]
    profile = find_profile(names, profiles)
    if profile is None:
        raise EstateError(describe_no_column(place, names, profiles))

    by_folded = {fold_name(name): name for name in reversed(names)}
    by_unit = {strip_units(fold_name(name)): name for name in reversed(names)} | by_folded
    costs = tuple(dict.fromkeys(by_unit[name] for name in profile.cost if name in by_unit))
    picked: dict[str, str] = {}
    for role in ROLES:
        taken = {picked.get(earlier, "") for earlier in ("identifier", "otherwise")}
        found = [by_folded[name] for name in getattr(profile, role) if name in by_folded]
        found = [*costs] if role == "cost" else found
        is_naming = role in ("otherwise", "last")
        picked[role] = next((name for name in found if not (is_naming and name in taken)), "")
    if picked["usage_type"]:
        picked["description"] = ""  # it says the same, with the price
    is_bill = profile.is_bill or (profile.is_of_services and picked["cost"] != "")
    numbers = tuple(by_folded[name] for name in profile.number if name in by_folded)
    if is_bill:
        numbers = tuple(name for name in numbers if fold_name(name) not in AMOUNTS)
    picked["number"] = next(iter(numbers), "")
    repeats = profile.repeats or not by_folded.keys().isdisjoint(profile.finding)
    is_by_id = fold_name(picked["thing"]).endswith(("id", "identifier"))
    has_periods = is_by_id and not repeats and not by_folded.keys().isdisjoint(PERIODS)
    taken = {*picked.values()} - ({picked["identifier"]} if profile.kind else set())
    settings = _find_settings(profile, by_folded, taken)
    counted_by = _count_by(profile, picked["thing"], repeats=repeats)
    if picked["cost"] and not picked["thing"] and not by_folded.keys().isdisjoint(PERIODS):
        counted_by = BY_NAME  # lines of a bill are no resources
    has_several = is_bill or repeats or has_periods  # of one resource, such as types of findings
    if has_several:
        settings = tuple(one for one in settings if one[0] not in COMMON | OTHER_MEANINGS)
    states = _find_states(profile.state, by_folded)
    records = tuple(name for name in states if fold_name(name).endswith(RECORD_STATE))
    uses = () if repeats else tuple(by_folded[name] for name in profile.used if name in by_folded)
    known = {*picked.values(), *states, *uses}
    unread = _list_like_states(names, known)
    return Columns(
        **picked,
        numbers=tuple(dict.fromkeys(numbers)),
        other_costs=tuple(name for name in costs if name != picked["cost"]),
        settings=() if is_bill else settings,
        flags=profile.flags,
        states=() if repeats else tuple(name for name in states if name not in records),
        uses=uses,
        records=records,
        unread=() if repeats or not profile.state else unread,
        unread_settings=tuple(column for _, column in settings) if is_bill else (),
        is_bill=is_bill,
        has_kinds=profile.is_of_services or profile.is_of_types,
        counted_by=BY_ID if has_periods else counted_by,
        repeats=repeats,
        has_periods=has_periods,
        kind=profile.kind,
    )


def list_used(columns: Columns) -> set[str]:
    """List the columns of a table that have a role in it."""
    settings = (column for _, column in columns.settings)
    told = columns.states + columns.uses + columns.records
    used = (getattr(columns, role) for role in ROLES)
    return {*used, *columns.costs, *columns.numbers, *settings, *told} - {""}


def list_twins(names: Iterable[object], columns: Columns, place: str) -> list[str]:
    """List remarks on columns of the name of one that is read, of which DuckDB numbers the second."""
    listed = [str(name) for name in names]
    lowered = {name.lower() for name in listed}
    deciding = {columns.identifier, columns.otherwise, columns.last, columns.number, *columns.costs}
    used = list_used(columns) - (set(columns.numbers) - {columns.number})
    read = {fold_name(name): name for name in used}
    twins = []
    for position, name in enumerate(listed, start=1):
        stem, _, number = name.rpartition("_")
        folded = fold_name(stem if number.isdigit() and stem.lower() in lowered else name)
        other = read.get(folded, name)
        if other == name:
            continue
        where = f"{place}, columns {listed.index(other) + 1} and {position}: the same name {other!r}"
        if other in deciding:
            raise EstateError(f"{where}; expected a name of its own for each column")
        twins.append(f"{where}, of which the second is not read")
    return twins


def _find_settings(
    profile: Profile, by_folded: Mapping[str, str], taken: set[str]
) -> tuple[tuple[str, str], ...]:
    found = {}
    for setting in profile.settings:
        name = setting.replace(".", "")
        names = [name, *OTHER_NAMES.get(setting, ()), f"{CONFIGURATION}{name}"]
        columns = (by_folded[name] for name in names if name in by_folded)
        found[setting] = next((column for column in columns if column not in taken), "")
    return tuple((setting, column) for setting, column in found.items() if column)


def _find_states(known: Iterable[str], by_folded: Mapping[str, str]) -> list[str]:
    names = [f"{prefix}{name}" for name in known for prefix in ("", CONFIGURATION)]
    return [by_folded[name] for name in names if name in by_folded]


def _list_like_states(names: list[str], known: set[str]) -> tuple[str, ...]:
    """List columns without a role that look like a state, and whose names may be quoted.

    Examples
    --------
    >>> _list_like_states(["Status", "Backup status", "Retired?", "owner"], {"Status"})
    ('Backup status', 'Retired?')
    """
    others = [name for name in names if name not in known and _may_be_quoted(name)]
    return tuple(name for name in others if LIKE_STATE.fullmatch(fold_name(name)))


def list_unread_money(columns: Iterable[object]) -> list[str]:
    """List columns that look like amounts of money and whose names may be quoted."""
    names = [str(column).strip() for column in columns]
    return [name for name in names if is_money(fold_name(name)) and _may_be_quoted(name)]


def _may_be_quoted(name: str) -> bool:
    return len(name) <= LONGEST_QUOTED and name.isprintable()


def _count_by(profile: Profile, thing: str, *, repeats: bool) -> str:
    """Return how the resources of a table are counted.

    Findings and bills have many rows for one resource. A table of services counts resources only if a
    column identifies them. In all other tables, each row is a resource.
    """
    if repeats:
        return BY_ID if thing else BY_NAME
    return BY_NAME if profile.is_of_services and not thing else BY_ROW
