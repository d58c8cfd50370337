"""Hostile, broken and foreign files as returned reviews: refused in a sentence, in bounds."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from srm_data.exceptions import ReviewError
from srm_data.workbook import read_review, write_workbook
from tests.fuzz_damage import fuzz, list_faults

Parts = dict[str, bytes]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK, STYLES = "xl/workbook.xml", "xl/styles.xml"
SHEET = f'<sheet name="s" sheetId="9" r:id="rId1" xmlns:r="{RELATED}"/>'.encode()
MEASURE = """
import os, re, resource, sys, time
from pathlib import Path
from srm_data.exceptions import ReviewError
from srm_data.workbook import read_review
import openpyxl

def measure(path):
    resource.setrlimit(resource.RLIMIT_AS, (3 * 1024**3 // 2,) * 2)
    try:
        read_review(path)
        said = "read"
    except ReviewError as error:
        said = str(error)
    except BaseException as error:
        said = f"crashed: {error!r}"
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
    print(f"{time.process_time():.1f} {peak:.0f} {said}", flush=True)

for path in sys.argv[1:]:
    if os.fork() == 0:
        measure(Path(path))
        os._exit(0)
    os.wait()
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory, shipped, shipped_model) -> Path:
    model = shipped_model
    model = model[model["offering_id"].isin(["sqs", "kms"])]
    return write_workbook(tmp_path_factory.mktemp("sent") / "sent.xlsx", model, tables=shipped)


@pytest.fixture(scope="module")
def parts(sent) -> Parts:
    with zipfile.ZipFile(sent) as book:
        return {name: book.read(name) for name in book.namelist()}


def pack(path: Path, parts: Parts) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def find_reviewed(parts: Parts) -> str:
    """Return the name of the part that holds the reviewed sheet."""
    titles = re.findall(rb'<sheet [^>]*?name="([^"]*)"', parts["xl/workbook.xml"])
    return f"xl/worksheets/sheet{titles.index(b'Review here') + 1}.xml"


@pytest.fixture(scope="module")
def reviewed(parts) -> str:
    return find_reviewed(parts)


def insert(name: str, before: str, content: bytes, repeat: int = 1) -> Callable[[Parts], Parts]:
    """Make a change that puts content before the last tag of a kind in a part."""

    def change(parts: Parts) -> Parts:
        assert before.encode() in parts[name]
        head, tag, tail = parts[name].rpartition(before.encode())
        return parts | {name: head + content * repeat + tag + tail}

    return change


def add_rows(content: bytes, repeat: int = 1, end: bytes = b"") -> Callable[[Parts], Parts]:
    """Make a change that adds rows to the reviewed sheet."""

    def change(parts: Parts) -> Parts:
        return insert(find_reviewed(parts), "</sheetData>", content * repeat + end)(parts)

    return change


def measure(paths: list[Path]) -> list[tuple[float, float, str]]:
    """Read each file in a process of its own with 1.5 GB: seconds, peak in MB, and what came of it."""
    command = [sys.executable, "-c", MEASURE, *map(str, paths)]
    environ = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environ)
    assert result.returncode == 0, result.stderr[-2000:]
    lines = [line.split(" ", 2) for line in result.stdout.splitlines()]
    return [(float(seconds), float(peak), said) for seconds, peak, said in lines]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a valid Excel workbook"),
        (
            b"%PDF-1.7\n",
            ".*such as CSV, text or PDF; expected .* save as .xlsx",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "encrypted, or in Excel's old format"),
    ],
    ids=["empty", "pdf", "encrypted"],
)
def test_file_that_is_no_workbook_is_refused(tmp_path, content, said):
    path = tmp_path / "back.xlsx"
    path.write_bytes(content)
    with pytest.raises(ReviewError, match=f"back.xlsx: {said}"):
        read_review(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99, 0.9999])
def test_file_that_was_cut_short_is_refused(tmp_path, sent, share):
    path, content = tmp_path / "back.xlsx", sent.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ReviewError, match=r"back.xlsx: not a valid Excel workbook"):
        read_review(path)


def change_header(content: bytes, place: int, value: bytes) -> bytes:
    """Change a field of the header of every part, as the directory at the end of a zip gives it."""
    signature = b"PK\x01\x02"
    return b"".join(
        piece[:place] + value + piece[place + len(value) :] if piece.startswith(signature) else piece
        for piece in re.split(b"(?=%s)" % signature, content)
    )


