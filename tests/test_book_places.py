# ruff: noqa: E501  (a table of XML, one place to type in per line)
"""Wherever a person can type into a book, the text comes back or is named: nothing is lost silently."""

import itertools
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from srm_data.register import Review
from srm_data.workbook import read_review, write_workbook

Parts = dict[str, bytes]
Edit = Callable[[Parts], Parts]
SAID = "Zebra crossing 4711"
REVIEW = "Review here"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office/2017/10/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/main"
XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
WORKBOOK, CORE = "xl/workbook.xml", "docProps/core.xml"
STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    DRAWN: "http://purl.oclc.org/ooxml/drawingml/main",
    XDR: "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
    CHART: "http://purl.oclc.org/ooxml/drawingml/chart",
}


@pytest.fixture(scope="module")
def sent(tmp_path_factory, shipped, shipped_model) -> Path:
    model = shipped_model
    model = model[model["offering_id"].isin(["sqs", "kms"])].reset_index(drop=True)
    return write_workbook(tmp_path_factory.mktemp("sent") / "sent.xlsx", model, tables=shipped)


@pytest.fixture(scope="module")
def parts(sent) -> Parts:
    with zipfile.ZipFile(sent) as book:
        return {name: name_cells(name, book.read(name)) for name in book.namelist()}


def name_cells(name: str, content: bytes) -> bytes:
    """Give every cell of a sheet its address, as Excel does when it saves a book."""
    if not name.startswith("xl/worksheets/sheet"):
        return content

    def name_row(row: re.Match[str]) -> str:
        number = re.search(r'r="(\d+)"', row[1])[1]  # type: ignore[index]
        columns = itertools.count(1)

        def name_cell(cell: re.Match[str]) -> str:
            column = next(columns)
            has_name = cell[1].startswith("r=")
            return cell[0] if has_name else f'<c r="{get_column_letter(column)}{number}" {cell[1]}'

        return row[1] + re.sub(r"<c ([^>]*)", name_cell, row[2])

    rows = re.compile(r"(<row [^>]*[^/]>)(.*?)(?=</row>)", re.DOTALL)
    return rows.sub(name_row, content.decode()).encode()


def pack(path: Path, parts: Parts) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def part_of(parts: Parts, title: str) -> str:
    """Return the part of a sheet of the book that was sent, whose parts are in the order of its sheets."""
    titles = re.findall(r'<sheet [^>]*?name="([^"]*)"', parts[WORKBOOK].decode())
    return f"xl/worksheets/sheet{titles.index(title) + 1}.xml"


def insert(parts: Parts, name: str, before: str, content: str) -> Parts:
    head, found, tail = parts[name].decode().rpartition(before)
    assert found, (name, before)
    return parts | {name: (head + content + found + tail).encode()}


def replace(name: str, pattern: str, new: str) -> Edit:
    def edit(parts: Parts) -> Parts:
        content, count = re.subn(pattern, lambda _: new, parts[name].decode(), count=1, flags=re.DOTALL)
        assert count, (name, pattern)
        return parts | {name: content.encode()}

    return edit


def on_sheet(title: str, before: str, content: str) -> Edit:
    """Put content into the part of a sheet."""
    return lambda parts: insert(parts, part_of(parts, title), before, content)


def add_part(
    title: str, kind: str, part: str, content: str, element: str = "", outside: bool = False
) -> Edit:
    """Relate a new part to a sheet, or to the book itself if no sheet is named."""

    def edit(parts: Parts) -> Parts:
        owner = part_of(parts, title) if title else WORKBOOK
        folder, name = owner.rsplit("/", 1)
        relations = f"{folder}/_rels/{name}.rels"
        empty = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
        parts = {relations: empty.encode()} | parts
        kind_of = kind if "/" in kind else f"{OFFICE}/{kind}"
        mode = ' TargetMode="External"' if outside else ""
        target = part if outside else f"/{part}"
        link = f'<Relationship Id="rIdZ" Type="{kind_of}" Target="{target}"{mode}/>'
        parts = insert(parts, relations, "</Relationships>", link)
        if element:
            later = ("<legacyDrawing", "<tableParts", "</worksheet>")
            before = next(tag for tag in later if tag.encode() in parts[owner])
            parts = insert(parts, owner, before, element)
        return parts if outside else parts | {part: content.encode()}

    return edit


def address_of(parts: Parts, place: str) -> str:
    """Return the address of a place, such as "Decision 3": a header of the reviewed sheet, and a row."""
    header, _, row = place.rpartition(" ")
    if not header:
        return place
    (table,) = (it.decode() for it in parts.values() if b' name="check"' in it and b"<table " in it)
    headers = re.findall(r'<tableColumn [^>]*?name="([^"]*)"', table)
    return f"{get_column_letter(headers.index(header) + 1)}{row}"


