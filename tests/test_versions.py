"""Kept data versions: what the tables answered then."""

import pytest

from srm_data.history.versions import list_versions, read_version
from srm_data.maintenance.release import keep_version
from srm_data.model import build_model
from srm_data.schema import read_package


def test_version_of_the_package_is_kept_as_the_tables_answer(shipped):
    kept = read_version(read_package()["version"])
    model = build_model(shipped)
    cells = ["offering_id", "duty_id", "offering", "responsibility"]
    expected = model[cells].astype(str).sort_values(cells[:2], ignore_index=True)
    assert kept.sort_values(cells[:2], ignore_index=True).equals(expected), (
        "keep the version anew: see Release in CONTRIBUTING.md"
    )


def test_versions_are_listed_in_the_order_of_their_dates():
    assert list_versions()[0] == "2026.11.0"
    assert list_versions()[-1] == read_package()["version"]


def test_kept_version_is_a_row_an_offering_and_a_column_a_duty(tables, tmp_path):
    path = keep_version(build_model(tables), tmp_path)
    assert path.read_text().splitlines()[:2] == [
        "offering_id,offering,hardware,patching,backup",
        "paint,Paint,AWS,Shared,Not applicable",
    ]


def test_version_that_is_not_kept_names_those_that_are():
    with pytest.raises(LookupError, match=r"'1.0' is not kept; the versions kept are 2026.11.0"):
        read_version("1.0")