@pytest.mark.parametrize(
    ("place", "value"),
    [(8, b"\x01"), (10, b"\x63"), (16, b"\x00" * 4), (24, b"\x05\x00\x00\x00"), (42, b"\x07")],
    ids=["encrypted", "method", "checksum", "size", "offset"],
)
def test_file_whose_directory_lies_is_refused(tmp_path, sent, place, value):
    path = tmp_path / "back.xlsx"
    path.write_bytes(change_header(sent.read_bytes(), place, value))
    with pytest.raises(ReviewError, match=r"back.xlsx: not a valid Excel workbook"):
        read_review(path)


def test_directory_of_a_million_parts_is_refused_before_it_is_read(tmp_path, sent):
    path, content = tmp_path / "back.xlsx", sent.read_bytes()
    start = content.index(b"PK\x01\x02")
    entry = content[start : content.index(b"PK\x01\x02", start + 4)]
    path.write_bytes(content[:start] + entry * 200_000 + content[start:])
    with pytest.raises(ReviewError, match=r"back.xlsx: [\d,]+ parts or more"):
        read_review(path)


NEEDED = ["xl/_rels/workbook.xml.rels", STYLES, "xl/worksheets/sheet5.xml", "xl/worksheets/sheet1.xml"]


def test_part_packed_in_another_way_is_refused(tmp_path, parts):
    path = tmp_path / "back.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    with pytest.raises(ReviewError, match=r"back.xlsx: not a valid .* is neither stored nor deflated"):
        read_review(path)


@pytest.mark.parametrize("name", NEEDED)
def test_workbook_that_lacks_a_part_is_refused(tmp_path, parts, name):
    left = {other: content for other, content in parts.items() if other != name}
    with pytest.raises(ReviewError, match=r"back.xlsx: not a valid Excel workbook"):
        read_review(pack(tmp_path / "back.xlsx", left))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b'<row r="1048577"><c><v>1</v></c></row>', "row 1,048,577 after row"),
        (b'<row r="2"><c><v>1</v></c></row>', "row 2 after row"),
        (b'<row r="900"><c r="B900"><v>1</v></c><c r="A900"><v>1</v></c></row>', "column 1 after 2"),
        (b'<row r="900"><c r="XFE900"><v>1</v></c></row>', "column 16,385 after 0"),
        (b'<row r="900"><c t="s"><v>70000</v></c></row>', "not a valid Excel workbook"),
        (b'<row r="900"><c t="s"><v>-1</v></c></row>', "not a valid Excel workbook"),
        (b'<row r="900"><c><v>abc</v></c></row>', "not a valid Excel workbook"),
    ],
)
def test_cell_that_would_be_lost_is_refused(tmp_path, parts, row, said):
    with pytest.raises(ReviewError, match=f"back.xlsx: .*{said}"):
        read_review(pack(tmp_path / "back.xlsx", add_rows(row)(parts)))


def test_two_sheets_of_one_part_are_refused(tmp_path, parts):
    path = pack(tmp_path / "back.xlsx", insert(WORKBOOK, "</sheets>", SHEET)(parts))
    with pytest.raises(ReviewError, match=r"back.xlsx: sheets 'Summary' and 's' are the same part"):
        read_review(path)


def test_number_that_is_no_day_is_carried_and_nothing_is_printed(tmp_path, parts, capfd):
    formats = parts[STYLES].partition(b"<cellXfs")[2]
    style = re.findall(rb'<xf numFmtId="(\d+)"', formats).index(b"164")  # yyyy-mm-dd
    row = b'<row r="900"><c s="%d"><v>99999999</v></c></row>' % style
    review = read_review(pack(tmp_path / "back.xlsx", add_rows(row)(parts)))
    assert review.entries["value"].tolist() == ["99999999"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("xl/vbaProject.bin", "contains macros"),
        ("xl/macrosheets/sheet1.xml", "contains macros"),
        ("xl/externalLinks/externalLink1.xml", "refers to other files"),
    ],
)
def test_macros_and_links_to_other_files_are_refused(tmp_path, parts, name, said):
    path = pack(tmp_path / "back.xlsx", parts | {name: b"<x/>"})
    with pytest.raises(ReviewError, match=f"back.xlsx: {said}.*{re.escape(name)}"):
        read_review(path)


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.parametrize(
    "content", [LAUGHS, OUTSIDE, b" " * 100_000 + LAUGHS], ids=["laughs", "file", "late"]
)
@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/persons/person.xml"])
def test_entities_are_refused_wherever_they_stand(tmp_path, parts, name, content):
    path = pack(tmp_path / "back.xlsx", parts | {name: content})
    with pytest.raises(ReviewError, match=f"back.xlsx: {name} defines entities"):
        read_review(path)


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet5.xml", "xl/persons/a.xml"])
def test_entities_in_another_encoding_are_refused(tmp_path, parts, name):
    hidden = LAUGHS.replace(b'version="1.0"', b'version="1.0" encoding="UTF-16"')
    path = pack(tmp_path / "back.xlsx", parts | {name: hidden.decode().encode("utf-16")})
    with pytest.raises(ReviewError, match=r"back.xlsx: not a valid Excel workbook"):
        read_review(path)


