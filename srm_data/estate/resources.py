"""Count the resources that readers yield by identifier; no single resource is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import pandas as pd

from srm_data.exceptions import EstateError

SEPARATOR = "; "
OTHER_PROVIDER = "a resource of the provider {}, not of AWS"
KEYS = [
    "identifier", "variant", "variant_offering_id", "variant_certain", "no_service", "line", "others",
]  # fmt: skip
"""The key of a tally."""
MOST_BLOCKS = 1000
MOST_RESOURCES = 10**9
"""The largest count that one entry of a file may have."""
LONGEST_PLACE = 500
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}|global")
PROVIDER = re.compile(r"[\w ,./&()-]{1,40}")
ACCOUNT = re.compile(r"\d{12}")
BY_ROW, BY_ID, BY_NAME = "row", "id", "name"
"""How resources were counted: one per row, one per distinct id, or one per name, as none is listed."""
UNKNOWN: Any = object()
"""A setting whose value the file leaves open, such as a parameter of a template."""


class Resource(NamedTuple):
    """One resource of a document, with the settings that may decide which offering it is.

    ``parameters`` are the defaults of a template's parameters, for settings that refer to them.
    ``times`` is the number of rows that it stands for. ``key`` identifies the thing where one thing has
    several rows, such as findings; it is empty where the source names no things, and None where every
    row is one.
    """

    identifier: str
    settings: Mapping[str, Any] = {}
    parameters: Mapping[str, Any] = {}
    account: str = ""
    region: str = ""
    place: str = ""
    no_service: str = ""
    times: int = 1
    cost: float | None = None
    key: str | None = None
    line: str = ""
    leads_to: str = ""
    is_partial: bool = False


class TallyRow(NamedTuple):
    """One row of a tally; :func:`tally_resources` describes the columns."""

    identifier: str
    variant: str = ""
    variant_offering_id: str = ""
    variant_certain: str = ""
    no_service: str = ""
    line: str = ""
    others: str = ""
    accounts: str = ""
    regions: str = ""
    place: str = ""
    rows: int = 1
    resources: int = 1
    counted_by: str = BY_ROW
    cost: float | None = None
    ids: frozenset[int] = frozenset()


class Count:
    """The rows and resources of one row of a tally; the place is that of the first."""

    __slots__ = ("accounts", "cost", "ids", "is_named", "place", "regions", "rows", "things")

    def __init__(self, place: str) -> None:
        self.rows, self.things, self.place = 0, 0, place
        self.ids: set[int] = set()
        self.is_named = False
        self.accounts: set[str] = set()
        self.regions: set[str] = set()
        self.cost: float | None = None

    def add(self, resource: Resource) -> None:
        """Add a resource; an account or a Region that does not look like one may be a secret."""
        self.rows += resource.times
        if resource.key is None:
            self.things += resource.times
        elif resource.key:
            self.ids.add(hash(resource.key))  # an id may be long, and there may be millions
        else:
            self.is_named = True

        if ACCOUNT.fullmatch(resource.account):
            self.accounts.add(resource.account)
        if REGION.fullmatch(resource.region):
            self.regions.add(resource.region)
        if resource.cost is not None:
            self.cost = (self.cost or 0.0) + resource.cost

    @property
    def resources(self) -> int:
        """Things that were counted; rows without any id stand for one thing."""
        counted = self.things + len(self.ids)
        return counted or int(self.is_named)

    @property
    def counted_by(self) -> str:
        """How they were counted."""
        if self.ids:
            return BY_ID
        return BY_NAME if self.is_named and not self.things else BY_ROW


class Rule(NamedTuple):
    """A setting that decides which offering a resource is, or makes one likely."""

    path: list[str]
    value: str
    offering_id: str
    certain: str
    words: str


Rules = dict[str, list[Rule]]
"""The rules of every resource type, in the order in which they are tried."""


def list_rules(variants: pd.DataFrame) -> Rules:
    """Group the table ``variants`` by resource type."""
    rules: Rules = {}
    ordered = variants.sort_values(["resource", "position"], kind="stable")
    names = ("resource", "attribute", "value", "offering_id", "certain")
    columns = [ordered[name].tolist() for name in names]

    for resource, attribute, value, offering, certain in zip(*columns, strict=True):
        words = f"{attribute} = {value}" if value != "-" else f"no {attribute}"
        rule = Rule(attribute.split("."), value.lower(), offering, certain, words)
        rules.setdefault(_fold_type(resource), []).append(rule)
    return rules


def _fold_type(name: str) -> str:
    """Fold a resource type, so that ``awscc_lambda_function`` equals ``AWS::Lambda::Function``."""
    folded = name.lower()
    if folded.startswith("awscc_"):
        return "aws::" + folded.removeprefix("awscc_").replace("_", "")
    first, _, rest = folded.partition("::")
    return f"{first}::{rest.replace('::', '')}" if rest else folded


def tally_resources(resources: Iterable[Resource], rules: Rules) -> pd.DataFrame:
    """Count resources by identifier and by the rule that decides their offering.

    Settings are compared with the rules and dropped at once. Only the words of a rule are kept, never
    a value of the file, which may be a secret.

    Parameters
    ----------
    resources
        From a reader of documents.
    rules
        From :func:`list_rules`.

    Returns
    -------
    DataFrame
        ``identifier``, ``variant`` (the rule that held, in words), ``variant_offering_id``,
        ``variant_certain`` (``"yes"``, or ``"no"`` if it is only likely), ``no_service`` (why it is no
        service of AWS, or empty), ``accounts``, ``regions`` (names, separated), ``place``,
        ``counted_by`` (``"row"``, ``"id"`` or ``"name"``), all ``str``; ``rows``, ``resources``,
        ``int``; ``cost``, ``float``, ``nan`` if unknown.
    """
    counts: dict[tuple[str, str, str, str, str, str], Count] = {}  # by KEYS
    for resource in resources:
        if resource.times > MOST_RESOURCES:
            raise EstateError(f"{resource.place}: a count of more than {MOST_RESOURCES:,}")

        rule = _apply_rules(resource, rules)
        decided = (rule.words, rule.offering_id, rule.certain) if rule else ("", "", "")
        key = (resource.identifier, *decided, resource.no_service, resource.line)
        if key not in counts:
            counts[key] = Count(resource.place)
        counts[key].add(resource)

    return build_tally(
        [
            TallyRow(
                *key,
                accounts=SEPARATOR.join(sorted(count.accounts)),
                regions=SEPARATOR.join(sorted(count.regions)),
                place=count.place,
                rows=count.rows,
                resources=count.resources,
                counted_by=count.counted_by,
                cost=count.cost,
            )
            for key, count in counts.items()
        ]
    )


def build_tally(rows: pd.DataFrame | list[TallyRow]) -> pd.DataFrame:
    """Build a tally from rows, or from a frame with its columns."""
    text = [*KEYS, "accounts", "regions", "place", "counted_by"]
    numbers = {"rows": "int64", "resources": "int64", "cost": "float64"}
    if isinstance(rows, pd.DataFrame):
        rows = rows.assign(**{name: "" for name in ("line", "others") if name not in rows})
    tally = pd.DataFrame(rows, columns=list(TallyRow._fields))
    empty: frozenset[int] = frozenset()
    ids = [one if isinstance(one, frozenset) else empty for one in tally["ids"]]
    tally = tally.assign(ids=pd.Series(ids, index=tally.index, dtype=object))
    return tally.astype(dict.fromkeys(text, "str") | numbers)


def join_ids(sets: Iterable[object]) -> frozenset[int]:
    """Join sets of ids; what is missing holds none."""
    return frozenset().union(*(ids for ids in sets if isinstance(ids, frozenset)))


def join_names(names: Iterable[str]) -> str:
    """Join distinct names, each of which may be several joined names."""
    distinct = {part for name in names for part in name.split(SEPARATOR)} - {"", "NULL"}
    return SEPARATOR.join(sorted(distinct))


def _apply_rules(resource: Resource, rules: Rules) -> Rule | None:
    """Return the first rule that holds, or None if a rule depends on a setting that is open."""
    for rule in rules.get(_fold_type(resource.identifier), ()):
        found = list(_read_setting(resource.settings, rule.path, resource.parameters))
        if UNKNOWN in found or (resource.is_partial and rule.value == "-" and not found):
            return None
        if not found if rule.value == "-" else any(fnmatchcase(text, rule.value) for text in found):
            return rule
    return None


def _read_setting(node: Any, path: list[str], parameters: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the values at a path in lower case; of a repeated block, the values of each.

    Only the path is visited, as aliases can make a small YAML file endless to walk.
    """
    if isinstance(node, list):
        for item in node[:MOST_BLOCKS]:
            if not isinstance(item, list):
                yield from _read_setting(item, path, parameters)

    elif isinstance(node, Mapping):
        function = next(iter(node)) if len(node) == 1 else ""
        if function == "Ref" and isinstance(node[function], str):
            yield from _read_setting(parameters.get(node[function], UNKNOWN), path, {})
        elif function == "Fn::Sub" and "${" not in (text := _read_template_text(node[function])):
            yield from _read_setting(text, path, {})
        elif function in ("Fn::FindInMap", "Fn::If"):
            for value in _list_values(function, node[function], parameters):
                yield from _read_setting(value, path, parameters)
        elif function == "Ref" or str(function).startswith("Fn::"):
            yield UNKNOWN
        elif path:
            for key, value in node.items():
                if str(key).lower().replace("_", "") == path[0]:
                    yield from _read_setting(value, path[1:], parameters)
        elif node:
            yield "{}"

    elif node is UNKNOWN:
        yield UNKNOWN
    elif not path and node not in (None, ""):
        yield str(node).lower()