def type_cell(title: str, place: str, cell: str) -> Edit:
    """Put the XML of a cell into a row that the sheet has, over the one that stands there."""

    def edit(parts: Parts) -> Parts:
        address = address_of(parts, place)
        name, row = part_of(parts, title), address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        content = parts[name].decode()
        written = f'<c r="{address}"{cell}'
        there = re.compile(rf'<c r="{address}"(?: [^>]*)?(?:/>|>.*?</c>)')
        if there.search(content):
            content = there.sub(lambda _: written, content, count=1)
        else:
            line = re.compile(rf'(<row r="{row}"[^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
            assert line.search(content), (title, row)
            content = line.sub(lambda m: f"{m[1]}>{m[2] or ''}{written}</row>", content, count=1)
        return parts | {name: content.encode()}

    return edit


def text(said: str = SAID) -> str:
    return f' t="inlineStr"><is><t>{said}</t></is></c>'


def shape(body: str = "", said: str = SAID, name: str = "TextBox 1", about: str = "") -> str:
    body = body or f"<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{said}</a:t></a:r></a:p></xdr:txBody>"
    return (
        f'<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="{name}"{about}/><xdr:cNvSpPr/></xdr:nvSpPr>'
        f"<xdr:spPr/>{body}</xdr:sp>"
    )


def drawing(content: str, root: str = "xdr:wsDr", ns: str = XDR) -> str:
    prefix = root.split(":")[0]
    anchor = (
        "<xdr:twoCellAnchor><xdr:from><xdr:col>2</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>7</xdr:row>"
        f"<xdr:rowOff>0</xdr:rowOff></xdr:from>{content}<xdr:clientData/></xdr:twoCellAnchor>"
    ).replace("xdr:", f"{prefix}:")
    return f'<{root} xmlns:{prefix}="{ns}" xmlns:a="{DRAWN}" xmlns:mc="{COMPATIBLE}">{anchor}</{root}>'


def add_drawing(content: str, part: str = "xl/drawings/drawing9.xml") -> Edit:
    element = f'<drawing xmlns:r="{OFFICE}" r:id="rIdZ"/>'
    return add_part("Summary", "drawing", part, drawing(content), element)


def note(part: str = "xl/comments9.xml", said: str = SAID) -> Edit:
    comments = (
        f'<comments xmlns="{MAIN}"><authors><author>Ada</author></authors><commentList><comment ref="B4" '
        f'authorId="0"><text><r><t>{said}</t></r></text></comment></commentList></comments>'
    )
    return add_part("Summary", "comments", part, comments)


def thread(first: str, reply: str) -> Edit:
    comments = "".join(
        f'<threadedComment ref="B4" dT="2026-11-02T10:00:00.00" personId="p" id="{number}"><text>{said}'
        "</text></threadedComment>"
        for number, said in enumerate((first, reply))
    )
    part = "xl/threadedComments/threadedComment1.xml"
    content = f'<ThreadedComments xmlns="{THREADS}">{comments}</ThreadedComments>'
    return add_part("Summary", f"{MICROSOFT}/threadedComment", part, content)


def vml(content: str) -> Edit:
    root = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">'
    )
    element = f'<legacyDrawing xmlns:r="{OFFICE}" r:id="rIdZ"/>'
    part = "xl/drawings/vmlDrawing9.vml"
    return add_part("Summary", "vmlDrawing", part, f"{root}{content}</xml>", element)


def add_sheet(title: str, state: str = "", body: str = "", kind: str = "worksheet") -> Edit:
    def edit(parts: Parts) -> Parts:
        part = f"xl/{kind}s/sheet99.xml"
        content = f'<{kind} xmlns="{MAIN}">{body or "<sheetData/>"}</{kind}>'
        parts = add_part("", kind, part, content)(parts)
        sheet = f'<sheet xmlns:r="{OFFICE}" name="{title}" sheetId="99"{state} r:id="rIdZ"/>'
        return insert(parts, WORKBOOK, "</sheets>", sheet)

    return edit


def add_chart_sheet(parts: Parts) -> Parts:
    element = f'<drawing xmlns:r="{OFFICE}" r:id="rId1"/>'
    parts = add_sheet("Chart1", body=element, kind="chartsheet")(parts)
    relation = f'<Relationship Id="rId1" Type="{OFFICE}/drawing" Target="/xl/drawings/drawing8.xml"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return parts | {
        "xl/chartsheets/_rels/sheet99.xml.rels": f'<Relationships xmlns="{space}">{relation}</Relationships>'.encode(),
        "xl/drawings/drawing8.xml": drawing(shape()).encode(),
    }


