"""Open untrusted files with bounded memory, and with errors that name the file and the place.

A file may be truncated, compressed or nested without limit, or not an inventory at all. Documents are
read up to a size limit; tables are streamed by their reader.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srm_data.estate.values import join_some
from srm_data.exceptions import EstateError, UnknownKindError

if TYPE_CHECKING:
    import yaml

BETWEEN = re.compile(r"\s*+")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
UTF_32 = b"\xff\xfe\x00\x00"  # begins like UTF-16
WINDOWS = "cp1252"
NOT_UTF_8 = "text that is not UTF-8: save it as UTF-8 (in Excel as CSV UTF-8)"

LARGEST_DOCUMENT = 100 * 1024**2
"""Maximum size of a JSON document. Python objects need five times as much, brackets up to forty."""

LARGEST_TEMPLATE = 2 * 1024**2
"""Maximum size of YAML in bytes: twice what CloudFormation accepts."""

LARGEST_LIST = 20 * 1024**2
LARGEST_MENDED = 20 * 1024**2
MOST_ALIASES = 10_000
MOST_NODES = 2_000_000
"""Maximum number of values in YAML with all aliases expanded; a 2 MB template has fewer."""

KUBERNETES = "a manifest of Kubernetes; name what it runs on, such as Amazon EKS"
MOST_LETTERS = 20 * 1024**2
LONGEST_NUMBER = 20  # digits; a longer one is an identifier, or made to take time


def read_head(path: Path, size: int = 65_536) -> bytes:
    """Read the first bytes of a file, decompressing gzip."""
    with path.open("rb") as file:
        head = file.read(size)
    if not head:
        raise EstateError(f"{path}: the file is empty; expected an inventory")
    if is_gzip(head):
        try:
            return zlib.decompressobj(wbits=31).decompress(head, size)
        except zlib.error as error:
            raise EstateError(f"{path}: not a complete gzip file; expected one that unpacks") from error
    return head


def is_gzip(head: bytes) -> bool:
    """Return whether the bytes start with the gzip magic number."""
    return head[:2] == b"\x1f\x8b"


def read_text(path: Path, limit: int) -> str:
    """Read a whole file as text up to a size limit in bytes, decompressing gzip."""
    with path.open("rb") as file:
        packed = is_gzip(file.read(2))

    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            content = file.read(limit + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise EstateError(f"{path}: not a complete gzip file; expected one that unpacks") from error
    if len(content) > limit:
        raise EstateError(
            f"{path}: more than {limit // 1024**2} MB in one document; expected less: "
            "split it, or pass a table (CSV or Parquet), which is streamed"
        )
    try:
        if content[:2] in UTF_16:  # to which another program may add one byte, the end of a line
            return content[: len(content) // 2 * 2].decode("utf-16")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode(WINDOWS)  # of Excel, if "CSV UTF-8" is not chosen
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EstateError(f"{path}, line {line}: {NOT_UTF_8}") from error


def read_cells(path: Path, delimiter: str) -> list[list[str]]:
    """Read delimited text of up to 20 MB as rows of cells; blank lines become empty rows."""
    text = io.StringIO(read_text(path, LARGEST_LIST), newline="")
    reader = csv.reader(text, delimiter=delimiter)
    try:
        return list(reader)
    except csv.Error as error:
        raise EstateError(f"{path}, line {reader.line_num}: {error}; expected text cells") from error


def parse_json(text: str, path: Path, *, skipped: list[str] | None = None) -> Any:
    """Parse JSON or JSON Lines; a trailing comma before a closing bracket is ignored.

    ``skipped`` receives a description of the broken lines of JSON Lines, which are then left out, if
    most lines are valid.
    """
    decoder = json.JSONDecoder(strict=False)
    text = _replace_halves(text)

    try:
        return decoder.decode(text)
    except RecursionError as error:
        raise build_nesting_error(path) from error
    except ValueError as first:
        mended, fault = None, first
        try:
            mended = _parse_several(text, decoder)
            if not mended and len(text) <= LARGEST_MENDED:
                # A string may lack its end. Possessive, so that the search never backtracks over it.
                comma = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*[\]}])', re.DOTALL)
                mended = decoder.decode(comma.sub(lambda one: one[0].removeprefix(","), text))
        except RecursionError as error:
            raise build_nesting_error(path) from error
        except ValueError as error:
            is_later = isinstance(error, json.JSONDecodeError) and error.doc == text
            fault = error if is_later else first
            mended = None if skipped is None else _parse_lines(text, decoder, path, skipped)

        if mended:
            return mended
        if isinstance(fault, json.JSONDecodeError):
            place = f"line {fault.lineno}, column {fault.colno}"
            raise EstateError(f"{path}, {place}: not valid JSON ({fault.msg})") from None
        raise EstateError(f"{path}: not valid JSON (a number that is too long)") from None


def _parse_lines(
    text: str, decoder: json.JSONDecoder, path: Path, skipped: list[str]
) -> list[Any] | None:
    found: list[Any] = []
    broken: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if line and not line.startswith("{"):
            return None
        try:
            found += [decoder.decode(line)] if line else []
        except (ValueError, RecursionError):
            broken.append(number)
    if len(broken) >= len(found):
        return None
    lines = f"line{'s' * (len(broken) > 1)} {join_some(broken)}"
    skipped.append(f"{path}: not read: {lines} (not valid JSON)")
    return found


def build_nesting_error(path: Path) -> EstateError:
    """Build the error for a document that is nested too deeply."""
    return EstateError(f"{path}: nested too deeply for an inventory; expected a few dozen levels")


def _replace_halves(text: str) -> str:
    """Replace lone surrogates, which JSON can escape but UTF-8 cannot encode."""
    if "\\ud" not in text.lower():
        return text
    # Keep whole pairs, and whatever another backslash escapes.
    half, low = r"\\u[dD][89a-fA-F]\w\w", r"\\u[dD][c-fC-F]\w\w"
    pattern = rf"\\u[dD][89abAB]\w\w{low}|({half})|\\."
    return re.sub(pattern, lambda match: r"\ufffd" if match[1] else match[0], text)


def _parse_several(text: str, decoder: json.JSONDecoder) -> list[Any]:
    """Parse JSON Lines, or answers that were appended to one file, each over several lines.

    Return an empty list if the first object is not valid, and raise an error at a later one.
    """
    found: list[Any] = []
    position = _skip_blanks(text, 0)
    while text.startswith("{", position):
        try:
            document, position = decoder.raw_decode(text, position)
        except ValueError:
            if not found:
                return []
            raise
        found.append(document)
        position = _skip_blanks(text, position)
    if found and position < len(text):
        raise ValueError("text after an object")
    return found


def _skip_blanks(text: str, position: int) -> int:
    found = BETWEEN.match(text, position)
    return found.end() if found else position


def parse_yaml(text: str, path: Path) -> Any:
    """Parse YAML with CloudFormation's short tags: ``!Ref x`` becomes ``{"Ref": x}``."""
    import yaml

    if len(text) > LARGEST_TEMPLATE:
        raise EstateError(f"{path}: more than {LARGEST_TEMPLATE // 1024**2} MB of YAML; expected less")
    try:
        loader = _build_loader(path)(text)
        node = loader.get_single_node()
        if node is None:
            return None
        _check_size(node, path)
        return loader.construct_document(node)
    except RecursionError as error:
        raise build_nesting_error(path) from error
    except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError) as error:
        # PyYAML raises the last four for a scalar that does not fit its tag: !!bool x.
        if isinstance(error, EstateError):
            raise
        if re.search("^apiVersion:", text, re.M) and re.search("^kind:", text, re.M):
            raise UnknownKindError(f"{path}: {KUBERNETES}") from None
        if "single document" in str(getattr(error, "context", "")):
            raise UnknownKindError(f"{path}: several YAML documents; expected one") from None
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise EstateError(f"{path}{place}: not valid YAML") from None


