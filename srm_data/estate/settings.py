"""Compare the settings of a resource with the rules that determine its offering."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    "packagetype": ("imageuri", "code.imageuri"),
    "origin": ("customkeystoreid", "xkskeyid"),
    "type": ("certificateauthorityarn",),
}
"""Settings that another one tells enough of, so that they leave nothing open in a table."""

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
    parameters: Mapping[str, Any],
    *,
    is_partial: bool,
) -> Rule | None:
    """Return the first rule that applies, or None if the type has no rules.

    It is not certain if a rule before it depends on an unknown setting. If none applies, the result has
    no offering: it is ``NONE_APPLIES``, or it is not certain and has the offerings of the rules that
    cannot be evaluated. Of a partial document, these are all rules if it has none of their settings.
    """
    of_type = rules.get(fold_type(identifier), ())
    if not of_type:
        return None

    unknown: list[Rule] = []
    for rule in of_type:
        applies = _apply(rule, settings, parameters, is_partial=is_partial)
        if applies:
            return _add_others(rule, unknown)
        if applies is None:
            unknown.append(rule)

    if is_partial and not any(_has_setting(rule, settings, parameters) for rule in of_type):
        unknown = list(of_type)
    if not unknown:
        return NONE_APPLIES
    return NONE_APPLIES._replace(certain="no", others=_list_offerings(unknown))


def _apply(
    rule: Rule, settings: Mapping[str, Any], parameters: Mapping[str, Any], *, is_partial: bool
) -> bool | None:
    """Return whether a rule applies, or None if that depends on an unknown setting."""
    answers = []
    blocks = list(_find_nodes(settings, rule.block, parameters)) if rule.block else [settings]
    for block in blocks or [{}]:
        fits: list[bool | None] = []
        for path, value in rule.wanted:
            found = list(read_setting(block, path, parameters))
            if UNKNOWN in found or (is_partial and value == "-" and not found):
                fits.append(None)
            elif value == "-":
                fits.append(not found)
            else:
                fits.append(any(fnmatchcase(text, value) for text in found))
        answers.append(False if False in fits else None if None in fits else True)
    return True if True in answers else None if None in answers else False


def _has_setting(rule: Rule, settings: Mapping[str, Any], parameters: Mapping[str, Any]) -> bool:
    paths = [path for path, _ in rule.list_wanted()]
    return any(True for path in paths for _ in read_setting(settings, path, parameters))


def _list_offerings(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.offering_id for rule in rules))


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
    engine = read_engine(settings.get("engine", ""))
    settings = {name: value for name, value in settings.items() if name != "engine"}
    settings |= {"engine": engine} if engine else {}

    known: dict[str, Any] = {}
    for name, value in settings.items():
        put_setting(known, name.split("."), value)
    return find_rule_of_excerpt(rules, identifier, known)


def find_rule_of_excerpt(rules: Rules, identifier: str, settings: Mapping[str, Any]) -> Rule | None:
    """Return the first rule that applies to a resource with some of its settings; others may be set.

    If none applies to what is there, it is an ordinary one, as an instance of an ordinary type is.
    """
    of_type = rules.get(fold_type(identifier), ())
    if not of_type:
        return None
    known = _fold_settings(settings)
    for implied in [name for told in known for name in IMPLIED.get(told, ())]:
        put_setting(known, implied.split("."), "")
    has_some = any(_has_setting(rule, known, {}) for rule in of_type)
    for rule in of_type:
        for path, _ in rule.list_wanted():
            put_setting(known, path, UNKNOWN)
    found = find_rule(rules, identifier, known, {}, is_partial=False)
    return NONE_APPLIES if has_some and found and not found.offering_id else found


def _fold_settings(settings: Mapping[str, Any], depth: int = 3) -> dict[str, Any]:
    return {
        _fold_key(name): _fold_settings(value, depth - 1)
        if isinstance(value, Mapping) and depth > 1
        else value
        for name, value in settings.items()
    }


def _add_others(rule: Rule, unknown: list[Rule]) -> Rule:
    """Add what else a resource may be. The engine of a database tells at least its service."""
    tells_service = any(path == ("engine",) for path, _ in rule.wanted)
    may_be = [one for one in unknown if not (tells_service and one.service_id != rule.service_id)]
    others = tuple(one for one in _list_offerings(may_be) if one != rule.offering_id)
    return rule._replace(certain="no", others=others) if others else rule


def put_setting(settings: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Add the value at a path such as ``["state", "name"]``, unless a setting stands in its way."""
    *above, last = path
    for name in above:
        inner = settings.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        settings = inner
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
