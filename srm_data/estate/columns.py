"""Find the columns of a table for the resource, account, Region and cost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from srm_data.estate.hiding import is_secret
from srm_data.estate.money import is_money, strip_units
from srm_data.estate.profiles import BY_PREFIX, Profiles, find_profile, fold_name, list_id_kinds
from srm_data.estate.resources import BY_ID, BY_NAME, BY_ROW, CONTEXT
from srm_data.estate.states import LIKE_STATE, RECORD_STATE
from srm_data.estate.values import join_some
from srm_data.exceptions import EstateError


class Columns(NamedTuple):
    """Columns of a table by role (empty if there is none), and how resources are counted.

    Roles are those of the table ``table_kinds``. ``costs`` has all columns of money: the first is
    added up, or each of them if ``adds_costs``, and a resource is free only if all are zero.
    ``number`` has the number of resources of a row, and is one of ``numbers``, which may have it,
    best first. ``periods`` are columns such as "Month", beside which a resource may be listed several
    times, and ``units`` those beside which a number is one of hours or gigabytes. ``settings`` may
    decide which offering a resource is, with their columns, and ``flags`` need only be set.
    ``states`` are columns such as "Status", ``remarks`` those of free text, ``uses`` those such as
    "In use?", and ``records`` the states of findings: by what they say, a row may not be in use.
    ``tags`` may say what a column does not. ``unread`` has the columns that look as if they had a
    role and are not read, by what they look like.

    ``has_kinds`` means that the identifiers are types or services, of which there are few, and not ids.
    ``counted_by`` is ``"row"``, ``"id"`` or ``"name"``, as in
    :class:`~srm_data.estate.resources.TallyRow`. ``kind`` is the type of every row, by its id.
    ``repeats`` means that there may be several rows for one resource, and ``has_periods`` that it is
    listed again by day or another period.
    """

    identifier: str
    otherwise: str = ""
    last: str = ""
    charge: str = ""
    provider: str = ""
    account: str = ""
    region: str = ""
    environment: str = ""
    application: str = ""
    criticality: str = ""
    owner: str = ""
    tags: str = ""
    thing: str = ""
    result: str = ""
    message: str = ""
    check: str = ""
    usage_type: str = ""
    operation: str = ""
    resource: str = ""
    engine: str = ""
    family: str = ""
    description: str = ""
    product: str = ""
    commitment: str = ""
    commitment_status: str = ""
    number: str = ""
    costs: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    unread: Mapping[str, list[str]] = {}
    adds_costs: bool = False
    is_bill: bool = False
    has_kinds: bool = False
    counted_by: str = BY_ROW
    repeats: bool = False
    has_periods: bool = False
    kind: str = ""


ROLES = Columns._fields[: Columns._fields.index("costs")]
"""Roles of single columns."""

NAMES = ("otherwise", "last")
"""Roles of columns that name a row if the identifier does not, each another column."""

LINE = ("usage_type", "operation", "resource", "engine", "family", "description")
"""Roles of columns that distinguish bill lines."""

NOTHING = {"", "null", "none", "nan", "n/a", "-"}
"""Words that mean a missing name."""

PART_OF_LINE = "\x1f"
"""Separator between the values of these columns, which does not occur in bills."""

TAG = ("tag", "tags", "resourcetagsuser", "resourcetags", "userdefined")
"""Folded beginnings of the names of columns that have one tag each."""

REFERRED = {"amiid", "vpcid", "subnetid", "securitygroupid"}
"""Ids that the rows of many other resources have."""

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

OTHER_MEANINGS = {"origin", "runtime", "tenancy"}
"""Settings whose columns may have something else in a table of costs or findings, as COMMON words."""

A_STATE = "a state, by which some rows are gone or not in use"
OTHER_COLUMNS = ": columns not read: "
"""Sign of a remark on columns without a role, by which nothing of what is counted is missing."""

LONGEST_QUOTED, MOST_QUOTED = 40, 12
WORDS = re.compile(r"[A-Za-z _/.-]{1,40}")


def describe_no_column(place: str, columns: Iterable[object], profiles: Profiles) -> str:
    """Describe a table without a known column, quoting only common words from its header."""
    names = [str(column).strip() for column in columns]
    words = COMMON | profiles.words
    shown = [name for name in names if fold_name(name) in words and WORDS.fullmatch(name)][:12]
    others = len(names) - len(shown)

    columns = f"Found {others} column{'s' * (others != 1)} of other names"
    if shown:
        columns = f"Found: {', '.join([*shown, f'{others} others'] if others else shown)}"
    return (
        f"{place}: no column names a resource or a service. {columns}. "
        "Expected one such as arn, resource_type, service, InstanceId or lineItem/ProductCode; "
        "a file of headers (header,role) adds your own, such as your column,service"
    )


def pick_columns(columns: Iterable[object], place: str, profiles: Profiles) -> Columns:
    """Return the columns of a table by role, and how its rows count."""
    names = [str(column) for column in columns]
    profile = find_profile(names, profiles)
    if profile is None:
        raise EstateError(describe_no_column(place, names, profiles))
    by_folded = {fold_name(name): name for name in reversed(names)}
    by_unit = {strip_units(fold_name(name)): name for name in reversed(names)} | by_folded

    # The first column of each role that the table has; what names a row has one role alone.
    listed = {
        role: [by_folded[name] for name in headers if name in by_folded]
        for role, headers in profile.roles.items()
    }
    if profile.rows == "id":  # several columns may have ids: those of the rows stand first
        listed["identifier"].sort(key=lambda name: (fold_name(name) in REFERRED, names.index(name)))
    picked: dict[str, str] = {}
    for role in ROLES:
        before = (picked["identifier"], picked.get("otherwise")) if role in NAMES else ()
        picked[role] = next((name for name in listed[role] if name not in before), "")
        if role in CONTEXT and not picked[role]:  # as in "resourceTags/user:Environment"
            tagged = (f"{prefix}{name}" for prefix in TAG for name in profile.roles[role])
            picked[role] = next((by_folded[name] for name in tagged if name in by_folded), "")
    if picked["usage_type"]:
        picked["description"] = ""  # it says the same, with the price
    kind = ""
    if profile.rows == "id":
        kind = list_id_kinds("header").get(fold_name(picked["identifier"]), BY_PREFIX)
        kind = kind if profile.kind == "id-header" else BY_PREFIX

    # What a row stands for: a line of a bill, a finding, a resource, or the name of a service.
    costs = dict.fromkeys(by_unit[name] for name in profile.roles["cost"] if name in by_unit)
    is_bill = profile.rows == "bill" or (profile.rows == "service" and bool(costs))
    repeats = profile.rows in ("bill", "finding") or bool(listed["finding"])
    is_by_id = fold_name(picked["thing"]).endswith(("id", "identifier"))
    periods = tuple(listed["period"])
    has_periods = is_by_id and not repeats and bool(periods)
    counted_by = BY_ROW
    if has_periods or (repeats and picked["thing"]):
        counted_by = BY_ID
    elif repeats or (not picked["thing"] and (profile.rows == "service" or (costs and periods))):
        counted_by = BY_NAME
    numbers = listed["number"]
    if profile.rows == "bill":
        numbers = [name for name in numbers if fold_name(name) not in AMOUNTS]
    picked["number"] = next(iter(numbers), "")

    # Settings and states, which a bill or a report of several rows may have of something else.
    naming = {*picked.values(), *costs} - ({picked["identifier"]} if kind else set())
    is_told = profile.rows not in ("bill", "finding")
    settings = _find_settings(profiles, by_folded, naming) if is_told else ()
    if is_bill or repeats or has_periods:
        settings = tuple(one for one in settings if one[0] not in COMMON | OTHER_MEANINGS)
    names_of_states = [f"{one}{name}" for name in profile.roles["state"] for one in ("", CONFIGURATION)]
    states = [by_folded[name] for name in names_of_states if name in by_folded]
    records = tuple(name for name in states if fold_name(name).endswith(RECORD_STATE))
    remarks = () if repeats else tuple(listed["remark"])
    uses = () if repeats else tuple(listed["used"])
    known = {*picked.values(), *states, *remarks, *uses}
    like_states = [
        name for name in names if name not in known and LIKE_STATE.fullmatch(fold_name(name))
    ]
    like_money = [name.strip() for name in names if not costs and is_money(fold_name(name))]
    return Columns(
        **picked,
        costs=tuple(costs),
        numbers=tuple(dict.fromkeys(numbers)),
        periods=periods,
        units=tuple(listed["unit"]),
        settings=() if is_bill else settings,
        flags=profiles.flags,
        states=() if repeats else tuple(name for name in states if name not in records),
        remarks=remarks,
        uses=uses,
        records=records,
        unread={
            "a cost": like_money,
            "settings, beside a cost": [column for _, column in settings] if is_bill else [],
            A_STATE: [] if repeats or not is_told else like_states,
        },
        adds_costs=False,
        is_bill=is_bill,
        has_kinds=profile.rows in ("service", "type"),
        counted_by=counted_by,
        repeats=repeats,
        has_periods=has_periods,
        kind=kind,
    )


def list_unread(columns: Columns, place: str) -> list[str]:
    """List remarks on the columns that are not read, with those of their names that may be quoted."""
    shown = {what: quote_columns(names) for what, names in columns.unread.items()}
    return [f"{place}: not read as {what}: {names}" for what, names in shown.items() if names]


def quote_columns(names: Iterable[str]) -> str:
    """Join those of the names of columns that may be quoted."""
    quoted = [n for n in names if len(n) <= LONGEST_QUOTED and n.isprintable() and not is_secret(n)]
    return join_some(quoted, MOST_QUOTED)


def list_used(columns: Columns) -> set[str]:
    """List the columns of a table that have a role in it."""
    settings = (column for _, column in columns.settings)
    told = columns.states + columns.remarks + columns.uses + columns.records
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
    profiles: Profiles, by_folded: Mapping[str, str], others: set[str]
) -> tuple[tuple[str, str], ...]:
    settings = {}
    for setting in profiles.settings:
        name = setting.replace(".", "")
        names = [name, *OTHER_NAMES.get(setting, ()), f"{CONFIGURATION}{name}"]
        columns = (by_folded[name] for name in names if name in by_folded)
        settings[setting] = next((column for column in columns if column not in others), "")
    return tuple((setting, column) for setting, column in settings.items() if column)
