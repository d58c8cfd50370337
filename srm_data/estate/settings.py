"""Compare the settings of a resource with the rules that determine its offering."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from srm_data.estate.values import read_scalar

MOST_BLOCKS = 1000
OWN_ENGINES = ("aurora", "docdb", "documentdb", "neptune")
ENGINES = ("mysql", "mariadb", "postgres", "oracle", "sqlserver", "db2")
"""Engines as the API names them, of Aurora and its kin, and of RDS."""

AND = "+"
"""Sign between settings of one block that must all have their value, and between these values."""

IMPLIED = {
    "packagetype": (("imageuri",), ("code", "imageuri")),
    "origin": (("customkeystoreid",), ("xkskeyid",)),
    "type": (("certificateauthorityarn",),),
}
"""Paths of settings that another one tells enough of, so that they leave nothing open in a table."""

WORDS = {"*": "set", "-": "not set"}
"""Words for the patterns of any value and of none."""

UNKNOWN: Any = object()
"""Setting whose value is not in the file, such as a template parameter."""


OFF = {
    "aws::guarddutydetector": (("enable",), "false"), "aws_guardduty_detector": (("enable",), "false"),
}  # fmt: skip
"""Settings, by type, with which a service is switched off."""


class Rule(NamedTuple):
    """Rule for settings that determine the offering of a resource, or make one likely.

    ``block`` is the path to the block that has the settings, ``wanted`` their paths and values in it.
    ``others`` are the offerings that rules with unknown settings would choose.
    """

    block: tuple[str, ...]
    wanted: tuple[tuple[tuple[str, ...], str], ...]
    offering_id: str
    certain: str
    words: str
    service_id: str = ""
    others: tuple[str, ...] = ()

    @property
    def is_likely(self) -> bool:
        """Whether it holds where a setting is not set, as far as that is known."""
        return self.certain == "no" and [value for _, value in self.wanted] == ["-"]

    def list_wanted(self) -> list[tuple[tuple[str, ...], str]]:
        """List the whole paths of the settings, with their values."""
        return [((*self.block, *path), value) for path, value in self.wanted]


NONE_APPLIES = Rule((), (), "", "yes", "")
"""Result for a resource whose settings are known, and to which no rule applies."""


Rules = dict[str, list[Rule]]
"""Rules of every resource type, in the order in which they are tried."""


def list_rules(variants: pd.DataFrame, service_of: Mapping[str, str] = MappingProxyType({})) -> Rules:
    """Group the table ``variants`` by resource type, with the service of each offering if given."""
    rules: Rules = {}
    ordered = variants.sort_values(["resource", "position"], kind="stable")
    names = ("resource", "attribute", "value", "offering_id", "certain")
    columns = [ordered[name].tolist() for name in names]

    for resource, attribute, value, offering, certain in zip(*columns, strict=True):
        first, *more = attribute.split(AND)
        values = value.split(AND)
        said = zip([first, *more], values, strict=False)
        words = " and ".join(f"{name} is {WORDS.get(one, one)}" for name, one in said)

        *block, last = first.split(".")
        path: tuple[str, ...] = (last,) if more else (*block, last)
        paths = [path, *((name,) for name in more)]
        wanted = tuple(zip(paths, map(str.lower, values), strict=False))
        of_block = tuple(block) if more else ()
        rule = Rule(of_block, wanted, offering, certain, words, service_of.get(offering, ""))
        rules.setdefault(fold_type(resource), []).append(rule)
    return rules


def fold_type(name: str) -> str:
    """Normalise a resource type, so that ``awscc_lambda_function`` equals ``AWS::Lambda::Function``."""
    folded = name.lower()
    if folded.startswith("awscc_"):
        return "aws::" + folded.removeprefix("awscc_").replace("_", "")
    first, _, rest = folded.partition("::")
    return f"{first}::{rest.replace('::', '')}" if rest else folded


def find_rule(
    rules: Rules,
    identifier: str,
    settings: Mapping[str, Any],
    parameters: Mapping[str, Any] = MappingProxyType({}),
    *,
    completeness: str = "whole",
) -> Rule | None:
    """Return the first rule that applies, or None if the type has no rules.

    A document may be whole, ``"partial"`` (settings with defaults may be left out) or an ``"excerpt"``
    (any setting may be). A rule is not certain if one before it depends on an unknown setting. If none
    applies, the result has no offering: it is ``NONE_APPLIES``, or it is not certain and has the
    offerings of the rules that cannot be evaluated.
    """
    of_type = rules.get(fold_type(identifier), ())
    is_excerpt, names = completeness == "excerpt", {_fold_key(name) for name in settings}
    implied = {path for name in names for path in IMPLIED.get(name, ())} if is_excerpt else set()

    # Try the rules in order, and keep those that unknown settings leave open.
    unknown: list[Rule] = []
    for rule in of_type:
        answers: list[bool | None] = []
        blocks = list(_find_nodes(settings, rule.block, parameters)) if rule.block else [settings]
        for block in blocks or [{}]:
            fits: list[bool | None] = []
            for path, value in rule.wanted:
                values = list(read_setting(block, path, parameters))
                is_open = is_excerpt or (completeness == "partial" and value == "-")
                if UNKNOWN in values or (not values and is_open and path not in implied):
                    fits.append(None)
                elif value == "-":
                    fits.append(not values)
                else:
                    fits.append(any(fnmatchcase(text, value) for text in values))
            answers.append(False if False in fits else None if None in fits else True)
        if True in answers:
            # The engine of a database tells at least its service.
            is_engine = any(path == ("engine",) for path, _ in rule.wanted)
            may_be = [one for one in unknown if not is_engine or one.service_id == rule.service_id]
            others = dict.fromkeys(one.offering_id for one in may_be)
            others.pop(rule.offering_id, None)
            return rule._replace(certain="no", others=tuple(others)) if others else rule
        if None in answers:
            unknown.append(rule)

    # None applies: an excerpt with some setting is of an ordinary resource, and one with none is open.
    paths = [path for rule in of_type for path, _ in rule.list_wanted()]
    if completeness != "whole":
        has_some = any(True for path in paths for _ in read_setting(settings, path, parameters))
        unknown = unknown if has_some else list(of_type)
        unknown = [] if has_some and is_excerpt else unknown
    if not of_type or not unknown:
        return NONE_APPLIES if of_type else None
    others = dict.fromkeys(rule.offering_id for rule in unknown)
    return NONE_APPLIES._replace(certain="no", others=tuple(others))


def is_off(identifier: str, settings: Mapping[str, Any], parameters: Mapping[str, Any]) -> bool:
    """Return whether the settings of a resource switch its service off."""
    path, value = OFF.get(fold_type(identifier), ((), ""))
    return bool(path) and list(read_setting(settings, path, parameters)) == [value]


def read_engine(text: str) -> str:
    """Return the engine of a database as the API names it, or empty text for an unknown word."""
    letters = re.sub(r"[^a-z0-9]", "", text.lower())
    engine = next((name for name in ENGINES if name in letters), "")
    own = next((name for name in OWN_ENGINES if name in letters), "")
    if own == "aurora":
        kind = {"postgres": "-postgresql", "mysql": "-mysql"}.get(engine, "")
        return f"{own}{kind}"
    if own:
        return own.replace("documentdb", "docdb")
    return f"custom-{engine}" if "custom" in letters and engine in ("oracle", "sqlserver") else engine


def find_rule_of_table(rules: Rules, identifier: str, settings: Mapping[str, str]) -> Rule | None:
    """Return the first rule that applies to a row of a table, which tells nothing of other settings.

    An engine that is not known is no setting: any other word would be one of RDS.
    """
    known: dict[str, Any] = {}
    for name, value in settings.items():
        if text := read_engine(value) if name == "engine" else value:
            put_setting(known, name.split("."), text)
    return find_rule(rules, identifier, known, completeness="excerpt")


def put_setting(settings: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Add the value at a path such as ``["state", "name"]``, unless a setting stands in its way."""
    *above, last = path
    for name in above:
        settings = settings.setdefault(name, {})
        if not isinstance(settings, dict):
            return
    settings.setdefault(last, value)


