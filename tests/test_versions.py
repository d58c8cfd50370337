"""Kept data versions: what the tables answered then."""

import re

import pytest

from srm_data.changes import list_documented, list_versions, read_version
from srm_data.maintain.release import keep_version
from srm_data.schema import read_package


def test_kept_versions_are_of_releases_only_and_in_the_order_of_their_dates():
    versions = list_versions()
    assert versions[0] == "2026.11.0"
    assert all(re.fullmatch(r"\d{4}\.\d{1,2}\.\d+", version) for version in versions)
    dates = [tuple(map(int, version.split("."))) for version in versions]
    assert dates == sorted(dates)


def test_version_of_the_package_is_the_last_release_or_in_the_making_after_it():
    version, last = read_package()["version"], list_versions()[-1]
    release, _, rest = version.partition(".dev")
    if rest:
        assert rest == "0"
        assert [int(part) for part in release.split(".")] > [int(part) for part in last.split(".")]
    else:
        assert version == last


@pytest.mark.parametrize("version", list_versions())
def test_kept_version_answers_every_cell_with_one_of_the_answers(version, shipped):
    kept = read_version(version)
    assert not kept.duplicated(["offering_id", "duty_id"]).any()
    assert set(kept["responsibility"]) <= set(shipped["responsibilities"]["responsibility"])


def test_kept_version_has_one_row_per_offering_and_one_column_per_duty(small_model, tmp_path):
    path = keep_version(small_model, tmp_path)
    assert path.name == f"{read_package()['version']}.csv"
    assert path.read_text().splitlines()[:2] == [
        "offering_id,offering,hardware,patching,backup",
        "paint,Paint,AWS,Shared,Not applicable",
    ]


def test_cells_documented_in_a_version_are_kept_beside_it(small_model, tmp_path):
    path = keep_version(small_model, tmp_path)
    assert (tmp_path / "documented" / path.name).read_text().splitlines() == [
        "offering_id,duty_id",
        "paint,backup",
        "run-far,patching",
    ]


def test_cells_documented_in_a_version_have_the_answers_of_then():
    cells = list_documented("2026.11.1").set_index(["offering_id", "duty_id"])["responsibility"]
    assert len(cells) == 2677
    assert cells["eks-self-managed-nodes", "guest-os-patching"] == "Customer"


def test_version_that_is_not_kept_names_those_that_are():
    with pytest.raises(LookupError, match=r"'1.0' is not stored; stored are 2026.11.0"):
        read_version("1.0")
