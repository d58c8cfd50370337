"""Reference pages say what the sources say, all of it, and every link in them leads somewhere."""

import re

import mistune
import pytest

from srm_data.maintain.dictionary import (
    CONSTRAINTS,
    MADE,
    describe_tables,
    describe_words,
)
from srm_data.schema import read_own_schema, read_package


@pytest.fixture(scope="module")
def pages(shipped) -> dict[str, str]:
    return {
        "data-dictionary.md": describe_tables(),
        "glossary.md": describe_words(shipped),
    }


def section(page: str, heading: str) -> str:
    """Return what stands under a heading, to the next one of any level."""
    match = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", page, re.MULTILINE | re.DOTALL)
    assert match, f"no heading {heading}"
    return match[1]


def anchors(page: str) -> list[str]:
    """Make the anchors of a page's headings, as GitHub does."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def render_tables(page: str) -> list[list[list[str]]]:
    """Render a page and return the cells of its tables as a reader sees them."""
    html = str(mistune.create_markdown(plugins=["table"])(page))
    return [
        [
            [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
            for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        ]
        for table in re.findall(r"<table>(.*?)</table>", html, re.DOTALL)
    ]


def test_every_table_is_described_with_its_title_file_keys_columns_and_constraints(pages):
    page = pages["data-dictionary.md"]
    assert f"Data version {read_package()['version']}." in page
    for resource in read_package()["resources"]:
        schema, text = resource["schema"], section(page, resource["name"])
        assert f"**{resource['title']}.** {resource['description']}" in text
        assert f"- File: `{resource['path']}`" in text
        for column in schema["primaryKey"]:
            assert re.search(rf"^- Primary key: .*`{column}`", text, re.MULTILINE)
        for key in schema.get("foreignKeys", []):
            target = key["reference"]["resource"]
            whose = f"[{target}](#{target})" if target else "this table"
            assert f"- `{key['fields'][0]}` refers to {whose}" in text

        [[header, *rows]] = render_tables(text)
        assert header == ["Column", "Type", "Constraints", "Description"]
        for field, (name, kind, words, description) in zip(schema["fields"], rows, strict=True):
            constraints = field.get("constraints", {})
            words = words.replace(constraints.get("pattern", ""), "")  # which may hold a semicolon
            assert (name, kind, description) == (field["name"], field["type"], field["description"])
            assert len(constraints) == (words.count(";") + 1 if words else 0)
            assert all(value in words for value in constraints.get("enum", []))
            assert set(constraints) <= {"enum", *CONSTRAINTS}


def test_files_of_an_organisation_are_described_too(pages):
    [[_, *rows]] = render_tables(section(pages["data-dictionary.md"], "register"))
    fields = read_own_schema("register")["fields"]
    assert [row[0] for row in rows] == [field["name"] for field in fields]


def test_pages_are_whole_markdown_in_which_every_link_leads_to_one_heading(pages):
    for name, page in pages.items():
        assert not re.search(r":\w+:`|``|^-{4,}$|\r|\n\n\n|[ \t]\n|\n\n\Z", page, re.MULTILINE), name
        assert page.startswith(f"{MADE}\n\n# ")
        assert page.endswith("\n")
        assert len(anchors(page)) == len(set(anchors(page))), name
        for target, anchor in re.findall(r"\]\(([\w.-]*)#?([\w-]*)\)", page):
            assert not anchor or anchor in anchors(pages[target or name]), f"{name}: {target}#{anchor}"


def test_the_glossary_has_answers_bases_categories_layers_and_duties(pages, shipped):
    page = pages["glossary.md"]
    shown = [row for table in render_tables(page) for row in table]
    for table, columns in {
        "responsibilities": ["responsibility", "letter", "meaning"],
        "bases": ["label", "meaning"],
        "categories": ["category", "definition"],
        "duties": ["duty", "description"],
    }.items():
        assert [row for row in shipped[table][columns].to_numpy().tolist() if row not in shown] == []
    for layer in shipped["layers"].to_dict("records"):
        text = section(page, layer["layer"])
        assert layer["side"] in text
        assert layer["description"] in text
    [terms] = render_tables(section(page, "The four answers in other vocabularies"))
    assert terms[0] == ["Answer", "AWS's page", "FedRAMP CRM", "CAIQ", "OSCAL"]
    assert ["Shared", "Shared", "Partial", "Shared CSP and CSC", "provided + responsibility"] in terms