def _build_loader(path: Path) -> Any:
    """Build a safe loader that supports CloudFormation's short tags and no Python types."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class TemplateLoader(base):  # type: ignore[misc]
        aliases = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            self.aliases += self.check_event(yaml.AliasEvent)
            if self.aliases > MOST_ALIASES:
                raise EstateError(f"{path}: more than {MOST_ALIASES:,} YAML aliases")
            return super().compose_node(parent, index)

        def construct_scalar(self, node: Any) -> Any:
            text = super().construct_scalar(node)
            return text.encode("utf-8", "replace").decode() if isinstance(text, str) else text

        def construct_number(self, node: Any) -> Any:
            if len(node.value) > LONGEST_NUMBER:
                return self.construct_scalar(node)
            is_whole = node.tag.endswith("int")
            return self.construct_yaml_int(node) if is_whole else self.construct_yaml_float(node)

        def construct_short_tag(self, suffix: str, node: Any) -> dict[str, Any]:
            name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
            if isinstance(node, yaml.ScalarNode):
                return {name: self.construct_scalar(node)}
            if isinstance(node, yaml.SequenceNode):
                return {name: self.construct_sequence(node, deep=True)}
            return {name: self.construct_mapping(node, deep=True)}

    TemplateLoader.add_multi_constructor("!", TemplateLoader.construct_short_tag)
    for kind in ("int", "float"):
        TemplateLoader.add_constructor(f"tag:yaml.org,2002:{kind}", TemplateLoader.construct_number)
    return TemplateLoader


def _check_size(root: yaml.Node, path: Path) -> None:
    """Raise an error if aliases and merges would expand a document beyond the limit.

    Each node is visited once, and counted as often as it is referenced.
    """
    sizes: dict[int, tuple[int, int]] = {}
    begun: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting[-1]
        items = node.value if isinstance(node.value, list) else []
        children = [one for item in items for one in (item if isinstance(item, tuple) else (item,))]
        if id(node) not in begun:
            begun.add(id(node))
            waiting += [child for child in children if id(child) not in sizes]
            if any(id(child) in begun and id(child) not in sizes for child in children):
                raise EstateError(f"{path}: YAML that contains itself; expected an inventory")
            continue

        waiting.pop()
        if id(node) in sizes:
            continue

        nodes = 1 + sum(sizes[id(child)][0] for child in children)
        letters = 0 if children else len(node.value)
        letters += sum(sizes[id(child)][1] for child in children)
        if nodes > MOST_NODES or letters > MOST_LETTERS:
            raise EstateError(
                f"{path}: YAML aliases that expand to more than {MOST_NODES:,} values or "
                f"{MOST_LETTERS // 1024**2} MB; expected an inventory"
            )
        sizes[id(node)] = nodes, letters