def add_strings(content: bytes, repeat: int) -> Callable[[Parts], Parts]:
    """Make a change that gives the book texts that its cells share."""
    strings = f'<sst xmlns="{MAIN}">'.encode() + content * repeat + b"</sst>"
    relation = b'<Relationship Id="s" Type="x/sharedStrings" Target="sharedStrings.xml"/>'
    relate = insert("xl/_rels/workbook.xml.rels", "</Relationships>", relation)
    return lambda parts: relate(parts) | {"xl/sharedStrings.xml": strings}


NOTES = f'<comments xmlns="{MAIN}">%s</comments>'
WIDE = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(900, 9000))
RELATIONS = "xl/worksheets/_rels/sheet2.xml.rels"
BOMBS: dict[str, Callable[[Parts], Parts]] = {
    "blanks": lambda parts: parts | {"xl/blanks.xml": b" " * 160_000_000},
    "long texts with emoji": add_rows(
        b'<row><c t="str"><v>\xf0\x9f\x98\x80' + b"x" * 32_000 + b"</v></c></row>", 4000),
    "cells of a million rows": add_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "wide rows": add_rows(WIDE),
    "names without end": lambda parts: add_rows(
        b"".join(b"<a%d/>" % number for number in range(900_000)))(parts),
    "deep": add_rows(b"<a>", 1_000_000, b"</a>" * 1_000_000),
    "strings": add_strings(b"<si/>", 6_000_000),
    "formats": insert(STYLES, "</cellXfs>", b"<xf/>", 2_000_000),
    "notes": lambda parts: insert(
        RELATIONS, "</Relationships>", b'<Relationship Id="c" Type="x/comments" Target="/xl/c.xml"/>'
    )(parts) | {"xl/c.xml": NOTES.encode() % (b"<comment><text/></comment>" * 900_000)},
    "relations": insert(RELATIONS, "</Relationships>", b'<Relationship Id="a" Target="b"/>', 900_000),
}  # fmt: skip