def read_setting(node: Any, path: Sequence[str], parameters: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the values at a path in lower case, including those in each of several repeated blocks."""
    for found in _find_nodes(node, path, parameters):
        if found is UNKNOWN:
            yield UNKNOWN
        else:
            yield "{}" if isinstance(found, dict) else str(found).lower()


@lru_cache(maxsize=4096)
def _fold_key(key: object) -> str:
    return str(key).lower().replace("_", "")


def _find_nodes(node: Any, path: Sequence[str], parameters: Mapping[str, Any]) -> Iterator[Any]:
    """Yield what is at a path: values, blocks that are not empty, or an unknown value.

    Only the path is visited, because aliases can make a small YAML file extremely large to traverse.
    """
    if isinstance(node, list):
        for item in node[:MOST_BLOCKS]:
            if not isinstance(item, list):
                yield from _find_nodes(item, path, parameters)

    elif isinstance(node, dict):
        function = next(iter(node)) if len(node) == 1 else ""
        if function == "Ref" and isinstance(node[function], str):
            yield from _find_nodes(parameters.get(node[function], UNKNOWN), path, {})
        elif function in ("Fn::FindInMap", "Fn::If"):
            for value in _list_values(function, node[function], parameters):
                yield from _find_nodes(value, path, parameters)
        elif function == "Ref" or str(function).startswith("Fn::"):
            yield UNKNOWN
        elif path:
            for key, value in node.items():
                if _fold_key(key) == path[0]:
                    yield from _find_nodes(value, path[1:], parameters)
        elif node:
            yield node

    elif node is UNKNOWN:
        yield UNKNOWN
    elif not path and node not in (None, ""):
        yield node


def _list_values(function: str, arguments: Any, parameters: Mapping[str, Any]) -> list[Any]:
    """Evaluate ``Fn::FindInMap`` with the defaults, or an ``Fn::If`` with equal branches."""
    if not isinstance(arguments, list) or len(arguments) < 3:
        return [UNKNOWN]
    first, second, third = arguments[:3]
    if function == "Fn::If":
        return [second] if second == third else [UNKNOWN]

    # Names may be parameters, of which the default holds.
    nodes = [
        parameters.get(node["Ref"])
        if isinstance(node, dict) and len(node) == 1 and isinstance(node.get("Ref"), str)
        else node
        for node in (first, second, third)
    ]
    names = [str(one).lower() if isinstance(one, bool) else read_scalar(one) or None for one in nodes]
    mapping: Any = parameters.get("Mappings")
    mapping = mapping.get(names[0]) if isinstance(mapping, dict) else None
    if not isinstance(mapping, dict) or names[2] is None:
        return [UNKNOWN]
    rows = [mapping.get(names[1])] if names[1] is not None else list(mapping.values())
    values = [row.get(names[2]) for row in rows if isinstance(row, dict)]
    is_one = bool(values) and all(value == values[0] for value in values)
    return [values[0]] if is_one and values[0] is not None else [UNKNOWN]