FOOTER = "<oddFooter>.*?</oddFooter>"
CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006"
BOX = '<v:shape id="b"><v:textbox><div><font>%s<br></font></div></v:textbox><x:ClientData ObjectType="Button"/></v:shape>'
ANCHORED = f"<mc:AlternateContent><mc:Choice Requires='x'>{shape()}</mc:Choice></mc:AlternateContent>"
PLACES: dict[str, Edit] = {
    "cell of the cover": type_cell("Summary", "D4", text()),
    "cell beside the reviewed table": type_cell(REVIEW, "AP3", text()),
    "cell of a new sheet": add_sheet("New", body=f'<sheetData><row r="1"><c r="A1"{text()}</row></sheetData>'),
    "number in a free cell": type_cell("Sources", "R3", "><v>471100</v></c>"),
    "number over a computed cell": type_cell("Look up", "B8", "><v>471100</v></c>"),
    "text in a computed cell's formula": type_cell("Look up", "B8", f'><f>COUNTIFS(Responsibilities[Answer],C$4)+N("{SAID}")</f><v>3</v></c>'),
    "formula with a value": type_cell("Summary", "D4", f' t="str"><f>"{SAID[:5]}"&amp;"{SAID[5:]}"</f><v>{SAID}</v></c>'),
    "formula without a value": type_cell("Summary", "D4", f'><f>"{SAID}"</f></c>'),
    "formula without a value in Decision": type_cell(REVIEW, "Decision 3", f'><f>"{SAID}"</f></c>'),
    "formula over an answer": type_cell(REVIEW, "Answer 3", f' t="str"><f>IF(TRUE,C3,"{SAID}")</f><v>AWS</v></c>'),
    "text over a text of the same short code": type_cell(REVIEW, "Basis 3", text("please ask team 11948")),
    "note": note(),
    "thread": thread(SAID, "Yes."),
    "reply in a thread": thread("Why?", SAID),
    "text box": add_drawing(shape()),
    "text box for newer programs": add_drawing(ANCHORED),
    "name of a shape": add_drawing(shape("<xdr:style/>", name=f"{SAID} of ours")),
    "newer chart": add_part("Sources", f"{MICROSOFT}/chartEx", "xl/charts/chartEx1.xml",
        f'<cx:chartSpace xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex"><cx:chart><cx:title><cx:tx><cx:txData><cx:v>{SAID}</cx:v></cx:txData></cx:tx></cx:title></cx:chart></cx:chartSpace>'),
    "chart sheet": add_chart_sheet,
    "SmartArt": add_part("Summary", "diagramData", "xl/diagrams/data1.xml",
        f'<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:a="{DRAWN}"><dgm:ptLst><dgm:pt><dgm:t><a:bodyPr/><a:p><a:r><a:t>{SAID}</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>'),
    "button": vml(BOX % SAID),
    "word art": vml(f'<v:shape id="w"><v:textpath string="{SAID}"/></v:shape>'),
    "page footer": lambda parts: replace(part_of(parts, "Summary"), FOOTER, f"<oddFooter>&amp;L&amp;8 srm_data&amp;C{SAID}</oddFooter>")(parts),
    "page header": lambda parts: replace(part_of(parts, "Summary"), "<oddHeader>.*?</oddHeader>", f'<oddHeader>&amp;C&amp;"Arial,Bold"&amp;K000000{SAID}</oddHeader>')(parts),
    "name of a new sheet": add_sheet(SAID),
    "name of a renamed sheet": replace(WORKBOOK, 'name="How to read"', f'name="{SAID}"'),
    "title of the document": replace(CORE, "AWS Shared Responsibility Matrix", SAID),
    "custom property": lambda parts: replace("_rels/.rels", "</Relationships>", f'<Relationship Id="rIdZ" Type="{OFFICE}/custom-properties" Target="docProps/custom.xml"/></Relationships>')(parts) | {
        "docProps/custom.xml": f'<Properties xmlns="{CUSTOM}/custom-properties" xmlns:vt="{CUSTOM}/docPropsVTypes"><property name="Ours"><vt:lpwstr>{SAID}</vt:lpwstr></property></Properties>'.encode()},
    "tooltip of a link": on_sheet("Summary", "<printOptions", f'<hyperlinks><hyperlink ref="D4" location="\'Cover\'!A1" tooltip="{SAID}"/></hyperlinks>'),
    "target of a link": lambda parts: on_sheet("Summary", "<printOptions", f'<hyperlinks><hyperlink xmlns:r="{OFFICE}" ref="D4" r:id="rIdZ"/></hyperlinks>')(
        add_part("Summary", "hyperlink", f"https://x.example/{SAID}", "", outside=True)(parts)),
    "place of a link": on_sheet("Summary", "<printOptions", f'<hyperlinks><hyperlink ref="D4" location="{SAID}"/></hyperlinks>'),
    "hint of a validation": lambda parts: replace(part_of(parts, REVIEW), 'prompt="The one person or team that answers for this row."', f'prompt="{SAID}"')(parts),
    "choices of a validation": lambda parts: replace(part_of(parts, REVIEW), "AWS,Shared,Customer,Not applicable", f"AWS,{SAID}")(parts),
    "comment on a scenario": on_sheet("Summary", "<mergeCells", f'<scenarios><scenario name="Plan" count="1" user="Ada" comment="{SAID}"><inputCells r="A1" val="1"/></scenario></scenarios>'),
    "constant of a defined name": replace(WORKBOOK, "</definedNames>", f'<definedName name="Ours">"{SAID}"</definedName></definedNames>'),
    "comment on a table": replace("xl/tables/table1.xml", "<table ", f'<table comment="{SAID}" '),
    "name of a table": replace("xl/tables/table1.xml", 'displayName="[^"]*"', 'displayName="Zebra_crossing"'),
    "part of an unknown kind": add_part("Summary", "package", "xl/embeddings/Letter.docx", SAID),
}  # fmt: skip