@pytest.fixture(scope="module")
def measured(tmp_path_factory, parts) -> dict[str, tuple[float, float, str]]:
    """Read every bomb."""
    folder = tmp_path_factory.mktemp("bombs")
    paths = [pack(folder / f"{name}.xlsx", change(parts)) for name, change in BOMBS.items()]
    return dict(zip(BOMBS, measure(paths), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_or_read_in_ten_seconds_and_500_mb(measured, name):
    seconds, peak, said = measured[name]
    assert said == "read" or f"{name}.xlsx: " in said
    assert not said.startswith("crashed")
    assert seconds < 10, said
    assert peak < 500, said


@pytest.mark.slow
def test_text_beyond_what_is_read_is_refused_and_not_dropped(tmp_path, parts):
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>Far away</t></is></c></row>'
    with pytest.raises(ReviewError, match=r"'Review here' has more than 200,000 rows"):
        read_review(pack(tmp_path / "back.xlsx", add_rows(far)(parts)))


@pytest.mark.parametrize(
    "content",
    [
        NOTES % "",
        NOTES % '<comment ref="A2" authorId="7"><text><t>Hm</t></text></comment>',
        NOTES % '<comment authorId="x"><text/></comment>',
        NOTES % '<comment ref="?9" authorId="-1"><text><t>Hm</t></text></comment>',
        "<comments",
        "",
    ],
)  # fmt: skip
def test_broken_notes_are_read_as_far_as_they_go_or_refused(tmp_path, parts, reviewed, content):
    number = reviewed.rsplit("/", 1)[1]
    relations = f"xl/worksheets/_rels/{number}.rels"
    link = b'<Relationship Id="c" Type="x/comments" Target="/xl/comments7.xml"/></Relationships>'
    changed = {
        relations: parts[relations].replace(b"</Relationships>", link),
        "xl/comments7.xml": content.encode(),
    }
    path = pack(tmp_path / "back.xlsx", parts | changed)
    try:
        review = read_review(path)
    except ReviewError as error:
        assert str(error).startswith(f"{path}: ")
    else:
        assert ("Hm" in content) == ("Hm" in review.entries["value"].tolist())


def test_relations_that_lead_out_of_the_file_are_not_followed(tmp_path, parts):
    relations = {
        name: content.replace(b'Target="', b'Target="../../../../../../etc/')
        for name, content in parts.items()
        if name.startswith("xl/worksheets/_rels/")
    }
    path = pack(tmp_path / "back.xlsx", parts | relations | {"../../evil.xml": b"<x/>"})
    assert read_review(path).entries.empty
    assert not (tmp_path.parent.parent / "evil.xml").exists()


THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
PERSONS = f'<personList xmlns="{THREADS}"><person displayName="Ada" id="p"/></personList>'
THREAD = (
    f'<ThreadedComments xmlns="{THREADS}"><threadedComment ref="A2" dT="2026-11-02T10:00:00" '
    'personId="p" id="t"><text>Why?</text></threadedComment></ThreadedComments>'
)


def add_thread(parts: Parts, reviewed: str, thread: str = THREAD, persons: str = PERSONS) -> Parts:
    """Add a comment of a thread to the reviewed sheet."""
    folder, name = reviewed.rsplit("/", 1)
    target = b"../threadedComments/threadedComment1.xml"
    link = b'<Relationship Id="t" Type="x/threadedComment" Target="%s"/>' % target
    changed = insert(f"{folder}/_rels/{name}.rels", "</Relationships>", link)(parts)
    return changed | {
        "xl/threadedComments/threadedComment1.xml": thread.encode(),
        "xl/persons/person.xml": persons.encode(),
    }


@pytest.mark.parametrize(
    ("thread", "persons"),
    [
        (THREAD, ""),
        (THREAD, "<a/>"),
        ("", PERSONS),
        (THREAD[:-5], PERSONS),
        (THREAD.replace('ref="A2"', ""), PERSONS),
        (THREAD.replace("A2", "ZZZZ99999999999999"), PERSONS),
        (THREAD.replace('personId="p"', 'personId="?"'), PERSONS),
        (THREAD.replace('dT="2026-11-02T10:00:00"', ""), PERSONS.replace('id="p"', "")),
    ],
)
@pytest.mark.slow
def test_broken_thread_is_carried_or_the_file_refused(tmp_path, parts, reviewed, thread, persons):
    path = pack(tmp_path / "back.xlsx", add_thread(parts, reviewed, thread, persons))
    try:
        assert read_review(path).entries["value"].tolist() == ["Why?"]
    except ReviewError as error:
        assert str(error).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("srm_data.xlsx.sheets._Values.read_number", AttributeError("ours")),
        ("srm_data.xlsx.sheets.parse_part", KeyError("ours")),
        ("srm_data.xlsx.notes.read_tree", ValueError("ours")),
        ("srm_data.workbook.read.require_sent", IndexError("ours")),
        ("srm_data.xlsx.reader.unfold", TypeError("ours")),
    ],
    ids=lambda value: str(value),
)
def test_fault_of_our_own_is_not_taken_for_a_damaged_file(sent, monkeypatch, place, error):
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(place, fail)
    with pytest.raises(type(error), match="ours"):
        read_review(sent)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["mimetype", "content.xml"], r"an OpenDocument file \(.ods\); expected .* save as .xlsx"),
        (["xl/workbook.bin"], r"an Excel binary workbook \(.xlsb\); expected .* save as .xlsx"),
        (["word/document.xml"], "a Word document; expected a workbook: save as .xlsx"),
        (["Index/Document.iwa"], "a file of Apple's Numbers .*save as .xlsx"),
        (
            ["[Content_Types].xml", "xl\\workbook.xml"],
            "a workbook whose parts have other names",
        ),
    ],
)
def test_other_formats_are_named_with_what_to_save_as(tmp_path, names, said):
    with pytest.raises(ReviewError, match=f"back: {said}"):
        read_review(pack(tmp_path / "back", dict.fromkeys(names, b"<x/>")))


def test_pipe_and_folder_are_refused_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.xlsx")
    for path in (tmp_path / "pipe.xlsx", tmp_path):
        with pytest.raises(ReviewError, match="not a regular file; expected a workbook: save it first"):
            read_review(path)


@pytest.mark.slow
def test_thousands_of_rows_of_known_words_take_a_moment(tmp_path, sent):
    book = load_workbook(sent)
    words = [cell.value for row in book["How to read"].iter_rows() for cell in row if cell.value][:40]
    sheet = book.create_sheet("New")
    for number in range(6_000):
        sheet.append(words[number % 7 :] + words[: number % 7])
    book.save(tmp_path / "back.xlsx")
    ((seconds, _, said),) = measure([tmp_path / "back.xlsx"])
    assert said == "read"
    assert seconds < 10


@pytest.mark.slow
@pytest.mark.no_cover
def test_twenty_damaged_books_are_read_or_refused_in_bounds():
    results = fuzz(20, seed=12)
    assert list_faults(results) == []
    assert {said for _, said, _, _ in results} == {"read", "refused"}
