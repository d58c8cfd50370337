"""The two reference pages: data dictionary and glossary."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from srm_data.controls.tables import read_control_package
from srm_data.display import HEADERS
from srm_data.schema import Tables, read_own_schema, read_package

MADE = "<!-- Made from the sources by srm-data run: edit those, not this page. -->"
SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
CONSTRAINTS = {
    "required": "required",
    "unique": "unique",
    "minimum": "at least {}",
    "maxLength": "at most {} characters",
    "pattern": "of the form `{}`",
}
OF_CONTROLS = (
    "Frameworks, their controls and the duties that carry them, in `srm_data/controls/tables/`. A "
    "framework of your own is a folder of the files `frameworks`, `controls`, `control_duties`, "
    "`organisation_controls` and `control_links`."
)

OWN_FILES = "These belong to your organisation and are not in the package: CSV files in UTF-8."
TERMS = {"responsibility": "Answer"}
TERMS |= {name: header for name, header in HEADERS.items() if name.endswith("_term")}
ANSWERS = {"responsibility": "Answer", "letter": "Letter", "meaning": "Meaning"}
OTHERS = "If a cell is blank, the vocabulary has no term for the answer."
WORDS = [
    ("## Words", "As this project uses them.", "glossary", {"term": "Term", "meaning": "Meaning"}),
    ("## The four answers", "The possible values of a cell.", "responsibilities", ANSWERS),
    ("### The four answers in other vocabularies", OTHERS, "responsibilities", TERMS),
    ("## Bases", "What an answer is based on.", "bases", {"label": "Basis", "meaning": "Meaning"}),
    (
        "## Categories",
        "In order, from the most customer duties to the fewest.",
        "categories",
        {"category": "Category", "definition": "Definition"},
    ),
]
"""Sections of the glossary for a table: heading, text, table, and its columns by heading."""


def write_reference(folder: Path, tables: Tables) -> list[Path]:
    """Write ``data-dictionary.md`` and ``glossary.md`` to a folder, replacing existing ones."""
    pages = {"data-dictionary.md": describe_tables(), "glossary.md": describe_words(tables)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in pages]


def describe_tables() -> str:
    """Return the data dictionary: every table and column, and the files that an organisation owns."""
    package = read_package()
    resources, controls = package["resources"], read_control_package()["resources"]
    files = ["corrections", "register"]
    own = {name: read_own_schema(name) for name in files}
    names = [resource["name"] for resource in resources]
    names_of_controls = [resource["name"] for resource in controls]

    # What the page holds, then a section per table in the same order.
    intro = (
        f"Data version {package['version']}. The tables are CSV files in UTF-8 in the folder "
        "`srm_data/tables/`. A column that is not required may be blank. A *slug* is made of "
        f"lower-case letters and digits, in words joined by hyphens: `{SLUG}`."
    )
    contents = [
        *(f"- {_link(name)}" for name in names),
        f"- [Tables of controls](#tables-of-controls): {', '.join(map(_link, names_of_controls))}",
        f"- [Files of your own](#files-of-your-own): {', '.join(map(_link, own))}",
    ]
    parts = [MADE, "# Data dictionary", intro, "\n".join(contents)]
    for resource in resources:
        parts += _describe_resource("##", resource, names)
    parts += ["## Tables of controls", OF_CONTROLS]
    for resource in controls:
        parts += _describe_resource("###", resource, [*names, *names_of_controls])
    parts += ["## Files of your own", OWN_FILES]
    for name, schema in own.items():
        parts += [f"### {name}", *_describe_schema(schema, f"Read by `read_{name}`", names)]
    return _join_parts(parts)


def describe_words(tables: Tables) -> str:
    """Return the glossary: the words of this project and the codes of its tables."""
    # Tables of codes and words, one section each.
    parts = [MADE, "# Glossary"]
    for heading, text, name, columns in WORDS:
        rows = tables[name][list(columns)]
        if name == "glossary":
            rows = rows.sort_values("term", key=lambda terms: terms.str.casefold())
        parts += [heading, text, _make_table(list(columns.values()), rows.to_numpy().tolist())]
    # The duties of each layer, in the order of the matrices.
    parts += ["## Layers and duties", "In order, from the ground up."]
    for layer in tables["layers"].to_dict("records"):
        duties = tables["duties"][tables["duties"]["layer_id"] == layer["layer_id"]]
        rows_of_layer = duties[["duty", "description"]].to_numpy().tolist()
        parts += [
            f"### {layer['layer']}",
            f"Security {layer['side']}. {_escape(layer['description'])}",
            _make_table(["Duty", "Description"], rows_of_layer),
        ]
    return _join_parts(parts)


def _describe_resource(level: str, resource: dict[str, Any], names: list[str]) -> list[str]:
    return [
        f"{level} {resource['name']}",
        f"**{resource['title']}.** {_escape(resource['description'])}",
        *_describe_schema(resource["schema"], f"File: `{resource['path']}`", names),
    ]


def _describe_schema(schema: dict[str, Any], about: str, names: list[str]) -> list[str]:
    """Return the keys of a table as a Markdown list, and its columns as a Markdown table."""
    # A reference without a name is to the table itself.
    facts = [about]
    if "primaryKey" in schema:
        facts.append(f"Primary key: {_list_code(schema['primaryKey'])}")
    for key in schema.get("foreignKeys", []):
        target = key["reference"]
        whose = _link(target["resource"]) if target["resource"] in names else "this table"
        facts.append(f"{_list_code(key['fields'])} refers to {whose}, {_list_code(target['fields'])}")
    rows = [
        [f"`{f['name']}`", f["type"], _describe_constraints(f.get("constraints", {})), f["description"]]
        for f in schema["fields"]
    ]
    table = _make_table(["Column", "Type", "Constraints", "Description"], rows)
    return ["\n".join(f"- {fact}" for fact in facts), table]


def _describe_constraints(constraints: dict[str, Any]) -> str:
    words = []
    for name, value in constraints.items():
        if name == "enum":
            words.append("one of " + _list_code(value))
        elif value == SLUG:
            words.append("a slug")
        elif value is not False:
            words.append(CONSTRAINTS[name].format(value))
    return "; ".join(words)


def _make_table(header: list[str], rows: list[list[str]]) -> str:
    # A cell is one line, in which a bar would end it.
    cells = [header, ["---"] * len(header), *rows]
    lines = [[" ".join(cell.split()).replace("|", r"\|") for cell in row] for row in cells]
    return "\n".join(f"| {' | '.join(map(_escape, line))} |" for line in lines)


def _escape(text: str) -> str:
    # Signs of Markdown have a meaning outside of code only.
    return re.sub(r"(`[^`]*`)|([*<])", lambda match: match[1] or rf"\{match[2]}", text)


def _link(name: str) -> str:
    return f"[{name}](#{name})"


def _list_code(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _join_parts(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"
