"""Compare the settings of a resource with the rules that determine its offering."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from srm_data.estate.values import read_scalar

MOST_BLOCKS = 1000
OWN_ENGINES = ("aurora", "docdb", "documentdb", "neptune")
ENGINES = ("mysql", "mariadb", "postgres", "oracle", "sqlserver", "db2")
"""Engines as the API names them, of Aurora and its kin, and of RDS."""

WORDS = {"*": "set", "-": "not set"}
"""Words for the patterns of any value and of none."""

UNKNOWN: Any = object()
"""Setting whose value is not in the file, such as a template parameter."""


class Rule(NamedTuple):
    """Rule for a setting that determines the offering of a resource, or makes one likely.

    ``others`` are the offerings that rules with unknown settings would choose.
    """

    path: list[str]
    value: str
    offering_id: str
    certain: str
    words: str
    service_id: str = ""
    others: tuple[str, ...] = ()


Rules = dict[str, list[Rule]]
"""Rules of every resource type, in the order in which they are tried."""


def list_rules(variants: pd.DataFrame, service_of: Mapping[str, str] = MappingProxyType({})) -> Rules:
    """Group the table ``variants`` by resource type, with the service of each offering if given."""
    rules: Rules = {}
    ordered = variants.sort_values(["resource", "position"], kind="stable")
    names = ("resource", "attribute", "value", "offering_id", "certain")
    columns = [ordered[name].tolist() for name in names]

    for resource, attribute, value, offering, certain in zip(*columns, strict=True):
        words = f"{attribute} is {WORDS.get(value, value)}"
        service = service_of.get(offering, "")
        rule = Rule(attribute.split("."), value.lower(), offering, certain, words, service)
        rules.setdefault(_fold_type(resource), []).append(rule)
    return rules


def _fold_type(name: str) -> str:
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
    parameters: Mapping[str, Any],
    *,
    is_partial: bool,
) -> Rule | None:
    """Return the first rule that applies, or None if none does for sure.

    It is not certain if a rule before it depends on an unknown setting.

    Parameters
    ----------
    rules
        Rules from :func:`list_rules`.
    identifier, settings, parameters, is_partial
        As for :class:`~srm_data.estate.resources.Resource`.
    """
    unknown: list[Rule] = []
    for rule in rules.get(_fold_type(identifier), ()):
        found = list(read_setting(settings, rule.path, parameters))
        if UNKNOWN in found or (is_partial and rule.value == "-" and not found):
            unknown.append(rule)
        elif not found if rule.value == "-" else any(fnmatchcase(text, rule.value) for text in found):
            return _add_others(rule, unknown)
    return None


def read_engine(text: str) -> str:
    """Return the engine of a database as the API names it, or empty text for an unknown word.

    Examples
    --------
    >>> [read_engine(text) for text in ("Amazon Aurora MySQL", "PostgreSQL 16.3", "custom-oracle-ee")]
    ['aurora-mysql', 'postgres', 'custom-oracle']
    >>> read_engine("Microsoft SQL Server SE"), read_engine("unknown")
    ('sqlserver', '')
    """
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
    engine = read_engine(settings.get("engine", ""))
    settings = {name: value for name, value in settings.items() if name != "engine"}
    settings |= {"engine": engine} if engine else {}
    unknown = {rule.path[0]: UNKNOWN for rule in rules.get(_fold_type(identifier), ())}
    return find_rule(rules, identifier, {**unknown, **settings}, {}, is_partial=False)


def _add_others(rule: Rule, unknown: list[Rule]) -> Rule:
    """Add what else a resource may be. The engine of a database tells at least its service."""
    tells_service = rule.path == ["engine"]
    others = {
        one.offering_id: None
        for one in unknown
        if one.offering_id != rule.offering_id
        and not (tells_service and one.service_id != rule.service_id)
    }
    return rule._replace(certain="no", others=tuple(others)) if others else rule


def read_setting(node: Any, path: list[str], parameters: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the values at a path in lower case, including those in each of several repeated blocks.

    Only the path is visited, because aliases can make a small YAML file extremely large to traverse.
    """
    if isinstance(node, list):
        for item in node[:MOST_BLOCKS]:
            if not isinstance(item, list):
                yield from read_setting(item, path, parameters)

    elif isinstance(node, Mapping):
        function = next(iter(node)) if len(node) == 1 else ""
        if function == "Ref" and isinstance(node[function], str):
            yield from read_setting(parameters.get(node[function], UNKNOWN), path, {})
        elif function == "Fn::Sub" and "${" not in (text := _read_template_text(node[function])):
            yield from read_setting(text, path, {})
        elif function in ("Fn::FindInMap", "Fn::If"):
            for value in _list_values(function, node[function], parameters):
                yield from read_setting(value, path, parameters)
        elif function == "Ref" or str(function).startswith("Fn::"):
            yield UNKNOWN
        elif path:
            for key, value in node.items():
                if str(key).lower().replace("_", "") == path[0]:
                    yield from read_setting(value, path[1:], parameters)
        elif node:
            yield "{}"

    elif node is UNKNOWN:
        yield UNKNOWN
    elif not path and node not in (None, ""):
        yield str(node).lower()


def _list_values(function: str, arguments: Any, parameters: Mapping[str, Any]) -> list[Any]:
    """Evaluate ``Fn::FindInMap`` or ``Fn::If`` with the defaults; return an unknown value if open.

    A choice between equal branches is known, whatever its condition.
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
    """Evaluate an ``Fn::Equals`` condition with the defaults; return None if it is open."""
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
    """Return text, a number or the default of a ``Ref``, or None for anything else."""
    if isinstance(node, dict) and len(node) == 1 and isinstance(node.get("Ref"), str):
        node = parameters.get(node["Ref"])
    return read_scalar(node) or None if not isinstance(node, bool) else str(node).lower()


def _read_template_text(value: Any) -> str:
    """Return the text of ``Fn::Sub``, or a variable with an unknown value if it is not text."""
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, str) else "${}"
