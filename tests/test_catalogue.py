"""Finding offerings by what people call them."""

import pytest

from srm_data.catalogue import find_offerings


@pytest.mark.parametrize("text", ["run-far", "Run far", "  RUN   FAR "])
def test_id_and_name_of_an_offering_find_it_alone(tables, text):
    assert find_offerings(text, tables)["offering_id"].tolist() == ["run-far"]


def test_name_of_a_service_finds_all_its_offerings(tables):
    assert find_offerings("Run", tables)["offering_id"].tolist() == ["run-far", "run-home"]


def test_words_find_every_candidate_and_pick_none(tables):
    assert find_offerings("run", tables)["offering_id"].tolist() == ["run-far", "run-home"]
    assert find_offerings("home", tables)["offering_id"].tolist() == ["run-home"]


@pytest.mark.parametrize("text", ["paynt", "Piant"])
def test_near_miss_names_the_nearest(tables, text):
    with pytest.raises(LookupError, match=r"nearest: .*[Pp]aint"):
        find_offerings(text, tables)


def test_blank_name_finds_nothing(tables):
    with pytest.raises(LookupError):
        find_offerings("  ", tables)
