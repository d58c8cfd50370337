"""Read JSON and YAML whose entries are resources, by the rows of the table ``document_kinds``.

A row gives the path to a list of entries, what proves that it is this list, and where an entry has its
type, ARN, account and so on. A path is made of keys, in any case, with ``_`` for a blank:

``a[]``, ``a{}``
    each entry of a list, each value of an object; the key of the value is found at ``a{}`` and ``{}``
``a?{}``, ``**``, ``*``
    a step that may be missing; objects at any depth; the first object of several
``^a``
    in the entry, or else in the nearest object around it
``a b``, ``a+b``
    the first one that has a value; all of them, joined
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from srm_data.estate.arns import is_full_arn, shorten_arn, split_arn
from srm_data.estate.columns import LINE, PART_OF_LINE
from srm_data.estate.money import read_amount
from srm_data.estate.resource_types import ADDRESS, DATA_SOURCE, describe_other_provider
from srm_data.estate.resources import MOST_RESOURCES, Resource, describe_provider
from srm_data.estate.settings import put_setting
from srm_data.estate.states import (
    ACCOUNT,
    ARCHIVED,
    DELETED,
    MISSING,
    describe_document_state,
    describe_state,
    is_missing,
)
from srm_data.estate.values import expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError
from srm_data.load import read_table

DEEPEST = 20
DECLARED = " (declared)"
DECLARED_KINDS = ("infracost", "driftctl", "iac-findings")
"""Kinds that name what code declares, by its type or its address."""

EARLIER = "an earlier or repeated record of a resource that is counted once"
OTHER_CLOUD = "a resource of another cloud: {}"
NO_RESOURCE = "a finding that names no resource"
NO_TYPE = "an entry that names no resource of AWS"
NO_TYPE_IN_FILE = "(no resource type)"
ACCOUNT_ID = re.compile(r"AWS::::Account:.*|arn:[^:]*:iam::\d{12}:root|\d{12}")
NOTHING = ("", "N/A", "Other")

TYPE = re.compile(
    r"(?P<type>(?:AWS|Alexa|Custom)::[A-Za-z0-9]+(?:::[A-Za-z0-9]+)*)(?:\..*)?"
    r"|(?P<module>(?:community|amazon)\.aws\.[a-z0-9_]{2,60})"
    r"|(?P<bare>(?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]{2,60})", re.DOTALL
)  # fmt: skip
IN_CODE = re.compile(r"(?:resource\.)?((?:data\.)?(?:aws|awscc)_[a-z0-9_]+)\[([^\]]*)\].*")
"""Place in the code, by which older KICS reports name a resource: ``aws_s3_bucket[this].policy``."""

SENTENCE = re.compile(r"Resource '(?P<address>[^']+)'.*", re.DOTALL)
"""Description by which older tfsec reports name a resource, its modules divided by colons."""

KEY = re.compile(r"[A-Za-z][A-Za-z_.-]{0,30}")
"""Pattern of keys that may be quoted; longer ones or ones with digits may be secrets or names."""

Path = tuple[str, ...]
Chain = tuple[dict[str, Any], ...]
"""An entry and the objects around it, from the inside out, with folded keys."""


Kind = Any
"""Row of ``document_kinds``; the table describes its columns."""


class Entry(NamedTuple):
    """An entry of a list, with the row that reads it."""

    row: Kind
    chain: Chain
    place: str


@lru_cache(maxsize=32)
def list_kinds(kind: str | None = None) -> dict[Path, list[Kind]]:
    """List the rows of a kind, or of all kinds, by the path to their entries."""
    kinds: dict[Path, list[Kind]] = {}
    rows: Iterator[Any] = read_table("document_kinds").itertuples(index=False)
    for row in rows:
        for path in row.path.split():
            if kind in (None, row.kind):
                kinds.setdefault(split_path(path), []).append(row)
    return kinds


@lru_cache(maxsize=2048)
def split_path(path: str) -> Path:
    """Split a path into its steps; that of the document itself has none."""
    return tuple(step for step in path.lower().split(".") if step)


def is_document(document: Any, kind: str | None = None) -> bool:
    """Return whether a document, or the first of a list, has a list of resources, if an empty one."""
    while isinstance(document, list) and document:
        document = document[0]
    document = open_entry(document)
    if not isinstance(document, dict):
        return False
    return next(find_entries(document, kind), None) is not None or is_empty(document, kind)


def is_empty(document: Any, kind: str | None = None) -> bool:
    """Return whether a document lists resources, and there are none."""
    if not isinstance(document, dict):
        return isinstance(document, list) and not document
    folded = fold(document)
    if not folded or any(map(_is_list, folded.values())):
        return not folded

    # Some path leads to an empty list, or to nothing where a list may stand.
    for path in list_kinds(kind):
        node: Any = folded
        for step in path:
            node = fold(node) if isinstance(node, dict) else {}
            name = step.rstrip("[]{}?")
            if name not in node:
                break
            node = node[name]
            if step.endswith("[]"):
                if node in (None, []):
                    return True
                break
    return False


def read_document(
    document: Any, file: object, kind: str | None = None, not_read: list[str] | None = None
) -> Iterator[Resource]:
    """Yield the resources of every list of a document that the table knows."""
    not_read = [] if not_read is None else not_read
    entries = list(_list_entries(document, file, kind, not_read))

    # The latest record of every resource counts, or the first listed of several.
    keys: list[Path] = []
    latest: dict[Path, tuple[str, int]] = {}
    for number, (row, chain, _) in enumerate(entries):
        name = find_text(f"{row.id} {row.arn}", chain) if row.latest else ""
        places = [find_text(at, chain) for at in (row.account, row.type_at, row.region)] if name else []
        keys.append((name, *places) if name else ())
        captured = find_text(row.latest, chain) if name else ""
        if name and (keys[-1] not in latest or captured > latest[keys[-1]][0]):
            latest[keys[-1]] = captured, number
    for number, (key, entry) in enumerate(zip(keys, entries, strict=True)):
        for resource in _read_entry(entry, file):
            if key and latest[key][1] != number:
                resource = resource._replace(no_service=EARLIER)
            if resource.times or entry.row.kind not in DECLARED_KINDS:
                yield resource


def _list_entries(
    document: Any, file: object, kind: str | None, not_read: list[str], place: str = ""
) -> Iterator[Entry]:
    document = open_entry(document)
    if isinstance(document, list):
        for number, inner in enumerate(document, start=1):
            yield from _list_entries(inner, file, kind, not_read, f"{place}entry {number}, ")
        return
    document = expect_mapping(document, file, place.removesuffix(", ") or "the document")
    is_known, unfit = False, Counter[str]()
    for entry in find_entries(document, kind, unfit):
        is_known = True
        yield entry._replace(place=f"{place}{entry.place}".removesuffix(", ") or "entry 1")
    if not is_known and not is_empty(document, kind):
        not_read.append(place.removesuffix(", "))
    elif is_known:
        unfit.update(dict(_list_unknown(document, kind)))
        not_read += [
            f"{place}{name} ({n:,} {'entry' if n == 1 else 'entries'})" for name, n in unfit.items()
        ]


def _list_unknown(document: dict[str, Any], kind: str | None) -> Iterator[tuple[str, int]]:
    """List the lists of a document that no row of the table leads to, and how long they are."""
    paths = list_kinds(kind)
    folded = fold(document)
    if any(fits(row, (folded,)) for row in paths.get((), [])):
        return  # an entry, whose lists are its settings
    first = {re.sub(r"[\[{?].*", "", path[0]) for path in paths if path}
    for name, value in document.items():
        if _is_list(value) and fold_key(name) not in first:
            yield str(name) if KEY.fullmatch(str(name)) else "a list", len(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def find_entries(
    document: dict[str, Any], kind: str | None = None, unfit: Counter[str] | None = None
) -> Iterator[Entry]:
    """Yield the entries of all known lists of an object, or the object itself if it is an entry."""
    folded, kinds = fold(document), list_kinds(kind)
    unfit = Counter() if unfit is None else unfit
    read: set[str] = set()
    for row in kinds.get((), []):
        if fits(row, (folded,)):
            yield Entry(row, (folded,), "")
            return
    spelled = {fold_key(name): str(name) for name in document}
    for path, rows in kinds.items():
        first = path[0].rstrip("[]{}?") if path else ""
        if not path or first not in folded:
            continue
        around, usual = None, None
        for chain, place in _follow(path, (folded,), ""):
            # Other entries of a list are read as the one before them, if they fit no row.
            usual = usual if chain[1] is around else None
            around = chain[1]
            usual = next((row for row in rows if fits(row, chain)), usual)
            if usual is not None:
                yield Entry(usual, chain, place.replace(first, spelled[first], 1))
                read.add(spelled[first])
            elif len(path) == 1 and path[0].endswith("[]"):
                unfit[spelled[first]] += 1
    for name in read.intersection(unfit):  # read as a list of another kind
        del unfit[name]


def _follow(path: Path, chain: Chain, place: str) -> Iterator[tuple[Chain, str]]:
    """Yield what a path leads to, each with the objects around it."""
    if not path:
        yield chain, place
        return
    step, rest = path[0], path[1:]
    name, node = step.rstrip("[]{}?"), chain[0]
    if step == "**":
        yield from _follow(rest, chain, place)
        if len(chain) < DEEPEST:
            for inner in node.values():
                if isinstance(inner, dict):
                    yield from _follow(path, (fold(inner), *chain), place)
        return
    if "?" in step:
        yield from _follow(rest, chain, place)
    held = node.get(name)
    if step.endswith("[]"):
        for number, inner in enumerate(held if isinstance(held, list) else [], start=1):
            yield from _follow(rest, (_wrap(inner), *chain), f"{place}{name} {number}, ")
    elif step.endswith("{}"):
        for number, (key, inner) in enumerate(held.items() if isinstance(held, dict) else (), start=1):
            bound = {f"{name}{{}}": str(key), "{}": str(key)}
            yield from _follow(rest, (_wrap(inner), bound, *chain), f"{place}{name} {number}, ")
    elif isinstance(held, dict):
        yield from _follow(rest, (fold(held), *chain), place)


def _wrap(inner: Any) -> dict[str, Any]:
    inner = open_entry(inner)
    return fold(inner) if isinstance(inner, dict) else {"value": inner}


def open_entry(entry: Any) -> Any:
    """Return an entry; AWS Config answers queries with JSON in strings."""
    if isinstance(entry, str) and entry.lstrip().startswith("{"):
        try:
            return json.loads(entry)
        except (ValueError, RecursionError):
            return entry
    return entry


@lru_cache(maxsize=4096)
def fold_key(name: object) -> str:
    """Return a key as paths write it; the API and its exports differ in case."""
    return str(name).lower().replace(" ", "_")


def fold(node: dict[str, Any]) -> dict[str, Any]:
    """Return an object with folded keys."""
    return {fold_key(name): value for name, value in node.items()}


def fits(row: Kind, chain: Chain) -> bool:
    """Return whether an entry has all that a row needs: ``a``, ``!a``, ``a=text``, ``/a``, ``a|b``."""
    needed = row.needs.lower().split()
    return all(any(_has(need, chain) for need in either.split("|")) for either in needed)


def _has(need: str, chain: Chain) -> bool:
    if need == "@text":
        return isinstance(chain[0].get("value"), str)
    where, _, text = need.lstrip("!").partition("=")
    nodes = chain[-1:] if where.startswith("/") else chain
    value = find(where.removeprefix("/"), nodes)
    has = value not in (None, "", [], {}) if not where.startswith("/") else value is not None
    if text:
        has = text in read_scalar(value).lower()
    return has is not need.startswith("!")


@lru_cache(maxsize=2048)
def _list_alternatives(path: str) -> tuple[tuple[bool, Path], ...]:
    """List the paths that are separated by blanks, each with whether it is also looked up outside."""
    return tuple((one.startswith("^"), split_path(one.removeprefix("^"))) for one in path.split())


def find(path: str, chain: Chain) -> Any:
    """Return what stands at the first of several paths, or None."""
    for is_outward, steps in _list_alternatives(path):
        for node in chain if is_outward else chain[:1]:
            value: Any = node.get(steps[0]) if steps else node  # its keys are folded
            for step in steps[1:]:
                value = _take_step(value, step)
            if value not in (None, "", [], {}):
                return value
    return None


def _take_step(node: Any, step: str) -> Any:
    if isinstance(node, list) and step.isdigit():
        return node[int(step)] if int(step) < len(node) else None
    if not isinstance(node, dict):
        return None
    if step == "*":
        return next((inner for inner in node.values() if isinstance(inner, dict)), None)
    return node[step] if step in node else fold(node).get(step)


def find_text(path: str, chain: Chain) -> str:
    """Return the text at the first path that has a value; texts at paths with + are joined."""
    if "+" in path:
        return "\n".join(read_scalar(find(part, chain)) for part in path.split("+"))
    return read_scalar(find(path, chain)) if path else ""


def _read_entry(entry: Entry, file: object) -> Iterator[Resource]:
    """Yield the resources of an entry: itself, or those that a finding is about."""
    row, chain, place = entry
    things: list[Any] = [chain[0]]
    if row.things:
        held = find(row.things.removesuffix("[]"), chain)
        things = [one for one in (held if isinstance(held, list) else [held]) if isinstance(one, dict)]
    for thing in things:
        inner = (fold(thing), *chain) if row.things else chain
        if row.kind in DECLARED_KINDS:
            yield _build_declared(row, inner, place)
        else:
            yield _build_resource(row, inner, file, place)
    if not things:
        yield Resource("(no resource)", place=place, no_service=NO_RESOURCE, key="")


def _build_resource(row: Kind, chain: Chain, file: object, place: str) -> Resource:
    arn, name = find_text(row.arn, chain), find_text(row.id, chain)
    is_finding, is_named = row.completeness == "excerpt", row.counted_by == "id"
    thing = arn or name
    # The type: of the row; of a finding by its ARN; else at its place, or the first word of the check.
    kinds = [read_scalar(find(path, chain)) for path in row.type_at.split()]
    check = find_text(row.check, chain).removeprefix("prowler-").partition("_")[0]
    kinds += [check if check.isalnum() else "", *kinds[:1], thing]
    kind = row.type or next((text for text in kinds if text not in NOTHING), "")
    if is_finding or not (row.type or row.type_at):
        # Checks of AWS Config write AWS_LAMBDA.
        words = kind.split("_") if kind.startswith("AWS_") and kind.isupper() else []
        joined = "".join(word.capitalize() for word in words)
        kind, written = shorten_arn(thing) or read_line(joined or kind), kind
    else:
        kind, written = read_line(kind), kind
    if not kind:
        raise EstateError(f"{file}, {place}: names no resource; expected an ARN or a resource type")

    settings = _collect_settings(row.settings, chain)
    # A query tells only what it selects; a record tells all settings.
    is_query = row.latest and not (settings and find_text(row.latest, chain))
    completeness = "partial" if is_query else row.completeness
    settings = {"tags": find("tags", chain)} | settings
    parts = split_arn(thing)
    key = thing if is_named else (arn if is_full_arn(arn) else None)
    cost = read_amount(find_text(row.cost, chain)) if row.cost else None
    return Resource(
        kind,
        settings,
        account=parts.account or find_text(row.account, chain),
        region=parts.region or find_text(row.region, chain),
        place=place,
        no_service=_describe_no_service(row, chain, written, thing, settings),
        times=_read_count(row, chain, file, place),
        key="" if row.counted_by == "name" else key,
        arn="" if is_named else name,
        cost=cost,
        line=PART_OF_LINE * (len(LINE) - 1) if row.counted_by == "name" else "",
        completeness=completeness,
    )


def _collect_settings(items: str, chain: Chain) -> dict[str, Any]:
    """Join the settings at several paths; ``name=path`` is a single setting."""
    settings: dict[str, Any] = {}
    for item in items.split():
        name, _, path = item.rpartition("=")
        value = open_entry(find(path, chain)) if split_path(path) else chain[0]
        if name and value is not None:
            settings[name.lower()] = value
        elif not name and isinstance(value, dict):
            settings |= value
        # Some queries write configuration.state.name as one key.
        for key in [key for key in chain[0] if "." in key and split_path(path) and not name]:
            first, *steps = key.split(".")
            if first == path.lower():
                put_setting(settings, steps, chain[0][key])
    return settings


def _describe_no_service(
    row: Kind, chain: Chain, kind: str, thing: str, settings: dict[str, Any]
) -> str:
    """Describe why an entry is no service in use; return empty text if it is one."""
    if row.no_service:
        return str(row.no_service)
    provider = find_text(row.provider, chain).lower() or "aws"
    if provider != "aws":
        return describe_provider(provider, OTHER_CLOUD)
    if row.check and (kind == "AwsAccount" or ACCOUNT_ID.fullmatch(thing)):
        return ACCOUNT
    state = find_text(row.state, chain)
    if row.check and state.lower() == "archived":
        return ARCHIVED
    if state.lower() in row.gone.split():
        return DELETED
    result, message, check = (find_text(at, chain) for at in (row.result, row.message, row.check))
    if row.check and is_missing(result, message, thing, check):
        return MISSING
    states = describe_document_state(settings) or describe_document_state(chain[0])
    return describe_state(state) or states


def _read_count(row: Kind, chain: Chain, file: object, place: str) -> int:
    count = find(row.number, chain) if row.number else None
    count = 1 if count is None else count
    if isinstance(count, int) and 0 <= count <= MOST_RESOURCES:
        return count
    what = "no count that a file can hold" if isinstance(count, int) else type(count).__name__
    raise EstateError(f"{file}, {place}: the count is {what}; expected a whole number")


def _build_declared(row: Kind, chain: Chain, place: str) -> Resource:
    kind, name, is_data = _read_address(find_text(row.type_at, chain))
    is_data |= read_scalar(find("code_block.0.1", chain)).lstrip().startswith("data ")
    key = f"{find_text(row.id, chain)}\n{name}" if row.counted_by == "id" else None
    times = _read_count(row, chain, "", place)
    if not kind:
        return Resource(NO_TYPE_IN_FILE, place=place, no_service=NO_TYPE, key=key, times=times)
    other = DATA_SOURCE if is_data else row.no_service
    return Resource(
        kind,
        place=place if row.kind == "driftctl" else f"{place}{DECLARED}",
        no_service=other or ("" if ":" in kind or "." in kind else describe_other_provider(kind)),
        key=key,
        times=times,
        cost=read_amount(find_text(row.cost, chain)) or None,  # 0 without an estimate of usage
        completeness="partial",
    )


def _read_address(text: str) -> tuple[str, str, bool]:
    if sentence := SENTENCE.fullmatch(text):
        text = sentence["address"]
    if in_code := IN_CODE.fullmatch(text):
        text = ".".join(in_code.groups())
    for written in (text, text.replace(":", ".")):  # older reports divide modules by colons
        if address := ADDRESS.fullmatch(written):
            return address["type"], written, bool(address["data"])
        if named := TYPE.fullmatch(written):
            kind = named["type"] or named["module"] or named["bare"]
            return kind.removeprefix("data."), written, kind.startswith("data.")
    return "", text, False
