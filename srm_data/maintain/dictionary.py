"""The two reference pages: data dictionary and glossary."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from srm_data.controls.tables import read_control_package
from srm_data.load import Tables
from srm_data.schema import (
    read_cell_status_schema,
    read_correction_schema,
    read_decision_schema,
    read_owner_schema,
    read_package,
    read_remark_schema,
    read_sign_off_schema,
)

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
TERMS = {
    "responsibility": "Answer",
    "aws_page_term": "AWS's page",
    "fedramp_crm_term": "FedRAMP CRM",
    "caiq_term": "CAIQ",
    "oscal_term": "OSCAL",
}
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


def describe_tables() -> str:
    """Return the data dictionary: every table and column of ``datapackage.json``.

    Returns
    -------
    str
        Markdown page with one section per table, followed by the files that an organisation owns.

    Examples
    --------
    >>> "| `side` | string | required; one of `of the cloud`, `in the cloud` |" in describe_tables()
    True
    """
    package = read_package()
    names = [resource["name"] for resource in package["resources"]]
    controls = read_control_package()["resources"]
    own = {
        "cell_status": read_cell_status_schema(),
        "decisions": read_decision_schema(),
        "owners": read_owner_schema(),
        "corrections": read_correction_schema(),
        "remarks": read_remark_schema(),
        "sign_off": read_sign_off_schema(),
    }

    intro = (
        f"Data version {package['version']}. The tables are CSV files in UTF-8 in the folder "
        "`srm_data/tables/`. A column that is not required may be blank. A *slug* is made of "
        f"lower-case letters and digits, in words joined by hyphens: `{SLUG}`."
    )

    contents = [f"- [{name}](#{name})" for name in names]
    links = ", ".join(f"[{name}](#{name})" for name in own)
    of_controls = ", ".join(f"[{item['name']}](#{item['name']})" for item in controls)
    contents.append(f"- [Tables of controls](#tables-of-controls): {of_controls}")
    contents.append(f"- [Files of your own](#files-of-your-own): {links}")

    parts = [MADE, "# Data dictionary", intro, "\n".join(contents)]
    for resource in package["resources"]:
        parts += [
            f"## {resource['name']}",
            f"**{resource['title']}.** {_escape(resource['description'])}",
        ]
        parts += _describe_schema(resource["schema"], f"File: `{resource['path']}`", names)
    parts += ["## Tables of controls", OF_CONTROLS]
    named = [*names, *(resource["name"] for resource in controls)]
    for resource in controls:
        parts += [
            f"### {resource['name']}",
            f"**{resource['title']}.** {_escape(resource['description'])}",
        ]
        parts += _describe_schema(resource["schema"], f"File: `{resource['path']}`", named)
    parts += ["## Files of your own", OWN_FILES]
    for name, schema in own.items():
        reader = f"Read by `read_{name}`"
        parts += [f"### {name}", *_describe_schema(schema, reader, names)]
    return _join_parts(parts)


def describe_words(tables: Tables) -> str:
    """Return the glossary: the words of this project and the codes of its tables.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`, with ``glossary`` (columns ``term``, ``meaning``),
        ``responsibilities``, ``bases``, ``categories``, ``layers`` and ``duties``.

    Returns
    -------
    str
        Markdown page.

    Raises
    ------
    KeyError
        If a table or column is missing.
    """
    parts = [MADE, "# Glossary"]
    for heading, text, name, columns in WORDS:
        rows = tables[name][list(columns)]
        if name == "glossary":
            rows = rows.sort_values("term", key=lambda terms: terms.str.casefold())
        parts += [heading, text, _make_table(list(columns.values()), rows.to_numpy().tolist())]
    parts += ["## Layers and duties", "In order, from the ground up."]
    for layer in tables["layers"].to_dict("records"):
        duties = tables["duties"][tables["duties"]["layer_id"] == layer["layer_id"]]
        parts += [f"### {layer['layer']}", f"Security {layer['side']}. {_escape(layer['description'])}"]
        parts.append(
            _make_table(["Duty", "Description"], duties[["duty", "description"]].to_numpy().tolist())
        )
    return _join_parts(parts)


def write_reference(folder: Path, tables: Tables) -> list[Path]:
    """Write the reference pages to a folder, replacing existing ones.

    Parameters
    ----------
    folder
        Folder to write to; created if missing.
    tables
        Frames for :func:`describe_words`.

    Returns
    -------
    list of pathlib.Path
        Paths of ``data-dictionary.md`` and ``glossary.md``. The same sources give the same bytes.

    Raises
    ------
    KeyError
        If a table or column of the glossary is missing.
    OSError
        If a file cannot be written.
    """
    pages = {
        "data-dictionary.md": describe_tables(),
        "glossary.md": describe_words(tables),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in pages]


def _describe_schema(schema: dict[str, Any], about: str, names: list[str]) -> list[str]:
    """Return the keys of a table as a Markdown list, and its columns as a Markdown table."""
    facts = [about]
    if "primaryKey" in schema:
        facts.append(f"Primary key: {_list_code(schema['primaryKey'])}")
    for key in schema.get("foreignKeys", []):
        table = key["reference"]["resource"]
        whose = f"[{table}](#{table})" if table in names else "this table"
        facts.append(
            f"{_list_code(key['fields'])} refers to {whose}, {_list_code(key['reference']['fields'])}"
        )
    rows = [
        [f"`{f['name']}`", f["type"], _constrain(f.get("constraints", {})), f["description"]]
        for f in schema["fields"]
    ]
    table = _make_table(["Column", "Type", "Constraints", "Description"], rows)
    return ["\n".join(f"- {fact}" for fact in facts), table]


def _constrain(constraints: dict[str, Any]) -> str:
    """Describe the constraints of a column in words."""
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
    """Return a Markdown table with its cells escaped."""
    cells = [header, ["---"] * len(header), *rows]
    lines = [[" ".join(cell.split()).replace("|", r"\|") for cell in row] for row in cells]
    return "\n".join(f"| {' | '.join(map(_escape, line))} |" for line in lines)


def _escape(text: str) -> str:
    """Escape Markdown characters outside of code."""
    return re.sub(r"(`[^`]*`)|([*<])", lambda found: found[1] or rf"\{found[2]}", text)


def _list_code(names: list[str]) -> str:
    """Return comma-separated names, formatted as code."""
    return ", ".join(f"`{name}`" for name in names)


def _join_parts(parts: list[str]) -> str:
    """Join paragraphs, lists and tables into a page."""
    return "\n\n".join(parts) + "\n"
