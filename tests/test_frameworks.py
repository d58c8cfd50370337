"""The tables of frameworks are made from their publishers' files, and from no others."""

import json
from zipfile import ZipFile

import pytest

from srm_data.exceptions import ReleaseError
from srm_data.maintain.frameworks import list_nist_controls, read_origin

ENHANCEMENT = {
    "id": "ac-2.10", "title": "Shared", "props": [{"name": "status", "value": "withdrawn"}],
    "links": [{"rel": "incorporated-into", "href": "#ac-2_smt.k"}, {"rel": "moved-to", "href": "#sr"},
              {"rel": "reference", "href": "#x"}],
}  # fmt: skip
CONTROL = {"id": "ac-2", "title": "Account  Management", "props": [], "controls": [ENHANCEMENT]}


def test_withdrawn_enhancement_has_its_parent_and_successors():
    catalogue = {"catalog": {"groups": [{"title": "Access Control", "controls": [CONTROL]}]}}
    baselines = {"rows": [{"id": "AC-2", "baselines": ["low", "high"]}]}
    columns = ("control_id", "title", "parent_id", "baselines", "status", "successors")
    rows = [[row[name] for name in columns] for row in list_nist_controls(catalogue, baselines)]
    assert rows == [
        ["AC-2", "Account Management", "", "low; high", "active", ""],
        ["AC-2(10)", "Shared", "AC-2", "", "withdrawn", "AC-2; SR"],
    ]


def test_file_with_another_checksum_is_refused(tmp_path):
    with ZipFile(tmp_path / "other-1-py3.whl", "w") as wheel:
        wheel.writestr("data.json", json.dumps({"a": 1}))
    with pytest.raises(ReleaseError, match=r"other-1-py3\.whl, data\.json: sha256 .*; expected 00"):
        read_origin(tmp_path, "other 1, data.json", "00")
