"""Sentences of the tables are our own: none repeats a long run of words of the page that it cites."""

import pytest

from srm_data.maintain.wording import (
    MOST_SHARED,
    compare_wording,
    find_unrecorded,
    list_sentences,
    read_record,
    write_record,
)


def test_no_sentence_repeats_its_page(shipped):
    current = set(list_sentences(shipped)["sentence"])
    shared = {row[0]: int(row[3]) for row in read_record() if row[3] and row[0] in current}
    assert len(shared) > 1_000
    assert max(shared.values()) <= MOST_SHARED


@pytest.mark.slow
def test_record_notes_what_was_compared_and_what_was_not_at_hand(shipped, tmp_path):
    page = tmp_path / "pages/ebs/latest/userguide/ebs-encryption.md"
    page.parent.mkdir(parents=True)
    page.write_text("# Nothing of ours")
    compared = compare_wording(shipped, tmp_path / "pages")
    record = write_record(compared, tmp_path / "record.csv")
    assert find_unrecorded(shipped, record).empty
    assert compared["shared"].notna().any() and compared["shared"].isna().any()
