"""Commands for earlier states: compare. Those for books are with the book."""

import pytest

from srm_data.cli import main


@pytest.mark.slow
def test_compare_lists_the_cells_that_differ(folder, capsys):
    assert main(["compare", str(folder)]) == 0
    assert capsys.readouterr().out == "no cell differs.\n"
    path = folder / "offering_responsibilities.csv"
    text = path.read_text()
    assert "\nsqs,encryption-at-rest,Shared," in text
    path.write_text(text.replace("\nsqs,encryption-at-rest,Shared,", "\nsqs,encryption-at-rest,AWS,"))
    assert main(["compare", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "1 cell differs: 1 by data" in shown
    assert shown.split()[-5:] == ["sqs", "encryption-at-rest", "AWS", "Shared", "data"]
    assert main(["compare", "nowhere"]) == 1
