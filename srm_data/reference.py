"""Reference pages in Markdown, made from the sources: data dictionary, API, glossary."""

from __future__ import annotations

import inspect
import re
import textwrap
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.schema import read_decision_schema, read_package, read_remark_schema

MADE = "<!-- Made from the sources by srm-data run: edit those, not this page. -->"
SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
CONSTRAINTS = {
    "required": "required",
    "unique": "unique",
    "minimum": "at least {}",
    "maxLength": "at most {} characters",
    "pattern": "of the form `{}`",
}
OWN_FILES = "These belong to your organisation and do not come with the package: CSV files in UTF-8."
API = """Every name is used as `srm_data.<name>`. In the signatures `pd` is pandas, `Axes` is that of
Matplotlib, and `Tables` is `dict[str, pd.DataFrame]`, as `load_tables` gives it. What the tables hold
is told in [the data dictionary](data-dictionary.md),
what the words mean in [the glossary](glossary.md)."""
TERMS = {
    "responsibility": "Answer",
    "aws_page_term": "AWS's page",
    "fedramp_crm_term": "FedRAMP CRM",
    "caiq_term": "CAIQ",
    "oscal_term": "OSCAL",
}
ANSWERS = {"responsibility": "Answer", "letter": "Letter", "meaning": "Meaning"}
OTHERS = "Where a cell is blank, that vocabulary has no word for the answer."
WORDS = [
    ("## Words", "As this project uses them.", "glossary", {"term": "Term", "meaning": "Meaning"}),
    ("## The four answers", "What a cell can say.", "responsibilities", ANSWERS),
    ("### The four answers in other vocabularies", OTHERS, "responsibilities", TERMS),
    ("## Bases", "Who says so.", "bases", {"label": "Basis", "meaning": "Meaning"}),
    (
        "## Categories",
        "They come in their order, from the most duties of the customer to the fewest.",
        "categories",
        {"category": "Category", "definition": "Definition"},
    ),
]
"""Sections of the glossary that show one table: heading, text, table, its columns by their headings."""

TASKS = {
    "Load": ["load", "check"],
    "Model": ["model", "catalogue"],
    "Matrix and counts": ["matrix", "agreement"],
    "Estate": ["estate"],
    "Decisions and review": ["decisions", "register", "review"],
    "Earlier states": ["versions", "earlier", "changes"],
    "Charts": ["charts", "findings"],
    "Workbook": ["workbook"],
    "Show": ["present"],
}
"""The modules of the public names, by what they are used for."""


def describe_tables() -> str:
    """Write the data dictionary: every table and column, from ``datapackage.json``.

    Returns
    -------
    str
        A page in Markdown: a section a table, and the files that an organisation owns at the end.

    Examples
    --------
    >>> "| `side` | string | required; one of `of the cloud`, `in the cloud` |" in describe_tables()
    True
    """
    package = read_package()
    names = [resource["name"] for resource in package["resources"]]
    own = {"decisions": read_decision_schema(), "remarks": read_remark_schema()}
    intro = (
        f"Data version {package['version']}. The tables are CSV files in UTF-8 in the folder "
        "`srm_data/tables/`. A column that is not required may be blank. A *slug* is made of small "
        f"letters and digits, in words joined by hyphens: `{SLUG}`."
    )
    contents = [f"- [{name}](#{name})" for name in names]
    contents += [
        "- [Files of your own](#files-of-your-own): [decisions](#decisions), [remarks](#remarks)"
    ]
    parts = [MADE, "# Data dictionary", intro, "\n".join(contents)]
    for resource in package["resources"]:
        parts += [
            f"## {resource['name']}",
            f"**{resource['title']}.** {_plain(resource['description'])}",
        ]
        parts += _describe_schema(resource["schema"], f"File: `{resource['path']}`", names)
    parts += ["## Files of your own", OWN_FILES]
    for name, schema in own.items():
        reader = f"Read by [`read_{name}`](api.md#read_{name})"
        parts += [f"### {name}", *_describe_schema(schema, reader, names)]
    return _page(parts)


def describe_api() -> str:
    """Write the API page: every public name, its signature and its docstring, grouped by task.

    Returns
    -------
    str
        A page in Markdown.
    """
    import srm_data

    tasks = {
        task: [name for module in modules for name in srm_data.MODULES[module]]
        for task, modules in TASKS.items()
    }
    contents = [
        f"- [{task}](#{_anchor(task)}): {', '.join(map(_link, names))}" for task, names in tasks.items()
    ]
    parts = [MADE, "# API", API, "\n".join(contents)]
    for task, names in tasks.items():
        parts.append(f"## {task}")
        for name in names:
            thing = getattr(srm_data, name)
            parts += [f"### {name}", f"```python\n{_sign(name, thing)}\n```"]
            parts += _translate(inspect.getdoc(thing) or "")
    return _page(parts)


