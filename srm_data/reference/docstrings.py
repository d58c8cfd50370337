"""Signatures and numpydoc docstrings, turned into Markdown."""

from __future__ import annotations

import inspect
import re
import textwrap
from typing import Any

from srm_data.reference.markdown import make_anchor


def sign(name: str, thing: Any) -> str:
    """Write how a function or class is called, its annotations as they stand in the source."""
    if inspect.isclass(thing) and issubclass(thing, Exception) and "__init__" not in vars(thing):
        return f"class {name}({thing.__mro__[1].__name__})"
    signature, parts = inspect.signature(thing), []
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        parts.append(f"{parameter.name}: {_written(parameter.annotation)}{default}")
    start = f"class {name}(" if inspect.isclass(thing) else f"{name}("
    end = ")" if inspect.isclass(thing) else f") -> {_written(signature.return_annotation)}"
    line = start + ", ".join(parts) + end
    return line if len(line) <= 88 else start + "\n    " + ",\n    ".join(parts) + ",\n" + end


def _written(annotation: Any) -> str:
    """Return an annotation as the source has it."""
    if isinstance(annotation, str):
        return annotation
    return getattr(annotation, "__forward_arg__", None) or inspect.formatannotation(annotation)


def translate_docstring(docstring: str) -> list[str]:
    """Turn a numpydoc docstring into paragraphs, lists and code blocks of Markdown."""
    first, *rest = re.split(r"^(\w[\w ]*)\n-{3,}$", docstring, flags=re.MULTILINE)
    parts = [_prose(first)]
    for title, text in zip(rest[::2], rest[1::2], strict=True):
        parts.append(f"**{title}**")
        if title == "Examples":
            parts.append(f"```pycon\n{text.strip()}\n```")
        elif title in ("Parameters", "Raises"):
            items = []
            for term, body in _split_items(text):
                names = term.split(", ")
                shown = [f"**{n}**" for n in names] if title == "Parameters" else map(link_name, names)
                items.append(f"- {', '.join(shown)}: {textwrap.indent(_prose(body), '  ').lstrip()}")
            parts.append("\n".join(items))
        elif title == "Returns":
            parts += [f"{link_name(term)}: {_prose(body)}" for term, body in _split_items(text)]
        else:
            parts.append(_prose(text))
    return parts


def _prose(text: str) -> str:
    """Turn paragraphs and definition lists of reStructuredText into Markdown."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if re.search(r"^ +\S", block, re.MULTILINE):
            items = [f"- {term}: {' '.join(body.split())}" for term, body in _split_items(block)]
            blocks.append("\n".join(items))
        else:
            blocks.append(" ".join(block.split()))
    linked = re.sub(r":\w+:`~?([\w.]+)`", lambda found: link_name(found[1]), "\n\n".join(blocks))
    return re.sub(r"``(.+?)``", r"`\1`", linked)


def _split_items(text: str) -> list[tuple[str, str]]:
    """Split a definition list into terms, at the margin, and what is indented below them."""
    items: list[tuple[list[str], list[str]]] = []
    for line in text.strip("\n").splitlines():
        if line.strip() and not line.startswith(" "):
            if not items or items[-1][1]:
                items.append(([], []))
            items[-1][0].append(line)
        elif items:
            items[-1][1].append(line)
    return [(" ".join(term), textwrap.dedent("\n".join(body)).strip()) for term, body in items]


def link_name(name: str) -> str:
    """Link a public name to its section of the API page; show any other name as code."""
    from srm_data import __all__

    bare = name.removeprefix("srm_data.")
    return f"[`{bare}`](#{make_anchor(bare)})" if bare in __all__ else f"`{name}`"
