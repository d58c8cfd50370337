"""Reference pages say what the sources say, all of it, and every link in them leads somewhere."""

import re
from pathlib import Path

import mistune
import pandas as pd
import pytest

from srm_data.maintain import describe_tables, describe_words, write_reference
from srm_data.maintain.dictionary import CONSTRAINTS, MADE
from srm_data.schema import read_decision_schema, read_package, read_remark_schema, read_schemas

GLOSSARY = pd.DataFrame(
    {
        "term": ["service", "Offering", "duty"],
        "meaning": ["A product | as sold.", "One *way* to run it.", "A single thing to do."],
    }
)


@pytest.fixture(scope="module")
def words(shipped) -> dict[str, pd.DataFrame]:
    return shipped | {"glossary": GLOSSARY}


@pytest.fixture(scope="module")
def pages(words) -> dict[str, str]:
    return {
        "data-dictionary.md": describe_tables(),
        "glossary.md": describe_words(words),
    }


def section(page: str, heading: str) -> str:
    """Return what stands under a heading, to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading}"
    return found[1]


def without_code(page: str) -> str:
    return re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)


def anchors(page: str) -> list[str]:
    """Make the anchors of a page's headings, as GitHub does."""
    headings = re.findall(r"^#+ (.+)$", without_code(page), re.MULTILINE)
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


def test_every_column_of_every_table_is_in_the_dictionary(pages):
    own = {"decisions": read_decision_schema(), "remarks": read_remark_schema()}
    for name, schema in (read_schemas() | own).items():
        [[header, *rows]] = render_tables(section(pages["data-dictionary.md"], name))
        assert header == ["Column", "Type", "Constraints", "Description"]
        told = [(row[0], row[1], row[3]) for row in rows]
        assert told == [(f["name"], f["type"], f["description"]) for f in schema["fields"]]


def test_every_constraint_of_a_column_is_told(pages):
    for name, schema in read_schemas().items():
        [[_, *rows]] = render_tables(section(pages["data-dictionary.md"], name))
        for field, row in zip(schema["fields"], rows, strict=True):
            constraints = field.get("constraints", {})
            told = row[2].replace(constraints.get("pattern", ""), "")  # which may hold a semicolon
            assert len(constraints) == (told.count(";") + 1 if told else 0)
            assert all(value in row[2] for value in constraints.get("enum", []))
            assert set(constraints) <= {"enum", *CONSTRAINTS}


def test_every_table_is_told_with_its_title_file_and_keys(pages):
    for resource in read_package()["resources"]:
        text = section(pages["data-dictionary.md"], resource["name"])
        assert f"**{resource['title']}.** {resource['description']}" in text
        assert f"- File: `{resource['path']}`" in text
        for column in resource["schema"]["primaryKey"]:
            assert re.search(rf"^- Primary key: .*`{column}`", text, re.MULTILINE)
        for key in resource["schema"].get("foreignKeys", []):
            target = key["reference"]["resource"]
            whose = f"[{target}](#{target})" if target else "this table"
            assert f"- `{key['fields'][0]}` refers to {whose}" in text


def test_the_dictionary_names_the_data_version(pages):
    assert f"Data version {read_package()['version']}." in pages["data-dictionary.md"]


def test_no_restructured_text_is_left(pages):
    for name, page in pages.items():
        text = without_code(page)
        assert not re.search(r":\w+:`", text), name
        assert "``" not in text, name
        assert not re.search(r"^-{4,}$", text, re.MULTILINE), name


def test_every_link_has_its_heading(pages):
    for name, page in pages.items():
        for target, anchor in re.findall(r"\]\(([\w.-]*)#?([\w-]*)\)", page):
            other = pages[target or name]
            assert not anchor or anchor in anchors(other), f"{name}: {target}#{anchor}"


def test_headings_of_a_page_differ_so_that_links_are_clear(pages):
    for name, page in pages.items():
        assert len(anchors(page)) == len(set(anchors(page))), name


def test_words_come_in_alphabetical_order_whatever_their_capitals(pages):
    [[_, *rows]] = render_tables(section(pages["glossary.md"], "Words"))
    assert [term for term, _ in rows] == ["duty", "Offering", "service"]


def test_a_cell_shows_signs_of_markdown_as_they_are(pages):
    [[_, *rows]] = render_tables(section(pages["glossary.md"], "Words"))
    assert [meaning for _, meaning in rows][1:] == ["One *way* to run it.", "A product | as sold."]


def test_the_glossary_tells_answers_bases_categories_layers_and_duties(pages, words):
    page = pages["glossary.md"]
    shown = [row for table in render_tables(page) for row in table]
    for table, columns in {
        "responsibilities": ["responsibility", "letter", "meaning"],
        "bases": ["label", "meaning"],
        "categories": ["category", "definition"],
        "duties": ["duty", "description"],
    }.items():
        assert [row for row in words[table][columns].to_numpy().tolist() if row not in shown] == []
    for layer in words["layers"].to_dict("records"):
        text = section(page, layer["layer"])
        assert layer["side"] in text
        assert layer["description"] in text


def test_the_four_answers_stand_beside_those_of_other_vocabularies(pages):
    [table] = render_tables(section(pages["glossary.md"], "The four answers in other vocabularies"))
    assert table[0] == ["Answer", "AWS's page", "FedRAMP CRM", "CAIQ", "OSCAL"]
    assert table[2] == [
        "Shared",
        "Shared",
        "Partial",
        "Shared CSP and CSC",
        "provided + responsibility",
    ]


def test_a_glossary_needs_its_table(words):
    with pytest.raises(KeyError, match="glossary"):
        describe_words({name: frame for name, frame in words.items() if name != "glossary"})


def test_pages_say_what_they_are_made_from_and_are_the_same_over_two_runs(words, pages, tmp_path: Path):
    first = write_reference(tmp_path / "new" / "reference", words)
    before = [path.read_bytes() for path in first]
    again = write_reference(tmp_path / "new" / "reference", words)
    assert [path.read_bytes() for path in again] == before
    assert {path.name: path.read_bytes().decode("utf-8") for path in first} == pages
    for text in before:
        assert text.startswith(f"{MADE}\n\n# ".encode())
        assert text.endswith(b"\n")
        assert not re.search(rb"\r|\n\n\n|[ \t]\n|\n\n\Z", text)
