"""Read Terraform source: the ``resource`` blocks of ``.tf`` and ``.tf.json`` files.

A block is only a declaration. Only the state shows whether it is deployed, how often (``count``,
``for_each``) and with which settings, so each block counts once. Variables are replaced by their
defaults, from the same file or other files in its folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from srm_data.estate.files import parse_json
from srm_data.estate.resource_types import describe_other_provider
from srm_data.estate.resources import Resource
from srm_data.estate.settings import UNKNOWN
from srm_data.estate.values import read_line
from srm_data.exceptions import EstateError

DECLARED = " (declared)"
Block = tuple[str, list[str], dict[str, Any]]
"""Kind of block, its labels and its settings."""

TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/)"""
    r"""|<<-?\s*(?P<mark>\w+)[^\n]*\n.*?^[^\S\n]*(?P=mark)\b"""
    r"""|"(?P<text>(?:[^"\\$]|\\.|\$(?!\{)|\$\{(?:[^{}]|\{[^{}]*\})*\})*+)\""""
    r"""|(?P<name>[A-Za-z_][\w.-]*)"""
    r"""|(?P<number>\d[\w.]*)"""
    r"""|(?P<sign>[{}=\[\](),:]|.)""",
    re.DOTALL | re.MULTILINE,
)
MOST_BESIDE, LARGEST_BESIDE = 30, 200_000
MOST_TOKENS = 2_000_000
DEEPEST = 40
MODULE = "a module, whose resources stand in its own files or registry"


def is_source(name: str, text: str) -> bool:
    """Return whether a text is Terraform source, by its file name or its blocks."""
    if text.lstrip().startswith("{"):
        is_block = r'"resource"\s*:\s*\[?\s*\{\s*"(aws|awscc)_\w+"\s*:\s*[\[{]'
        is_state = '"format_version"' in text or '"lineage"' in text
        return name.endswith(".tf.json") or (bool(re.search(is_block, text)) and not is_state)
    if name.endswith((".tf", ".tofu")):
        return True
    return name.endswith((".txt", ".hcl")) and bool(
        re.search(r'^resource\s+"\w+"\s+"', text, re.MULTILINE)
    )


def read_source(text: str, file: object) -> Iterator[Resource]:
    """Yield every ``resource`` block, and one row per ``module``, which is not a service."""
    is_json = text.lstrip().startswith("{")
    blocks = list(_list_json(text, file)) if is_json else _Parser(text, file).read_body()
    # Other files in the folder may have the defaults of variables.
    beside: list[Block] = []
    path = Path(str(file))
    for neighbour in sorted(path.parent.glob("*.tf"))[:MOST_BESIDE] if "var." in text else ():
        try:
            if neighbour != path and neighbour.is_file() and neighbour.stat().st_size < LARGEST_BESIDE:
                beside += _Parser(neighbour.read_text(encoding="utf-8"), neighbour).read_body()
        except (EstateError, OSError, UnicodeDecodeError):
            continue
    defaults = {
        labels[0]: body["default"]
        for kind, labels, body in (*beside, *blocks)
        if kind == "variable" and len(labels) == 1 and "default" in body
    }
    for kind, labels, body in blocks:
        if kind == "resource" and len(labels) == 2:
            other, of_type = describe_other_provider(labels[0]), read_line(labels[0])
            place = f"{of_type}.{read_line(labels[1])}{DECLARED}"
            yield Resource(of_type, _look_up(body, defaults, 0), place=place, no_service=other)
        elif kind == "module" and labels:
            source = body.get("source")
            is_folder = isinstance(source, str) and source.startswith(("./", "../"))
            place, leads_to = f"module.{read_line(labels[0])}{DECLARED}", read_line(source)
            is_own = leads_to if is_folder else None
            yield Resource("Terraform module", place=place, no_service=MODULE, leads_to=is_own)


def _look_up(node: Any, defaults: dict[str, Any], depth: int) -> Any:
    """Replace variables by their defaults, and other expressions by an unknown value."""
    if depth > DEEPEST:
        return UNKNOWN
    if _is_expression(node):
        variable = re.fullmatch(r"(?:\$\{)?\s*var\.([\w-]+)\s*\}?", node)
        default = defaults.get(variable[1], UNKNOWN) if variable else UNKNOWN
        return UNKNOWN if _is_expression(default) else default
    if isinstance(node, dict):
        return {key: _look_up(value, defaults, depth + 1) for key, value in node.items()}
    if isinstance(node, list):
        return [_look_up(value, defaults, depth + 1) for value in node]
    return node


def _is_expression(node: Any) -> bool:
    return isinstance(node, Expression) or (isinstance(node, str) and "${" in node)  # of JSON


