"""Open files that come from anywhere: bounded memory, and errors that say file and place.

An inventory may be cut short, compressed without end, nested without end, or no inventory at all. What
is read whole is read up to a limit; what can be counted in a stream is left to the table reader.
"""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from srm_data.exceptions import EstateError

LARGEST_DOCUMENT = 100 * 1024**2
"""Bytes of a JSON document that is read whole; as Python objects it takes five times as much, and up to
forty times if it is all brackets."""

LARGEST_TEMPLATE = 2 * 1024**2
"""Bytes of YAML: twice what CloudFormation takes."""

LARGEST_LIST = 20 * 1024**2
LARGEST_MENDED = 20 * 1024**2
MOST_ALIASES = 10_000


def read_head(path: Path, size: int = 65_536) -> bytes:
    """Read the first bytes of a file, decompressed if it is gzip.

    Raises
    ------
    EstateError
        If the file is empty or is not whole gzip.
    """
    with path.open("rb") as file:
        head = file.read(size)
    if not head:
        raise EstateError(f"{path}: the file is empty; expected an inventory")
    if is_gzip(head):
        try:
            return zlib.decompressobj(wbits=31).decompress(head, size)
        except zlib.error as error:
            raise EstateError(f"{path}: no whole gzip file ({error})") from error
    return head


def is_gzip(head: bytes) -> bool:
    """Tell gzip by its first two bytes."""
    return head[:2] == b"\x1f\x8b"


def read_text(path: Path, limit: int) -> str:
    """Read a whole file as text, decompressed if it is gzip, up to a number of bytes.

    Raises
    ------
    EstateError
        If there is more, or if it is not UTF-8 (or UTF-16 with its mark).
    """
    with path.open("rb") as file:
        packed = is_gzip(file.read(2))
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            content = file.read(limit + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise EstateError(f"{path}: no whole gzip file ({error})") from error
    if len(content) > limit:
        raise EstateError(
            f"{path}: more than {limit // 1024**2} MB in one document; expected less: "
            "split it, or give a table (CSV or Parquet), which is read in a stream"
        )
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EstateError(f"{path}, line {line}: not text in UTF-8; expected an inventory") from error


def parse_json(text: str, path: Path) -> Any:
    """Parse JSON, or several JSON objects one a line; a comma before a closing bracket is forgiven.

    Raises
    ------
    EstateError
        With the line and column at which the document breaks off. The text is not quoted: it may hold
        secrets.
    """
    decoder = json.JSONDecoder(strict=False)
    try:
        return decoder.decode(text)
    except RecursionError as error:
        raise _too_deep(path) from error
    except ValueError as first:
        try:
            mended = _parse_lines(text, decoder)
            if not mended and len(text) <= LARGEST_MENDED:
                mended = decoder.decode(_drop_last_commas(text))
        except RecursionError as error:
            raise _too_deep(path) from error
        except ValueError:
            mended = None
        if mended:
            return mended
        if isinstance(first, json.JSONDecodeError):
            place = f"line {first.lineno}, column {first.colno}"
            raise EstateError(f"{path}, {place}: not valid JSON ({first.msg})") from None
        raise EstateError(f"{path}: not valid JSON (a number that is too long)") from None


def _too_deep(path: Path) -> EstateError:
    return EstateError(f"{path}: nested too deeply for an inventory; expected a few dozen levels")


def _parse_lines(text: str, decoder: json.JSONDecoder) -> list[Any]:
    """Parse JSON lines; raise at the first line that is not whole, return nothing for one line."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not lines[0].lstrip().startswith("{"):
        return []
    return [decoder.decode(line) for line in lines]


def _drop_last_commas(text: str) -> str:
    """Drop commas that stand before a closing bracket, outside of strings."""
    import re

    # A string may lack its end; possessive, so that the search never goes back over it.
    pattern = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*[\]}])', re.DOTALL)
    return pattern.sub(lambda match: match[0] if match[0] != "," else "", text)


def parse_yaml(text: str, path: Path) -> Any:
    """Parse YAML with CloudFormation's short tags: ``!Ref x`` becomes ``{"Ref": x}``.

    Raises
    ------
    EstateError
        With the line at which it breaks off, or if aliases or merges would make it explode.
    """
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class TemplateLoader(base):  # type: ignore[misc]
        aliases = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            self.aliases += self.check_event(yaml.AliasEvent)
            if self.aliases > MOST_ALIASES:
                raise EstateError(f"{path}: more than {MOST_ALIASES:,} YAML aliases")
            return super().compose_node(parent, index)

        def flatten_mapping(self, node: Any) -> None:
            super().flatten_mapping(node)
            if len(node.value) > MOST_ALIASES:
                raise EstateError(f"{path}: YAML merges make more than {MOST_ALIASES:,} keys")

    def construct_tag(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
        build = {
            yaml.ScalarNode: loader.construct_scalar,
            yaml.SequenceNode: lambda it: loader.construct_sequence(it, deep=True),
            yaml.MappingNode: lambda it: loader.construct_mapping(it, deep=True),
        }
        name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
        return {name: build[type(node)](node)}

    TemplateLoader.add_multi_constructor("!", construct_tag)
    try:
        # Safe: the class above derives from the safe loader and adds no type of Python's.
        return yaml.load(text, Loader=TemplateLoader)
    except RecursionError as error:
        raise _too_deep(path) from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        if isinstance(error, EstateError):
            raise
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise EstateError(f"{path}{place}: not valid YAML") from None