def _list_values(function: str, arguments: Any, parameters: Mapping[str, Any]) -> list[Any]:
    """Return what ``Fn::FindInMap`` or ``Fn::If`` is by the defaults; an unknown value if it is open.

    A choice whose branches are equal is known, whatever decides it.
    """
    if not isinstance(arguments, list) or len(arguments) < 3:
        return [UNKNOWN]
    first, second, third = arguments[:3]
    if function == "Fn::If":
        conditions = parameters.get("Conditions")
        condition = conditions.get(first) if isinstance(conditions, dict) else None
        holds = _is_equal(condition, parameters)
        if holds is not None:
            return [second if holds else third]
        return [second] if second == third else [UNKNOWN]

    names = [_read_constant(name, parameters) for name in (first, second, third)]
    mapping: Any = parameters.get("Mappings")
    mapping = mapping.get(names[0]) if isinstance(mapping, dict) else None
    if not isinstance(mapping, dict) or names[2] is None:
        return [UNKNOWN]
    rows = [mapping.get(names[1])] if names[1] is not None else list(mapping.values())
    values = [row.get(names[2]) for row in rows if isinstance(row, dict)]
    is_one = bool(values) and all(value == values[0] for value in values)
    return [values[0]] if is_one and values[0] is not None else [UNKNOWN]