def describe_words(tables: dict[str, pd.DataFrame]) -> str:
    """Write the glossary: the words of this project and the codes of its tables.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`, with ``glossary`` (columns ``term``, ``meaning``),
        ``responsibilities``, ``bases``, ``categories``, ``layers`` and ``duties``.

    Returns
    -------
    str
        A page in Markdown.

    Raises
    ------
    KeyError
        If one of these tables or columns is missing.
    """
    parts = [MADE, "# Glossary"]
    for heading, text, name, columns in WORDS:
        rows = tables[name][list(columns)]
        if name == "glossary":
            rows = rows.sort_values("term", key=lambda terms: terms.str.casefold())
        parts += [heading, text, _table(list(columns.values()), rows.to_numpy().tolist())]
    parts += ["## Layers and duties", "The layers come in their order, from the ground up."]
    for layer in tables["layers"].to_dict("records"):
        duties = tables["duties"][tables["duties"]["layer_id"] == layer["layer_id"]]
        parts += [f"### {layer['layer']}", f"Security {layer['side']}. {_plain(layer['description'])}"]
        parts.append(
            _table(["Duty", "Description"], duties[["duty", "description"]].to_numpy().tolist())
        )
    return _page(parts)


def write_reference(folder: Path, tables: dict[str, pd.DataFrame]) -> list[Path]:
    """Write the three pages into a folder, over those that are there.

    Parameters
    ----------
    folder
        Where to write; made if it is not there.
    tables
        Frames for :func:`describe_words`.

    Returns
    -------
    list of pathlib.Path
        ``data-dictionary.md``, ``api.md`` and ``glossary.md``. The same sources give the same bytes.

    Raises
    ------
    KeyError
        If a table or column of the glossary is missing.
    OSError
        If a file cannot be written.
    """
    pages = {
        "data-dictionary.md": describe_tables(),
        "api.md": describe_api(),
        "glossary.md": describe_words(tables),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in pages]


def _describe_schema(schema: dict[str, Any], about: str, names: list[str]) -> list[str]:
    """Tell what a table is about with its keys as a list, and its columns as a table."""
    facts = [about]
    if "primaryKey" in schema:
        facts.append(f"Primary key: {_code(schema['primaryKey'])}")
    for key in schema.get("foreignKeys", []):
        table = key["reference"]["resource"]
        whose = f"[{table}](#{table})" if table in names else "this table"
        facts.append(f"{_code(key['fields'])} refers to {whose}, {_code(key['reference']['fields'])}")
    rows = [
        [f"`{f['name']}`", f["type"], _constrain(f.get("constraints", {})), f["description"]]
        for f in schema["fields"]
    ]
    table = _table(["Column", "Type", "Constraints", "Description"], rows)
    return ["\n".join(f"- {fact}" for fact in facts), table]


def _constrain(constraints: dict[str, Any]) -> str:
    """Say in words what a column may hold."""
    words = []
    for name, value in constraints.items():
        if name == "enum":
            words.append("one of " + _code(value))
        elif value == SLUG:
            words.append("a slug")
        elif value is not False:
            words.append(CONSTRAINTS[name].format(value))
    return "; ".join(words)


def _sign(name: str, thing: Any) -> str:
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


def _translate(docstring: str) -> list[str]:
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
                shown = [f"**{n}**" for n in names] if title == "Parameters" else map(_link, names)
                items.append(f"- {', '.join(shown)}: {textwrap.indent(_prose(body), '  ').lstrip()}")
            parts.append("\n".join(items))
        elif title == "Returns":
            parts += [f"{_link(term)}: {_prose(body)}" for term, body in _split_items(text)]
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
    linked = re.sub(r":\w+:`~?([\w.]+)`", lambda found: _link(found[1]), "\n\n".join(blocks))
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


def _link(name: str) -> str:
    """Link a public name to its section of the API page; show any other name as code."""
    from srm_data import __all__

    bare = name.removeprefix("srm_data.")
    return f"[`{bare}`](#{_anchor(bare)})" if bare in __all__ else f"`{name}`"


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


def _code(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(header: list[str], rows: list[list[str]]) -> str:
    """Make a table; outside code, signs that Markdown would read are kept as they are."""
    cells = [header, ["---"] * len(header), *rows]
    lines = [[" ".join(cell.split()).replace("|", r"\|") for cell in row] for row in cells]
    return "\n".join(f"| {' | '.join(map(_plain, line))} |" for line in lines)


def _plain(text: str) -> str:
    return re.sub(r"(`[^`]*`)|([*<])", lambda found: found[1] or rf"\{found[2]}", text)


def _page(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"