def _list_json(text: str, file: object) -> Iterator[Block]:
    """Yield the blocks of source in JSON, whose objects may stand in lists."""
    document = parse_json(text, Path(str(file)))
    document = document if isinstance(document, dict) else {}
    for kind, depth in (("variable", 1), ("resource", 2), ("module", 1)):
        named: list[tuple[tuple[str, ...], Any]] = [((), document.get(kind))]
        for _ in range(depth):
            named = [
                ((*labels, str(label)), inner)
                for labels, node in named
                for part in (node if isinstance(node, list) else [node])
                for label, inner in (part.items() if isinstance(part, dict) else ())
            ]
        for labels, bodies in named:
            for body in bodies if isinstance(bodies, list) else [bodies]:
                yield kind, list(labels), body if isinstance(body, dict) else {}


class Expression(str):
    """Expression whose value is computed by Terraform."""

    __slots__ = ()


class _Parser:
    """Parser for HCL blocks and attributes; anything but a literal becomes an expression."""

    def __init__(self, text: str, file: object) -> None:
        self.file, self.tokens = file, list(self._split(text))
        self.tokens.append(("end", "", text.count("\n") + 1))
        self.position = 0

    def _split(self, text: str) -> Iterator[tuple[str, str, int]]:
        line = 1
        for number, match in enumerate(TOKEN.finditer(text)):
            if number > MOST_TOKENS:
                raise EstateError(f"{self.file}: too long for Terraform source")
            kind = match.lastgroup or "skip"
            if kind == "skip" and "\n" in match[0]:
                yield "newline", "", line
            elif kind != "skip":
                yield kind, match[kind], line
            line += match[0].count("\n")

    def read_body(self, depth: int = 0) -> list[Block]:
        """Read blocks up to the closing brace, or the end of the file."""
        if depth > DEEPEST:
            raise EstateError(f"{self.file}: nested too deeply; expected Terraform source")
        blocks: list[Block] = []
        while True:
            kind, text, line = self._next()
            if kind == "end" or (kind == "sign" and text == "}"):
                if (kind == "end") != (depth == 0):
                    raise EstateError(f"{self.file}, line {line}: unbalanced braces")
                return blocks
            if kind not in ("name", "text"):
                continue

            labels = []
            while self._peek()[0] in ("name", "text"):
                labels.append(self._next()[1])
            sign = self._peek()[1] if self._peek()[0] == "sign" else ""
            if sign == "{":
                self._next()
                blocks.append((text, labels, self._gather(self.read_body(depth + 1))))
            elif sign in ("=", ":") and not labels:
                self._next()
                blocks.append(("=", [text], {"=": self._read_value(depth + 1)}))

    @staticmethod
    def _gather(blocks: list[Block]) -> dict[str, Any]:
        body: dict[str, Any] = {}
        for kind, labels, content in blocks:
            if kind == "=":
                body[labels[0]] = content["="]
            else:
                name = labels[0] if kind == "dynamic" and labels else kind
                body.setdefault(name, [])
                if isinstance(body[name], list):
                    body[name].append(content if kind != "dynamic" else UNKNOWN)
        return body

    def _read_value(self, depth: int) -> Any:
        first = self._peek()
        if first[:2] == ("sign", "{"):
            self._next()
            return self._gather(self.read_body(depth + 1))
        parts, open_brackets = [], 0
        while True:
            kind, text, _ = self._peek()
            ends = kind == "newline" or (kind == "sign" and text in ("}", ","))
            if kind == "end" or (ends and not open_brackets):
                break
            self._next()
            if kind == "sign" and text in "([{":
                open_brackets += 1
            elif kind == "sign" and text in ")]}":
                open_brackets -= 1
            if kind != "newline":
                parts.append((kind, text))
        return self._value_of(parts)

    @staticmethod
    def _value_of(parts: list[tuple[str, str]]) -> Any:
        if len(parts) == 1:
            kind, text = parts[0]
            if kind == "text" and "${" not in text:
                return text
            if kind == "number" or (kind == "name" and text in ("true", "false")):
                return text
            if kind == "name" and text == "null":
                return None
            return Expression(text)
        if parts[:1] == [("sign", "[")] and parts[-1:] == [("sign", "]")]:
            inner = [part for part in parts[1:-1] if part != ("sign", ",")]
            if all(kind == "text" and "${" not in text for kind, text in inner):
                return [text for _, text in inner]
        return Expression("")

    def _peek(self) -> tuple[str, str, int]:
        return self.tokens[min(self.position, len(self.tokens) - 1)]

    def _next(self) -> tuple[str, str, int]:
        token = self._peek()
        self.position += 1
        return token
