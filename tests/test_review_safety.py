"""Hostile, broken and foreign files as returned reviews: refused in a sentence, in bounds."""

import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from srm_data.model import build_model
from srm_data.review import ReviewError, read_review
from srm_data.workbook import write_workbook

Parts = dict[str, bytes]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MEASURE = """
import re, resource, sys, time
from pathlib import Path
from srm_data.review import ReviewError, read_review
import openpyxl, defusedxml.ElementTree
resource.setrlimit(resource.RLIMIT_AS, (3 * 1024**3, 3 * 1024**3))
start = time.perf_counter()
try:
    read_review(Path(sys.argv[1]))
    said = "read"
except ReviewError as error:
    said = str(error)
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
print(f"{time.perf_counter() - start:.1f} {peak:.0f} {said}")
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory, shipped) -> Path:
    model = build_model(shipped)
    model = model[model["offering_id"].isin(["sqs", "kms"])]
    return write_workbook(tmp_path_factory.mktemp("sent") / "sent.xlsx", model, shipped)


@pytest.fixture(scope="module")
def parts(sent) -> Parts:
    with zipfile.ZipFile(sent) as book:
        return {name: book.read(name) for name in book.namelist()}


def pack(path: Path, parts: Parts) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def find_part(parts: Parts, text: bytes) -> str:
    """Find the sheet that holds a text."""
    return next(name for name in parts if name.startswith("xl/worksheets/s") and text in parts[name])


def read_bounded(path: Path) -> str:
    """Read a file in a process of its own, and return what came of it: in 10 s, with 500 MB."""
    command = [sys.executable, "-c", MEASURE, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr[-2000:]
    seconds, peak, said = result.stdout.rstrip("\n").split(" ", 2)
    assert float(seconds) < 10, f"{seconds} s: {said}"
    assert float(peak) < 500, f"{peak} MB: {said}"
    return said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no whole Excel workbook"),
        (b"offering_id,duty_id,Decision\nsqs,backup,AWS\n", "no whole Excel workbook"),
        (b"%PDF-1.7\n", "no whole Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "encrypted, or in Excel's former format"),
    ],
    ids=["empty", "csv", "pdf", "encrypted"],
)
def test_file_that_is_no_workbook_is_refused(tmp_path, content, said):
    path = tmp_path / "back.xlsx"
    path.write_bytes(content)
    with pytest.raises(ReviewError, match=f"back.xlsx: {said}"):
        read_review(path)


def test_missing_file_is_no_fault_of_a_review(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_review(tmp_path / "none.xlsx")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99, 0.9999])
def test_file_that_was_cut_short_is_refused(tmp_path, sent, share):
    path, content = tmp_path / "back.xlsx", sent.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ReviewError, match=r"back.xlsx: no whole Excel workbook"):
        read_review(path)


def test_file_with_a_changed_byte_in_a_part_is_refused(tmp_path, sent):
    path, content = tmp_path / "back.xlsx", bytearray(sent.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ReviewError, match=r"back.xlsx: no whole Excel workbook"):
        read_review(path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("xl/vbaProject.bin", "holds macros"),
        ("xl/macrosheets/sheet1.xml", "holds macros"),
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


def test_entities_in_another_encoding_are_never_unfolded(tmp_path, parts):
    hidden = (
        LAUGHS.decode().replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16")
    )
    path = pack(tmp_path / "back.xlsx", parts | {"xl/workbook.xml": hidden})
    with pytest.raises(ReviewError, match=r"back.xlsx: "):
        read_review(path)


def fill_sheet(parts: Parts, row: bytes) -> Parts:
    """Put rows into the reviewed sheet, in the place of its own end."""
    name = find_part(parts, b"offering_id")
    return parts | {name: parts[name].replace(b"</sheetData>", row + b"</sheetData>")}


def many_strings(parts: Parts, entry: bytes) -> Parts:
    strings = f'<sst xmlns="{MAIN}">'.encode() + entry + b"</sst>"
    return parts | {"xl/sharedStrings.xml": strings}


BOMBS: dict[str, Callable[[Parts], Parts]] = {
    "blanks": lambda parts: parts | {"xl/blanks.xml": b" " * 400_000_000},
    "one long text": lambda parts: fill_sheet(
        parts,
        b'<row r="60"><c r="A60" t="inlineStr"><is><t>' + b"x" * 120_000_000 + b"</t></is></c></row>",
    ),
    "rows": lambda parts: fill_sheet(parts, b"<row/>" * 12_000_000),
    "cells": lambda parts: fill_sheet(parts, b'<row r="60">' + b"<c/>" * 12_000_000 + b"</row>"),
    "cells under the limit": lambda parts: fill_sheet(
        parts, b'<row r="60">' + b"<c><v>1</v></c>" * 900_000 + b"</row>"
    ),
    "rows under the limit": lambda parts: fill_sheet(parts, b"<row/>" * 1_900_000),
    "strings": lambda parts: many_strings(parts, b"<si><t>x</t></si>" * 6_000_000),
    "strings under the limit": lambda parts: many_strings(parts, b"<si><t>x</t></si>" * 900_000),
    "formats": lambda parts: (
        parts
        | {
            "xl/styles.xml": parts["xl/styles.xml"].replace(
                b"</cellXfs>", b"<xf/>" * 2_000_000 + b"</cellXfs>"
            )
        }
    ),
    "deep": lambda parts: fill_sheet(parts, b"<a>" * 500_000 + b"</a>" * 500_000),
    "sheets": lambda parts: (
        parts
        | {
            "xl/workbook.xml": parts["xl/workbook.xml"].replace(
                b"</sheets>",
                b"".join(
                    f'<sheet name="s{number}" sheetId="{number + 50}" r:id="rId1" xmlns:r="http://schemas.'
                    'openxmlformats.org/officeDocument/2006/relationships"/>'.encode()
                    for number in range(5000)
                )
                + b"</sheets>",
            )
        }
    ),
    "far row": lambda parts: fill_sheet(
        parts, b'<row r="99999999999"><c r="A99999999999" t="str"><v>x</v></c></row>'
    ),
    "far column": lambda parts: fill_sheet(parts, b'<row r="60"><c r="ZZZZZ60"><v>1</v></c></row>'),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_or_read_in_ten_seconds_and_500_mb(tmp_path, parts, name):
    path = pack(tmp_path / "back.xlsx", BOMBS[name](parts))
    said = read_bounded(path)
    assert said == "read" or said.startswith(f"{path}: ")


def test_text_in_the_last_cell_of_a_sheet_is_found(tmp_path, parts):
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>Far away</t></is></c></row>'
    path = pack(tmp_path / "back.xlsx", fill_sheet(parts, far))
    assert read_bounded(path) == "read"
    review = read_review(path)
    assert review.remarks["text"].tolist() == ["Far away"]
    assert review.problems["cell"].tolist() == ["XFD1048576"]


COMMENTS = f'<comments xmlns="{MAIN}">%s</comments>'


@pytest.mark.parametrize(
    "content",
    [
        COMMENTS % "",
        COMMENTS % '<comment ref="A2" authorId="7"><text><t>Hm</t></text></comment>',
        COMMENTS % '<comment authorId="x"><text/></comment>',
        COMMENTS % '<comment ref="?9" authorId="-1"><text><t>Hm</t></text></comment>',
        "<comments",
        "",
    ],
)  # fmt: skip
def test_broken_notes_are_read_as_far_as_they_go_or_refused(tmp_path, parts, content):
    number = find_part(parts, b"offering_id").rsplit("/", 1)[1]
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
        assert ("Hm" in content) == ("Hm" in review.remarks["text"].tolist())


def test_relations_that_lead_out_of_the_file_are_not_followed(tmp_path, parts):
    relations = {
        name: content.replace(b'Target="', b'Target="../../../../../../etc/')
        for name, content in parts.items()
        if name.startswith("xl/worksheets/_rels/")
    }
    path = pack(tmp_path / "back.xlsx", parts | relations | {"../../evil.xml": b"<x/>"})
    assert len(read_review(path).decisions) == 0
    assert not (tmp_path.parent.parent / "evil.xml").exists()


SHARED_BOOKS = {
    "a control matrix": ["Control ID", "Can Be Inherited from CSP", "Customer Responsibilities"],
    "a baseline": ["Service", "Responsibility", "Customer Guidance"],
}


@pytest.mark.parametrize("name", SHARED_BOOKS)
def test_workbook_of_another_kind_is_refused_with_what_was_expected(tmp_path, name):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = name
    book.active.append(SHARED_BOOKS[name])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(
        ReviewError, match=f"other.xlsx: not a workbook of srm_data.*'{name}'.*expected a ret"
    ):
        read_review(tmp_path / "other.xlsx")


def mutate_xml(content: bytes, rng: random.Random) -> bytes:
    """Change the XML of a part as no person would: elements, attributes, numbers, junk."""
    places = [match.span() for match in re.finditer(rb'<[^<>]+>|"[^"]*"|\d+', content[:200_000])]
    for _ in range(rng.randint(1, 6)):
        if not places:
            break
        start, end = rng.choice(places)
        piece, other = content[start:end], rng.choice(places)
        junk = rng.choice([b"", b"&", b"<x>", b"\x00", b'"', b"99999999999", b"-1", b"NaN", piece * 3])
        new = rng.choice([junk, piece + piece, content[other[0] : other[1]], piece[::-1]])
        content = content[:start] + new + content[end:]
    return content


def mutate(parts: Parts, content: bytes, rng: random.Random, path: Path) -> None:
    if rng.random() < 0.3:
        changed = bytearray(content)
        for _ in range(rng.randint(1, 8)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        path.write_bytes(changed)
        return
    mutated = dict(parts)
    for name in rng.sample(sorted(parts), rng.randint(1, 3)):
        if rng.random() < 0.1:
            del mutated[name]
        else:
            mutated[name] = mutate_xml(parts[name], rng)
    pack(path, mutated)


def test_mutated_workbooks_are_read_or_refused_and_never_crash(tmp_path, sent, parts):
    path, content, rng = tmp_path / "back.xlsx", sent.read_bytes(), random.Random(3)
    outcomes = []
    for _ in range(120):
        mutate(parts, content, rng, path)
        try:
            read_review(path)
            outcomes.append("read")
        except ReviewError as error:
            assert str(error).startswith(f"{path}: ")
            outcomes.append("refused")
    assert {"read", "refused"} == set(outcomes)


def test_untouched_parts_packed_anew_are_read(tmp_path, parts):
    path = pack(tmp_path / "back.xlsx", parts)
    assert load_workbook(path).sheetnames[0] == "Cover"
    assert [len(frame) for frame in read_review(path)] == [0, 0, 0]
