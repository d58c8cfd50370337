"""OSCAL: every file is valid for others, refers to what is there, and says what the matrix says."""

import pytest

from srm_data.cli import main


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "--format oscal: expected --out with it, the name of a folder"),
        (["--out", "a.csv"], "--out a.csv: expected the name of a folder"),
        (["--out", "a", "--left"], "--left: not with --format oscal, which has all"),
    ],
)
def test_files_of_tools_need_a_place_and_are_whole(capsys, arguments, expected):
    assert main(["controls", "sqs", "--format", "oscal", *arguments]) == 1
    assert capsys.readouterr().err == f"srm-data: {expected}\n"
