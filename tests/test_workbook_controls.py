"""The sheets of controls: real tables, honest counts, and no trouble when the book comes back."""

import pytest
from openpyxl import load_workbook

import srm_data
from srm_data.exceptions import FrameError

TITLES = ["Controls by family", "Controls", "Why you need this"]


@pytest.fixture(scope="module")
def model(shipped):
    return srm_data.choose_offerings(
        srm_data.build_model(shipped), ["Amazon SQS", "Amazon EC2"], tables=shipped
    )


@pytest.fixture(scope="module")
def matrix(model):
    return srm_data.build_control_matrix(model, baseline="low")


@pytest.fixture(scope="module")
def path(model, matrix, tmp_path_factory):
    return srm_data.write_workbook(
        tmp_path_factory.mktemp("books") / "ours.xlsx", model, controls=matrix
    )


@pytest.mark.parametrize("title", TITLES)
def test_sheet_is_a_named_table_with_frozen_header(path, title):
    sheet = load_workbook(path)[title]
    (table,) = sheet.tables.values()
    assert table.autoFilter
    assert sheet.freeze_panes == "A2"
    assert not sheet.merged_cells.ranges


def test_counts_by_family_add_up_to_the_first_row(path, matrix):
    header, first, *rows = load_workbook(path)["Controls by family"].iter_rows(values_only=True)
    assert first[0] == "All families"
    assert sum(first[1:6]) == 149
    assert [sum(column) for column in zip(*(row[1:7] for row in rows), strict=True)] == list(first[1:7])
    share = matrix["documented"].sum() / matrix["cells"].sum()
    assert first[header.index("Of them documented, %")] == round(share * 100)


def test_reader_of_the_book_alone_sees_what_rests_on_aws(path):
    header, *rows = load_workbook(path)["Controls"].iter_rows(values_only=True)
    place = {
        name: header.index(name) for name in ("Control", "Addressed", "Who does what, per service")
    }
    by_id = {row[place["Control"]]: row for row in rows}
    assert len(by_id) == 149
    assert by_id["PE-3"][place["Addressed"]] == "inherited"
    assert by_id["AC-3"][place["Addressed"]] == "left"
    said = by_id["SI-2"][place["Who does what, per service"]]
    assert "Amazon EC2: AWS: Host operating system; " in said
    assert "yours: Guest OS patching" in said


def test_book_with_controls_comes_back_without_remarks_and_problems(path):
    review = srm_data.read_review(path)
    assert (len(review.decisions), len(review.remarks), len(review.problems)) == (0, 0, 0)


def test_frame_that_is_no_matrix_is_refused(model, tmp_path):
    with pytest.raises(FrameError, match="expected a control matrix"):
        srm_data.write_workbook(tmp_path / "x.xlsx", model, controls=model)
    assert not list(tmp_path.iterdir())
