"""Detect the kind of an inventory from its content, and read it with the matching reader."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeGuard

import pandas as pd

from srm_data.estate.arns import drop_part, is_full_arn
from srm_data.estate.catalogue import Catalogue, Reading
from srm_data.estate.columns import describe_no_column, pick_columns
from srm_data.estate.counting import count_table
from srm_data.estate.documents import KEY, is_document, read_document
from srm_data.estate.files import (
    LARGEST_DOCUMENT,
    LARGEST_TEMPLATE,
    UTF_16,
    UTF_32,
    WINDOWS,
    build_nesting_error,
    parse_json,
    parse_yaml,
    read_cells,
    read_head,
    read_text,
)
from srm_data.estate.folders import describe_missing
from srm_data.estate.money import write_cell
from srm_data.estate.profiles import find_profile, fold_name
from srm_data.estate.readers import (
    DOCUMENTS,
    EXPECTED,
    cloudformation,
    pulumi,
    terraform,
    terraform_source,
)
from srm_data.estate.readers.archives import is_archive, is_manifest, read_archive, read_manifest
from srm_data.estate.readers.cost_explorer import RESULTS, is_wide, list_groups, read_wide
from srm_data.estate.readers.large_tables import count_csv, count_parquet
from srm_data.estate.readers.small_tables import (
    BULLET,
    HEAD_OF_MAIL,
    HEADER_WITHIN,
    count_names,
    count_rows,
    count_rows_without_header,
    count_workbook,
    find_headers,
    find_names_above,
    read_list,
)
from srm_data.estate.resources import (
    ACCOUNT,
    BY_ID,
    BY_NAME,
    BY_ROW,
    MOST_RESOURCES,
    REGION,
    SWITCHED_OFF,
    Resource,
    TallyRow,
    build_tally,
    describe_provider,
    describe_rule,
    merge_tally,
)
from srm_data.estate.settings import find_rule, is_off
from srm_data.estate.tags import PLACES, read_tags
from srm_data.estate.values import join_some, read_line
from srm_data.exceptions import EstateError, UnknownKindError
from srm_data.load import read_table

TEXTS = {
    "terraform-source": (terraform_source.is_source, terraform_source.read_source),
    "state-list": (terraform.is_state_list, terraform.read_state_list),
}
LANGUAGES = {
    "terraform": (terraform.is_terraform, terraform.read_terraform),
    "cloudformation": (cloudformation.is_template, cloudformation.read_template),
    "cdk": (cloudformation.is_manifest, cloudformation.read_manifest),
    "serverless": (cloudformation.is_serverless, cloudformation.read_serverless),
    "pulumi": (pulumi.is_pulumi, pulumi.read_pulumi),
}
"""Kinds of text and of documents that have a language of their own: what recognises and reads them."""

LARGE_TABLE = 50 * 1024**2
"""Size in bytes above which accounts, Regions and cost are left out by default."""

JSON_LINES = {".jsonl", ".ndjson"}
YAML = (".yaml", ".yml", ".template")
MOST_FOLLOWED = 500
CODE = re.compile(r"[={\[(]\s*$")
"""Possible ends of a line of code, unlike a title or header."""

DELIMITERS = ",;\t|"
SCOUTSUITE = "scoutsuite_results"
"""Variable in which ScoutSuite gives its results as JavaScript."""

OTHER_RESULTS = "results of ScoutSuite about {}; expected those about AWS"
NO_ANSWER = (
    "; if the AWS CLI wrote it, its list is not known, while AWS Config, Resource Explorer and the "
    "tagging API list the resources of all services"
)
SCALARS = (str, int, float, bool, type(None), dt.date)
LONGEST_NAME = 80  # of a service or a resource type; the longest known has 65 characters


@lru_cache
def _list_foreign(form: str) -> dict[str, str]:
    table = read_table("foreign_files")
    rows = table[table["form"] == form]
    return dict(zip(rows["sign"], rows["instead"], strict=True))


def is_path(source: object) -> TypeGuard[str | os.PathLike[str]]:
    """Return whether the argument is a path, or text that is meant as one."""
    return isinstance(source, str | os.PathLike)


def read_file(paths: list[Path], reading: Reading) -> pd.DataFrame:
    """Count the resources of one file, or of one table in several Parquet files."""
    if reading.details is None:
        details = sum(part.stat().st_size for part in paths) <= LARGE_TABLE
        reading = reading._replace(details=details)
    path, head, kind = paths[0], read_head(paths[0]), reading.kind
    is_document = kind in DOCUMENTS

    # Binary files: Parquet, Excel, and what is no inventory.
    is_parquet = head.startswith(b"PAR1") or path.suffix.lower() == ".parquet"
    if is_parquet or head.startswith(b"PK\x03\x04"):
        _require(not is_document, path, kind)
        if is_parquet:
            return count_parquet(paths, reading)
        if is_archive(path):
            return read_archive(path, read_file, reading)
        return count_workbook(path, reading)
    foreign = [
        *(instead for sign, instead in _list_foreign("bytes").items() if head.hex().startswith(sign)),
        *(instead for sign, instead in _list_foreign("text").items() if sign.encode() in head),
    ]
    if foreign:
        raise UnknownKindError(f"{path}: {foreign[0]}")
    is_utf_16 = head.startswith(UTF_16) and not head.startswith(UTF_32)
    if b"\x00" in head[:1000] and not is_utf_16:
        raise UnknownKindError(f"{path}: binary data; if it is text, save it as UTF-8; {EXPECTED}")

    # Text that has a language of its own.
    text = head.decode("utf-16" if is_utf_16 else "utf-8-sig", errors="replace")
    if "\ufffd" in text[:-1]:
        text = head.decode(WINDOWS, errors="replace")
    text = text.replace("\r\r\n", "\n")
    for name, (is_kind, read) in TEXTS.items():
        if kind == name or (kind is None and is_kind(path.name.lower(), text)):
            resources = read(read_text(path, LARGEST_DOCUMENT), path)
            return _tally_document(_note_modules(resources, path, reading), path, reading)

    # Documents, else tables and lists.
    is_json = text.lstrip()[:1] in ("{", "[") or text.lstrip().startswith(SCOUTSUITE)
    if path.suffix.lower() == ".json" and not is_json and text.strip():
        raise UnknownKindError(f"{path}, line 1: not valid JSON, which begins with {{ or [")
    may_be = kind is None and (is_json or _is_yaml(path, text, reading))
    if is_document or may_be:
        return _read_document(path, reading, is_json=is_json)
    return _read_lines(path, text, reading)


def _require(is_of_kind: bool, path: Path, kind: str | None) -> None:
    if not is_of_kind:
        raise EstateError(f"{path}: not of the kind {kind!r}, judging by its content")


def _is_yaml(path: Path, text: str, reading: Reading) -> bool:
    """Return whether text is YAML, and no table, whose cells may hold any text, even a template."""
    sections = r"^[^\S\n]*[\"']?(Resources|AWSTemplateFormatVersion|Transform)[\"']?\s*:"
    if path.suffix.lower() in YAML or not re.search(sections, text, re.MULTILINE):
        return path.suffix.lower() in YAML
    header = _find_header(text.splitlines(), reading)
    return header is None or len(header.cells) < 2


def _read_document(path: Path, reading: Reading, *, is_json: bool) -> pd.DataFrame:
    remarks, kind = reading.remarks, reading.kind
    document = _parse_document(path, is_json=is_json, skipped=remarks)
    keys = document.keys() if isinstance(document, dict) else set()
    for signs, instead in _list_foreign("keys").items():
        if keys >= set(signs.split()):
            raise UnknownKindError(f"{path}: {instead}")
    if keys and (provider := document.get("provider_code", "aws")) != "aws":
        raise UnknownKindError(f"{path}: {describe_provider(read_line(provider), OTHER_RESULTS)}")
    if document in ({}, []):
        return build_tally([])
    if kind is None and is_manifest(document):
        return read_manifest(document, path, read_file, reading)

    if read := _find_document_reader(document, kind):
        missed: list[str] = []
        unread: list[str] = []
        resources = _follow(read(document, path, unread), path, reading.others, missed)
        tally = _tally_document(resources, path, reading)
        if missed:
            remarks.append(f"{path}: not read: {describe_missing(missed, 'template')}")
        if unread:
            lists = f"not known as a list of resources: {join_some(unread, 8)}"
            remarks.append(f"{path}: not read: {lists}")
        return tally
    _require(kind in (None, "cost-explorer"), path, kind)

    rows = document.get("rows") if isinstance(document, dict) else document
    if RESULTS in keys:
        rows = list_groups(document, path)
    elif keys and JSON_LINES & set(path.suffixes):  # a table of one line
        rows = [document]
    listed = rows if isinstance(rows, list) else [None]
    counted = _count_listed(listed, path, reading, has_objects=bool(keys))
    if counted is not None:
        return counted

    # Name its keys that may be quoted, and what to give for an answer of the AWS CLI that is not known.
    content, hint = "a list" if isinstance(document, list) else "a single value", ""
    if isinstance(document, dict):
        shown = sorted(key for key in document if isinstance(key, str) and KEY.fullmatch(key))[:8]
        others = len(document) - len(shown)
        content = f"with {', '.join([*shown, f'{others} other keys'] if others else shown)}"
        held = [value for value in document.values() if value]
        if len(held) == 1 and isinstance(held[0], list) and isinstance(held[0][0], dict):
            hint = NO_ANSWER
    raise UnknownKindError(f"{path}: JSON or YAML of no known kind, {content}; {EXPECTED}{hint}")


def _count_listed(
    rows: list[Any], path: Path, reading: Reading, *, has_objects: bool
) -> pd.DataFrame | None:
    """Count a table of rows, or a list of names; None for another list.

    Cells of Steampipe's answers may have objects.
    """
    if all(isinstance(row, str) for row in rows):
        return count_names(rows, str(path), reading)
    are_records = all(isinstance(row, dict) for row in rows)
    if not are_records and not all(isinstance(row, list) for row in rows):
        return None
    # Records have keys; of --query "Reservations[].Instances[].[InstanceId]" the rows have none.
    keys = list(dict.fromkeys(key for row in rows for key in row)) if are_records else []
    table = [[row.get(key) for key in keys] for row in rows] if are_records else rows
    has_tags = [fold_name(key) in PLACES for key in keys] if keys else [False] * max(map(len, table))
    cells = [
        [
            write_cell(json.dumps(cell) if are_tags else "" if isinstance(cell, list | dict) else cell)
            for cell, are_tags in zip(row, has_tags, strict=False)
        ]
        for row in table
    ]
    header, profiles = list(map(str, keys)), reading.catalogue.profiles
    if find_profile(header, profiles) is None:
        with suppress(EstateError):
            if len(header) != 1:
                return count_rows([header, *cells] if header else cells, str(path), reading)
        return None

    # What names the rows is one line each, and no text.
    named = header.index(pick_columns(header, str(path), profiles).identifier)
    names = [row[named] for row in cells]
    is_long = any(len(name) > LONGEST_NAME and not name.startswith("arn:") for name in names)
    looked_at = [row[named : named + 1] if has_objects else row for row in table]
    has_others = not all(isinstance(cell, SCALARS) for row in looked_at for cell in row)
    if is_long or has_others or any(len(name.splitlines()) > 1 for name in names):
        return None
    return count_table(pd.DataFrame(cells, columns=header, dtype="str"), str(path), reading)


def _find_document_reader(document: Any, kind: str | None) -> Callable[..., Iterator[Resource]] | None:
    """Return a function that reads a document and a file, and fills a list of what is not read."""
    for name, (is_kind, read) in LANGUAGES.items():
        if kind in (None, name) and is_kind(document):
            return lambda document, path, unread, read=read: read(document, path)
    if is_document(document, kind):
        return lambda document, path, unread: read_document(document, path, kind, unread)
    return None


def _follow(
    resources: Iterable[Resource], path: Path, others: dict[Path, bool], missed: list[str]
) -> Iterator[Resource]:
    """Yield the resources of a document and of the files that it refers to, as often as it does.

    Files outside the folder of the first document are not read, unless they are among the others.
    ``missed`` receives the places that lead to a file which is not read.
    """
    waiting: list[tuple[Resource, tuple[Path, ...]]] = [(resource, (path,)) for resource in resources]
    waiting.reverse()
    contents: dict[Path, list[Resource] | None] = {}
    top, followed = path.parent.resolve(), 0
    while waiting:
        resource, chain = waiting.pop()
        yield resource
        if (leads_to := resource.leads_to) is None:
            continue

        # Of an address, only its last part counts.
        target = (chain[-1].parent / leads_to.replace("\0", "")).resolve()
        if "://" in leads_to:
            name = PurePosixPath(leads_to).name
            target = next((other for other in others if other.name == name), Path(leads_to))
        if target in (one.resolve() for one in chain):  # it leads to itself
            continue
        if len(chain) == 1 and others.get(target) is False:
            others[target] = True
            resource = resource._replace(times=resource.times - 1)
        if not resource.times:
            continue

        # Read what is there, once, and count it as often as it is used.
        followed += 1
        may_be = (target in others or target.is_relative_to(top)) and followed <= MOST_FOLLOWED
        if may_be and target.is_file() and target not in contents:
            document = _parse_document(target, is_json=read_head(target).lstrip()[:1] in (b"{", b"["))
            read = _find_document_reader(document, None)
            contents[target] = list(read(document, target, [])) if read else None
        listed = contents.get(target) if may_be else None
        if listed is None:
            missed.append(resource.place.partition(" (")[0])
            continue
        times = resource.times
        inner = [
            one._replace(place=f"{leads_to}, {one.place}", times=min(one.times * times, MOST_RESOURCES))
            for one in listed
        ]
        waiting += [(one, (*chain, target)) for one in reversed(inner)]


def _note_modules(resources: Iterable[Resource], path: Path, reading: Reading) -> Iterator[Resource]:
    folders, missed = {other.parent for other in reading.others}, []
    for resource in resources:
        yield resource
        if resource.leads_to is not None and (path.parent / resource.leads_to).resolve() not in folders:
            missed.append(resource.place.partition(" (")[0])
    if missed:
        missing = describe_missing(missed, "module", "not among the files")
        reading.remarks.append(f"{path}: not read: {missing}")


def _parse_document(path: Path, *, is_json: bool, skipped: list[str] | None = None) -> Any:
    """Parse a file; if it is an API response that contains a template as text, return the template."""
    if is_json:
        text = read_text(path, LARGEST_DOCUMENT)
        start = text.find("{") if text.lstrip().startswith(SCOUTSUITE) else 0
        document = parse_json(text[max(start, 0) :], path, skipped=skipped)
    else:
        document = parse_yaml(read_text(path, LARGEST_TEMPLATE), path)

    if isinstance(document, dict) and "TemplateBody" in document:
        body = document["TemplateBody"]
        return parse_yaml(body, path) if isinstance(body, str) else body
    return document


def _tally_document(resources: Iterable[Resource], path: Path, reading: Reading) -> pd.DataFrame:
    """Count resources by identifier and by the rule that decides their offering.

    Settings are compared with the rules and dropped immediately. Only the description of a rule is
    kept, never a value from the file, which may be a secret.
    """
    catalogue = reading.catalogue
    rows: list[TallyRow] = []
    arns: set[int] = set()
    try:
        for resource in resources:
            kind, settings, parameters = resource[:3]
            completeness = resource.completeness
            ruled = catalogue.find_type(kind) if completeness == "excerpt" else kind
            rule = find_rule(catalogue.rules, ruled, settings, parameters, completeness=completeness)
            is_switched_off = not resource.no_service and is_off(kind, settings, parameters)

            # A resource with several rows is counted once, by its id or its own ARN.
            is_row = resource.key is None
            has_arn = is_row and catalogue.is_own_arn(kind, resource.arn)
            name = drop_part(resource.arn if has_arn else resource.key or "")
            ids = frozenset([hash(name)] if name else [])
            if has_arn or is_full_arn(name):
                arns |= ids
            row = TallyRow(
                kind,
                *describe_rule(rule),
                no_service=SWITCHED_OFF if is_switched_off else resource.no_service,
                line=resource.line,
                # What does not look like an account or a Region may be a secret.
                accounts=resource.account if ACCOUNT.fullmatch(resource.account) else "",
                regions=resource.region if REGION.fullmatch(resource.region) else "",
                **read_tags(settings),
                place=resource.place,
                rows=resource.times,
                resources=resource.times if is_row else 1,
                counted_by=BY_ROW if is_row else BY_ID if resource.key else BY_NAME,
                cost=resource.cost,
                paid=bool(resource.cost) or resource.is_paid,
                ids=ids,
            )
            rows.append(row)
    except RecursionError as error:
        raise build_nesting_error(path) from error
    tally = merge_tally(build_tally(rows))
    # An ARN is one beyond this file, while another file may have the same id for something else.
    shared = tally["ids"].map(arns.intersection).map(frozenset)
    return tally.assign(ids=shared, place=f"{path}, " + tally["place"])


class Header(NamedTuple):
    """Header of a table in a text: the number of its line, its cells, and what separates them."""

    number: int
    cells: list[str]
    delimiter: str


def _find_header(lines: list[str], reading: Reading) -> Header | None:
    """Return the header of a table, above which a title or a list of names may stand.

    It has names of columns for resources, or for their ids at least, and no code before it.
    """
    filled, is_table = _list_filled(lines, reading), reading.kind == "table"
    top = list(itertools.takewhile(lambda n: is_table or not CODE.search(lines[n]), filled))
    if not top:
        return None
    # A heading between the names of a list is no header.
    has_bullets = BULLET.match(lines[top[0]]) is not None
    rows: list[list[str]] = [[] for _ in lines]
    for number in top[:HEADER_WITHIN]:
        cells, _ = _split_header(lines[number])
        rows[number] = [] if has_bullets and len(cells) == 1 else cells
    headers = top[:1] if is_table else find_headers(rows, reading.catalogue)
    return Header(headers[0], *_split_header(lines[headers[0]])) if headers else None


def _list_filled(lines: list[str], reading: Reading) -> list[int]:
    return [
        number
        for number, line in enumerate(lines)
        if line.strip()
        and not line.startswith("sep=")
        and (not line.startswith("#") or _is_hash_header(lines[number:], reading.catalogue))
    ]


def _read_lines(path: Path, text: str, reading: Reading) -> pd.DataFrame:
    lines, catalogue = text.splitlines(), reading.catalogue
    filled = _list_filled(lines, reading)
    if not filled:
        raise EstateError(f"{path}: the file is empty; {EXPECTED}")
    if reading.kind == "list":
        return read_list(path, reading)

    if header := _find_header(lines, reading):
        below = next((line for line in lines[header.number + 1 :] if line.strip()), " ")
        first = next(csv.reader([below], delimiter=header.delimiter))[0]
        if is_wide(header.cells) and not catalogue.is_name(first):  # of Cost Explorer's console
            return read_wide(path, header.delimiter, header.number, reading)
        table = count_csv(path, header.delimiter, header.number, reading)
        if not (above := find_names_above(lines[: header.number], catalogue)):
            return table
        return build_tally(pd.concat([count_names(above, str(path), reading), table]))

    # A table without a header, or with one that is not known, and no list, whose lines may have commas.
    top = [lines[number] for number in filled[:HEADER_WITHIN]]
    cells, delimiter = max(map(_split_header, top), key=lambda split: len(split[0]))
    is_list = 2 * sum(BULLET.match(line) is not None for line in top) >= len(top)
    is_list |= HEAD_OF_MAIL.match(top[0]) is not None
    are_wide = 2 * sum(line.count(delimiter) > 0 for line in top) >= len(top)
    if len(cells) > 1 and are_wide and not is_list:
        rows = [[cell.strip() for cell in row] for row in read_cells(path, delimiter)]
        with suppress(EstateError):
            return count_rows_without_header(rows, str(path), reading)
    names = [cell.strip() for cell in _split_header(lines[filled[0]])[0]]
    if len(names) > 1 and not is_list and not all(catalogue.is_name(name) for name in names if name):
        place, hint = f"{path}, line {filled[0] + 1}", ""
        if any(line.startswith("#") and len(_split_header(line)[0]) > 1 for line in lines[: filled[0]]):
            hint = "; a line above begins with # and was taken as a comment"
        raise UnknownKindError(f"{describe_no_column(place, names, catalogue.profiles)}{hint}")
    return read_list(path, reading)


def _is_hash_header(lines: list[str], catalogue: Catalogue) -> bool:
    """Return whether the first line is a header that begins with "#", and no comment.

    Below it are rows with as many cells, and neither the header of the table nor lines of names.
    """
    header, delimiter = _split_header(lines[0])
    if len(header) < 2 or not find_profile(header, catalogue.profiles):
        return False
    below = next((line for line in lines[1:] if line.strip() and not line.startswith("#")), "")
    cells = next(csv.reader([below], delimiter=delimiter), [])
    is_row = len(cells) == len(header) and not find_profile(cells, catalogue.profiles)
    return is_row and not all(catalogue.is_name(cell.strip()) for cell in cells)


def _split_header(line: str) -> tuple[list[str], str]:
    delimiter = max(DELIMITERS, key=line.count)
    return next(csv.reader([line], delimiter=delimiter)), delimiter
