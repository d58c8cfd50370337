"""Two checkouts answer the same golden inputs, and what differs is listed."""

import os
from pathlib import Path

import pandas as pd
import pytest

from srm_data.maintain import golden
from srm_data.maintain.golden import (
    collect_answers,
    compare_answers,
    describe_differences,
    list_requests,
)

ROOT = Path(__file__).parents[1]


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "inputs"
    (folder / "estates" / "both.estate").mkdir(parents=True)
    (folder / "estates" / "both.estate" / "services.txt").write_text("Amazon SQS\nAmazon SQS\n")
    (folder / "estates" / "broken.json").write_text("{")
    (folder / "names.txt").write_text("sqs\nno such thing at all\n")
    return folder


def make_answers(*values: str) -> pd.DataFrame:
    rows = [("names", "sqs", field, value) for field, value in zip("ab", values, strict=False)]
    return pd.DataFrame(rows, columns=["group", "input", "field", "value"], dtype="str")


def test_folder_that_is_one_estate_is_one_input(inputs):
    asked = list_requests(inputs, groups=["estates", "names"])
    names = ["estates/both.estate", "estates/broken.json"]
    assert [name.replace(os.sep, "/") for _, name in asked[:2]] == names
    assert asked[2:] == [("names", "no such thing at all"), ("names", "sqs")]


@pytest.mark.slow
def test_checkout_answers_and_refuses(inputs):
    answers = collect_answers(ROOT, inputs, list_requests(inputs, groups=["estates", "names"]))
    values = answers.set_index(["input", "field"])["value"]
    assert values["sqs", "first"] == "sqs"
    assert values["no such thing at all", "result"] == "refused: LookupError"
    assert values[str(Path("estates", "broken.json")), "result"].startswith("refused: ")
    assert values[str(Path("estates", "both.estate")), "offering: sqs"].startswith("certain; rows 2,")


def test_difference_and_what_only_one_has_are_found():
    before, after = make_answers("1", "2"), make_answers("3")
    differences = compare_answers(before, after)
    assert differences[["field", "before", "after"]].to_numpy().tolist() == [
        ["a", "1", "3"],
        ["b", "2", "(none)"],
    ]
    summary = describe_differences(before, differences)
    assert summary[0] == "names: 1 of 1 inputs differ, 2 of 2 values"


def test_command_writes_the_differences(inputs, tmp_path, capsys, monkeypatch):
    old, out = tmp_path / "old", tmp_path / "out.csv"
    value = {old: "sns", ROOT: "sqs"}
    monkeypatch.setattr(golden, "collect_answers", lambda folder, *_: make_answers(value[folder]))
    assert golden.main([str(ROOT), str(ROOT), str(inputs)]) == 0
    assert golden.main([str(old), str(ROOT), str(inputs), "--out", str(out)]) == 1
    assert pd.read_csv(out).to_numpy().tolist() == [["names", "sqs", "a", "sns", "sqs"]]
    assert "names: 1 of 1 inputs differ" in capsys.readouterr().out