def _is_equal(condition: Any, parameters: Mapping[str, Any]) -> bool | None:
    """Return whether a condition of ``Fn::Equals`` holds by the defaults; None if that is open."""
    if isinstance(condition, dict) and len(condition) == 1:
        function, arguments = next(iter(condition.items()))
        if function == "Fn::Not" and isinstance(arguments, list) and len(arguments) == 1:
            inner = _is_equal(arguments[0], parameters) if arguments[0] is not condition else None
            return None if inner is None else not inner
        if function == "Fn::Equals" and isinstance(arguments, list) and len(arguments) == 2:
            sides = [_read_constant(side, parameters) for side in arguments]
            return None if None in sides else sides[0] == sides[1]
    return None


def _read_constant(node: Any, parameters: Mapping[str, Any]) -> str | None:
    """Return text or a number, or the default that a ``Ref`` names; None for anything else."""
    if isinstance(node, dict) and len(node) == 1 and isinstance(node.get("Ref"), str):
        node = parameters.get(node["Ref"])
    return read_scalar(node) or None if not isinstance(node, bool) else str(node).lower()


def _read_template_text(value: Any) -> str:
    """Return the text of ``Fn::Sub``; if it is not text, a variable, whose value is unknown."""
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, str) else "${}"


def expect_mapping(value: Any, file: object, place: str) -> dict[str, Any]:
    """Return the value if it is a JSON object; raise with its place otherwise."""
    if isinstance(value, dict):
        return value
    raise EstateError(f"{file}, {place}: {type(value).__name__}, expected an object")


def expect_list(value: Any, file: object, place: str) -> list[Any]:
    """Return the value if it is a list, an empty list for None; raise with its place otherwise."""
    if value is None or isinstance(value, list):
        return value or []
    raise EstateError(f"{file}, {place}: {type(value).__name__}, expected a list")


def read_scalar(value: Any) -> str:
    """Return text or a number as text, and empty text for anything else.

    Examples
    --------
    >>> [read_scalar(value) for value in ("a", 1, None, {"password": "b"})]
    ['a', '1', '', '']
    """
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def describe_provider(provider: str, sentence: str) -> str:
    """Return the sentence with the provider in it, if that looks like a name."""
    return sentence.format(provider if PROVIDER.fullmatch(provider) else "(not named)")


def read_line(value: Any) -> str:
    """Return a key or an address if it is one line of text, and empty text for anything else."""
    text = read_scalar(value)
    return text if len(text) <= LONGEST_PLACE and len(text.splitlines()) == 1 else ""
