"""The pack for a board: at most eight pages of A4, legible, each with what it is from."""

import re
import subprocess
import zlib
from pathlib import Path

import openpyxl
import pytest

import srm_data
from srm_data.register import make_entries
from tests.fuzz_book import DAY

BY = {"by": "Ada Keller", "on": "2026-12-01"}
REASON = "We keep two copies of our own, and each quarter somebody tries one. " * 2
COVER = [("system", "R&D payments"), ("classification", "Confidential")]


def make_register(model):
    """Return decisions, exceptions, conflicts and rules of owners for many cells of a model."""
    offerings = model["offering_id"].unique()
    entries = [
        {"offering_id": offering, "duty_id": duty, "field": field, "value": value, "reason": REASON}
        for offering in offerings
        for duty, field, value in (
            ("backup", "answer", "Customer"), ("availability", "answer", "AWS"),
            ("credentials", "exception", "2027-03-31"), ("key-management", "answer", "Customer"),
            ("key-management", "answer", "Shared"), ("logging-monitoring", "due", "2026-10-01"),
        )
    ]  # fmt: skip
    entries += [
        {"offering_id": offering, "duty_id": "*", "field": "accountable", "value": f"Team {place % 5}"}
        for place, offering in enumerate(offerings)
    ]
    entries += [{"offering_id": "*", "duty_id": "*", "field": f"cover:{name}", "value": value}
                for name, value in COVER]  # fmt: skip
    return make_entries([entry | BY for entry in entries])


@pytest.fixture(scope="module")
def twenty():
    """Return twenty offerings, of which some have the duties of AI."""
    model = srm_data.build_model(duty_sets=("core", "ai"))
    names = ["rds-db-instance", "sqs", "kms", "ec2-instance", "bedrock", "bedrock-agents"]
    names += [name for name in model["offering_id"].unique() if name not in names][:14]
    return srm_data.choose_offerings(model, names)


def list_sizes(pdf: bytes) -> list[list[float]]:
    """List the sizes of the texts of each page, in points."""
    pages = []
    for stream in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            text = zlib.decompress(stream[1])
        except zlib.error:
            continue
        if b" Tf" in text:
            pages.append([float(size) for size in re.findall(rb"/F\d+ ([\d.]+) Tf", text)])
    return pages


def test_pack_of_twenty_offerings_is_at_most_eight_pages_of_legible_text(twenty, office, tmp_path):
    path = tmp_path / "pack.xlsx"
    srm_data.write_workbook(path, twenty, register=make_register(twenty), on=DAY, for_print=True)
    command = [*office, "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pdf = path.with_suffix(".pdf").read_bytes()
    sizes = list_sizes(pdf)
    assert 5 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) == len(sizes) <= 8
    assert min(map(min, sizes)) >= 8


@pytest.mark.slow
def test_pages_name_classification_system_and_revision_and_nothing_is_for_screens(twenty, tmp_path):
    path = Path(tmp_path / "pack.xlsx")
    srm_data.write_workbook(path, twenty, register=make_register(twenty), on=DAY, for_print=True)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Summary", "Matrix", "Matrix of AI", "Decisions", "Open points"]
    assert all(map(all, book["Matrix"].iter_rows(min_row=3, max_col=21, values_only=True)))
    for sheet in book:
        footer = sheet.oddFooter.left.text
        assert footer.startswith("Confidential, R&&D payments, revision ")
        assert DAY in footer
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.hyperlink or cell.data_type == "f"]