WORDS = {
    "number in a free cell": "471100", "number over a computed cell": "471100",
    "text over a text of the same short code": "please ask team 11948",
    "button": "shape", "word art": "shape", "name of a shape": "shape", "newer chart": "chart",
    "name of a table": "Zebra_crossing", "part of an unknown kind": "Letter.docx",
}  # fmt: skip
"""What is typed in the places that take no text of any length."""


def find_typed(review: Review) -> str:
    return "\n".join([*review.entries["value"], *review.problems["value"]])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.slow
@pytest.mark.no_cover
def test_text_typed_anywhere_comes_back_or_is_named(tmp_path, parts, place):
    review = read_review(pack(tmp_path / "back.xlsx", PLACES[place](parts)))
    assert WORDS.get(place, SAID) in find_typed(review)
    assert len(review.entries) + len(review.problems) <= 6


def as_strict(parts: Parts) -> Parts:
    """Write the parts as programs do that save "Strict Open XML"."""
    changed = {}
    for name, content in parts.items():
        for old, new in STRICT.items():
            content = content.replace(f'"{old}"'.encode(), f'"{new}"'.encode())
            content = content.replace(f'"{old}/'.encode(), f'"{new}/'.encode())
        changed[name] = content
    return changed


@pytest.mark.parametrize("place", ["note", "thread", "text box", "page footer"])
@pytest.mark.slow
def test_text_in_a_strict_workbook_comes_back(tmp_path, parts, place):
    review = read_review(pack(tmp_path / "back.xlsx", as_strict(PLACES[place](parts))))
    assert SAID in find_typed(review)
    assert len(review.entries) + len(review.problems) <= 2


def sort_rows(path: Path, target: Path) -> Path:
    """Turn the rows of two sheets around, as sorting does."""
    book = load_workbook(path)
    for title, first in ((REVIEW, 3), ("Sources", 2)):
        sheet = book[title]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first)]
        for number, row in enumerate(reversed(rows), start=first):
            for column, value in enumerate(row, start=1):
                moved = value
                if isinstance(value, str) and value.startswith("=IF"):
                    moved = re.sub(r"([A-Z])\d+", rf"\g<1>{number}", value)
                sheet.cell(number, column).value = moved
    book.save(target)
    return target


def resave_with_openpyxl(path: Path, target: Path) -> Path:
    load_workbook(path).save(target)
    return target


def test_untouched_and_sorted_books_say_nothing_whichever_program_saved_them(sent, tmp_path, resave):
    own = resave_with_openpyxl(sent, tmp_path / "own.xlsx")
    turned = sort_rows(sent, tmp_path / "sorted.xlsx")
    books = [sent, own, turned, resave(sent), resave(own), resave(turned)]
    assert [[len(frame) for frame in read_review(book)] for book in books] == [[0, 0]] * 6


def test_layout_is_no_difference(tmp_path, sent):
    book = load_workbook(sent)
    sheet = book[REVIEW]
    sheet.column_dimensions["A"].width = 60
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[4].hidden = True
    sheet.auto_filter.ref = f"A1:{get_column_letter(sheet.max_column)}9"
    book.move_sheet("How to read", -5)
    book["Sources"].sheet_state = "hidden"
    book.save(tmp_path / "back.xlsx")
    assert [len(frame) for frame in read_review(tmp_path / "back.xlsx")] == [0, 0]
