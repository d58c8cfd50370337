"""Tell what kind of inventory a file is, by its content, and hand it to the reader of that kind."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path
from typing import Any, TypeGuard

import pandas as pd

from srm_data.estate.counting import count_records, describe_no_column, find_profile
from srm_data.estate.files import (
    LARGEST_DOCUMENT,
    LARGEST_TEMPLATE,
    parse_json,
    parse_yaml,
    read_head,
    read_text,
    say_too_deep,
)
from srm_data.estate.readers.aws_config import is_config, read_config
from srm_data.estate.readers.cloudformation import is_template, read_template
from srm_data.estate.readers.large_tables import count_csv, count_parquet
from srm_data.estate.readers.listings import (
    is_cost_explorer,
    is_listing,
    lists_nothing,
    read_cost_explorer,
    read_listing,
)
from srm_data.estate.readers.sheets import read_lists
from srm_data.estate.readers.small_tables import (
    HEADER_WITHIN,
    count_names,
    count_rows,
    is_wide,
    read_cells,
    read_list,
    read_wide,
)
from srm_data.estate.readers.terraform import is_terraform, read_terraform
from srm_data.estate.resources import Rules, make_tally, tally_resources
from srm_data.exceptions import EstateError, UnknownKindError

DOCUMENTS = {
    "terraform": (is_terraform, read_terraform),
    "cloudformation": (is_template, read_template),
    "aws-config": (is_config, read_config),
    "listing": (is_listing, read_listing),
}
KINDS = (*DOCUMENTS, "cost-explorer", "table", "list")
EXPECTED = (
    "expected Terraform state or show -json, a CloudFormation template, AWS Config, a bill, a listing "
    "of resources, or a list of services"
)
LARGE_TABLE = 50 * 1024**2
JSON_LINES = {".jsonl", ".ndjson"}
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


KEY = re.compile(r"[A-Za-z][A-Za-z_.-]{0,30}")
"""A key that may be quoted; one with digits, or a longer one, may be a secret or a name of somebody."""


def is_path(source: object) -> TypeGuard[str | os.PathLike[str]]:
    """Return whether this is a path, or text that is meant as one."""
    return isinstance(source, str | os.PathLike)


def read_file(
    path: Path | list[Path], rules: Rules, *, kind: str | None, details: bool | None
) -> pd.DataFrame:
    """Count the resources of one file, or of one table in several Parquet files.

    Raises
    ------
    EstateError
        If it is of no known kind, not of the kind told, or not whole.
    """
    paths = path if isinstance(path, list) else [path]
    if details is None:
        details = sum(part.stat().st_size for part in paths) <= LARGE_TABLE
    return _read_content(paths, rules, kind=kind, details=details)


def _read_content(paths: list[Path], rules: Rules, *, kind: str | None, details: bool) -> pd.DataFrame:
    path, head = paths[0], read_head(paths[0])
    is_document = kind in (*DOCUMENTS, "cost-explorer")
    if head.startswith(b"PAR1") or path.suffix.lower() == ".parquet":
        _require(not is_document, path, kind)
        return count_parquet(paths, details=details)
    if head.startswith(b"PK\x03\x04"):
        _require(not is_document, path, kind)
        return _count_sheets(path, details=details)
    if b"\x00" in head[:1000] and not head.startswith(UTF_16):
        raise EstateError(f"{path}: binary data; {EXPECTED}")
    is_utf_16 = head.startswith(UTF_16)
    text = head.decode("utf-16" if is_utf_16 else "utf-8-sig", errors="replace")
    is_json = text.lstrip()[:1] in ("{", "[")
    if is_document or (kind is None and (is_json or _is_yaml(path, text))):
        return _read_document(path, rules, kind, is_json=is_json, details=details)
    return _read_lines(path, text, kind=kind, details=details, is_utf_16=is_utf_16)


def _require(is_of_kind: bool, path: Path, kind: str | None) -> None:
    if not is_of_kind:
        raise EstateError(f"{path}: not of the kind {kind!r}, as its content shows")


def _is_yaml(path: Path, text: str) -> bool:
    """Tell YAML by its suffix, or a template by a line that begins with one of its sections."""
    sections = r"^[^\S\n]*[\"']?(Resources|AWSTemplateFormatVersion|Transform)[\"']?\s*:"
    suffixes = (".yaml", ".yml", ".template")
    return path.suffix.lower() in suffixes or bool(re.search(sections, text, re.MULTILINE))


def _read_document(
    path: Path, rules: Rules, kind: str | None, *, is_json: bool, details: bool
) -> pd.DataFrame:
    if is_json:
        document = parse_json(read_text(path, LARGEST_DOCUMENT), path)
    else:
        document = parse_yaml(read_text(path, LARGEST_TEMPLATE), path)
    if isinstance(document, dict) and "TemplateBody" in document:
        body = document["TemplateBody"]
        document = parse_yaml(body, path) if isinstance(body, str) else body
    if lists_nothing(document):
        return make_tally([])
    if is_cost_explorer(document) and kind in (None, "cost-explorer"):
        return read_cost_explorer(document, path)
    for name, (is_kind, read) in DOCUMENTS.items():
        if kind in (None, name) and is_kind(document):
            try:
                tally = tally_resources(read(document, path), rules)
            except RecursionError as error:
                raise say_too_deep(path) from error
            return tally.assign(place=f"{path}, " + tally["place"])
    _require(kind is None, path, kind)
    rows = document.get("rows") if isinstance(document, dict) else document
    if isinstance(document, dict) and JSON_LINES & set(path.suffixes):  # a table of one line
        rows = [document]
    if isinstance(rows, list) and all(isinstance(row, str) for row in rows):
        return count_names(rows, str(path))
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        records = count_records(rows, str(path), details=details)
        if records is not None:
            return records
    raise UnknownKindError(
        f"{path}: JSON or YAML of no known kind, {_describe_keys(document)}; {EXPECTED}"
    )


def _describe_keys(document: Any) -> str:
    """Describe a document by such keys as may be quoted, and no value."""
    if not isinstance(document, dict):
        return "a list" if isinstance(document, list) else "a single value"
    shown = sorted(key for key in document if isinstance(key, str) and KEY.fullmatch(key))[:8]
    others = len(document) - len(shown)
    return f"with {', '.join([*shown, f'{others} other keys'] if others else shown)}"


def _read_lines(
    path: Path, text: str, *, kind: str | None, details: bool, is_utf_16: bool
) -> pd.DataFrame:
    """Read text that is no document: a table by its header, else a list of names."""
    lines = text.splitlines()
    filled = [n for n, line in enumerate(lines) if line.strip() and not line.startswith(("#", "sep="))]
    if not filled:
        raise EstateError(f"{path}: the file is empty; {EXPECTED}")
    if kind == "list":
        return read_list(path)
    for number in filled[:HEADER_WITHIN]:  # a title may stand above the header
        delimiter = max(",;\t|", key=lines[number].count)
        header = next(csv.reader([lines[number]], delimiter=delimiter))
        if is_wide(header):
            return read_wide(path, delimiter, number)
        if find_profile(header) or kind == "table":
            if is_utf_16:  # DuckDB reads one of its two orders only
                return count_rows(read_cells(path, delimiter)[number:], str(path), details=details)
            return count_csv(path, delimiter, number, details=details)
    first = lines[filled[0]]
    header = next(csv.reader([first], delimiter=max(",;\t|", key=first.count)))
    if len(header) > 1:
        raise EstateError(describe_no_column(f"{path}, line {filled[0] + 1}", header))
    return read_list(path)


def _count_sheets(path: Path, *, details: bool) -> pd.DataFrame:
    """Count the first sheet that is a table of resources or services, else the first sheet."""
    sheets = read_lists(path)
    faults = []
    for name, rows in sheets.items():
        try:
            return count_rows(rows, f"{path}, sheet {name}", details=details)
        except EstateError as error:
            faults.append(error)
    raise faults[0] if faults else EstateError(f"{path}: no sheet; {EXPECTED}")
