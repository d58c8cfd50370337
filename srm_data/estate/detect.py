"""Find what kind of inventory a file is, by its content, and read it with the reader of that kind."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeGuard

import pandas as pd

from srm_data.estate.columns import describe_no_column, find_profile
from srm_data.estate.counting import count_records
from srm_data.estate.files import (
    LARGEST_DOCUMENT,
    LARGEST_TEMPLATE,
    build_nesting_error,
    parse_json,
    parse_yaml,
    read_cells,
    read_head,
    read_text,
)
from srm_data.estate.readers import DOCUMENTS, READERS, describe_expected
from srm_data.estate.readers.cost_explorer import is_wide, read_wide
from srm_data.estate.readers.large_tables import count_csv, count_parquet
from srm_data.estate.readers.listings import is_empty_listing
from srm_data.estate.readers.small_tables import (
    HEADER_WITHIN,
    count_names,
    count_rows,
    read_list,
    read_workbook_rows,
)
from srm_data.estate.resources import Resource, Rules, build_tally, tally_resources
from srm_data.exceptions import EstateError, UnknownKindError

LARGE_TABLE = 50 * 1024**2
"""Bytes above which accounts, Regions and cost are left out unless asked for."""

JSON_LINES = {".jsonl", ".ndjson"}
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = ",;\t|"
KEY = re.compile(r"[A-Za-z][A-Za-z_.-]{0,30}")
"""A key that may be quoted; one with digits, or a longer one, may be a secret or a person's name."""


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
        If the file is of no known kind, not of the kind asked for, or damaged.
    """
    paths = path if isinstance(path, list) else [path]
    if details is None:
        details = sum(part.stat().st_size for part in paths) <= LARGE_TABLE
    return _read_content(paths, rules, kind=kind, details=details)


def _read_content(paths: list[Path], rules: Rules, *, kind: str | None, details: bool) -> pd.DataFrame:
    path, head = paths[0], read_head(paths[0])
    is_document = kind in DOCUMENTS

    # Binary files: Parquet, Excel, and what is no inventory.
    if head.startswith(b"PAR1") or path.suffix.lower() == ".parquet":
        _require(not is_document, path, kind)
        return count_parquet(paths, details=details)
    if head.startswith(b"PK\x03\x04"):
        _require(not is_document, path, kind)
        return _count_sheets(path, details=details)
    is_utf_16 = head.startswith(UTF_16)
    if b"\x00" in head[:1000] and not is_utf_16:
        raise EstateError(f"{path}: binary data; {describe_expected()}")

    # Text: documents, else tables and lists.
    text = head.decode("utf-16" if is_utf_16 else "utf-8-sig", errors="replace")
    is_json = text.lstrip()[:1] in ("{", "[")
    if is_document or (kind is None and (is_json or _is_yaml(path, text))):
        return _read_document(path, rules, kind, is_json=is_json, details=details)
    return _read_lines(path, text, kind=kind, details=details, is_utf_16=is_utf_16)


def _require(is_of_kind: bool, path: Path, kind: str | None) -> None:
    if not is_of_kind:
        raise EstateError(f"{path}: not of the kind {kind!r}, as its content shows")


def _is_yaml(path: Path, text: str) -> bool:
    """Return whether this is YAML by its suffix, or has a line that begins a template's section."""
    sections = r"^[^\S\n]*[\"']?(Resources|AWSTemplateFormatVersion|Transform)[\"']?\s*:"
    suffixes = (".yaml", ".yml", ".template")
    return path.suffix.lower() in suffixes or bool(re.search(sections, text, re.MULTILINE))


