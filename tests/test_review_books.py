"""Workbooks that are damaged, or of an earlier format: read or refused."""

import pytest

from srm_data.review import read_review
from srm_data.workbook import write_workbook
from srm_data.workbook.format import EXPORTED
from tests.fuzz_books import fuzz, list_faults


@pytest.mark.slow
@pytest.mark.no_cover
def test_twenty_damaged_books_are_read_or_refused_in_bounds():
    results = fuzz(20, seed=12)
    assert list_faults(results) == []
    assert {said for _, said, _, _ in results} == {"read", "refused"}


@pytest.mark.slow
def test_book_sent_before_a_column_was_added_is_read_as_it_was_sent(
    tmp_path, shipped, monkeypatch, shipped_model
):
    model = shipped_model.head(28)
    path = write_workbook(tmp_path / "sent.xlsx", model, tables=shipped)
    now = (*EXPORTED[:5], "Layer id", *EXPORTED[5:])
    monkeypatch.setattr("srm_data.review.rows.EXPORTED", now)
    assert [len(frame) for frame in read_review(path)] == [0, 0, 0]