def _read_document(
    path: Path, rules: Rules, kind: str | None, *, is_json: bool, details: bool
) -> pd.DataFrame:
    """Read JSON or YAML with the first reader that recognises it, else as a table or a list."""
    document = _parse_document(path, is_json=is_json)
    if is_empty_listing(document):
        return build_tally([])

    for reader in READERS:
        if reader.recognises and kind in (None, reader.kind):
            is_kind, read = reader.load()
            if is_kind(document):
                return _tally_document(read(document, path), path, rules)
    _require(kind is None, path, kind)

    tally = _count_document(document, path, details=details)
    if tally is None:
        raise UnknownKindError(
            f"{path}: JSON or YAML of no known kind, {_describe_keys(document)}; {describe_expected()}"
        )
    return tally


def _parse_document(path: Path, *, is_json: bool) -> Any:
    """Parse a file; of an answer that holds a template as text, return the template."""
    if is_json:
        document = parse_json(read_text(path, LARGEST_DOCUMENT), path)
    else:
        document = parse_yaml(read_text(path, LARGEST_TEMPLATE), path)

    if isinstance(document, dict) and "TemplateBody" in document:
        body = document["TemplateBody"]
        return parse_yaml(body, path) if isinstance(body, str) else body
    return document


def _tally_document(resources: Iterable[Resource], path: Path, rules: Rules) -> pd.DataFrame:
    try:
        tally = tally_resources(resources, rules)
    except RecursionError as error:
        raise build_nesting_error(path) from error
    return tally.assign(place=f"{path}, " + tally["place"])


def _count_document(document: Any, path: Path, *, details: bool) -> pd.DataFrame | None:
    """Count a table or a list of names that a document holds; return None if it is neither."""
    rows = document.get("rows") if isinstance(document, dict) else document
    if isinstance(document, dict) and JSON_LINES & set(path.suffixes):  # a table of one line
        rows = [document]

    if isinstance(rows, list) and all(isinstance(row, str) for row in rows):
        return count_names(rows, str(path))
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return count_records(rows, str(path), details=details)
    return None


def _describe_keys(document: Any) -> str:
    """Describe a document by the keys that may be quoted, without any value."""
    if not isinstance(document, dict):
        return "a list" if isinstance(document, list) else "a single value"
    shown = sorted(key for key in document if isinstance(key, str) and KEY.fullmatch(key))[:8]
    others = len(document) - len(shown)
    return f"with {', '.join([*shown, f'{others} other keys'] if others else shown)}"


def _read_lines(
    path: Path, text: str, *, kind: str | None, details: bool, is_utf_16: bool
) -> pd.DataFrame:
    """Read text that is no document: a table if it has a header, else a list of names."""
    lines = text.splitlines()
    filled = [n for n, line in enumerate(lines) if line.strip() and not line.startswith(("#", "sep="))]
    if not filled:
        raise EstateError(f"{path}: the file is empty; {describe_expected()}")
    if kind == "list":
        return read_list(path)

    for number in filled[:HEADER_WITHIN]:  # a title may stand above the header
        header, delimiter = _split_header(lines[number])
        if is_wide(header):
            return read_wide(path, delimiter, number)
        if find_profile(header) or kind == "table":
            if is_utf_16:  # DuckDB reads only one of its two byte orders
                return count_rows(read_cells(path, delimiter)[number:], str(path), details=details)
            return count_csv(path, delimiter, number, details=details)

    header, _ = _split_header(lines[filled[0]])
    if len(header) > 1:
        raise EstateError(describe_no_column(f"{path}, line {filled[0] + 1}", header))
    return read_list(path)


def _split_header(line: str) -> tuple[list[str], str]:
    """Split a line into cells at its most frequent delimiter; return that, too."""
    delimiter = max(DELIMITERS, key=line.count)
    return next(csv.reader([line], delimiter=delimiter)), delimiter


def _count_sheets(path: Path, *, details: bool) -> pd.DataFrame:
    """Count the first sheet that is a table or a list; if none is, raise the fault of the first."""
    faults = []
    for name, rows in read_workbook_rows(path).items():
        try:
            return count_rows(rows, f"{path}, sheet {name}", details=details)
        except EstateError as error:
            faults.append(error)
    raise faults[0] if faults else EstateError(f"{path}: no sheet; {describe_expected()}")
