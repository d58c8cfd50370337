"""Commands that look at the tables: check, agreement, catalogue."""

import pytest

from srm_data.cli import main
from srm_data.maintain.agreement import (
    describe_held_out,
    held_out_distribution,
    list_contradictions,
    list_formerly_documented,
    list_held_out,
)


@pytest.mark.slow
def test_check_of_the_shipped_tables(capsys):
    assert main(["check"]) == 0
    assert "no fault found" in capsys.readouterr().out


@pytest.mark.slow
def test_check_of_a_faulty_folder_names_the_fault_and_returns_one(folder, capsys):
    (folder / "bases.csv").unlink()
    assert main(["check", str(folder)]) == 1
    assert "bases.csv, column (file): 'missing'" in capsys.readouterr().err


@pytest.mark.slow
def test_agreement_prints_every_duty_the_sums_and_what_was_read_of_each_contradiction(
    shipped, shipped_model, capsys
):
    assert main(["agreement"]) == 0
    out = capsys.readouterr().out
    held_out = list_held_out(shipped, earlier=list_formerly_documented())
    counts = held_out_distribution(held_out)
    names = shipped["duties"].set_index("duty_id")["duty"]
    for duty, row in counts.iterrows():
        mark = "*" if row["disputed"] else " "
        assert f"\n{mark} {names[duty]:28} {row['cells']:5,} cells  {row['share']:6.1%}\n" in out
    assert max(map(len, out.splitlines())) <= 80
    joined = " ".join(out.split())
    assert describe_held_out(counts) in joined
    halves = shipped_model.set_index(["offering_id", "duty_id"])[["aws_part", "customer_part"]]
    for row in list_contradictions(held_out).to_dict("records"):
        cell = (row["offering_id"], row["duty_id"])
        read = " ".join(halves.loc[cell]).strip()
        why = "No longer documented." if row["read_for"] == "before" else read
        said = f"{row['read_as']} (read for {row['read_for']}), {row['expected']} expected by "
        assert f"{' / '.join(cell)}: {said}{row['because']} {' '.join(why.split())}" in joined


@pytest.mark.slow
def test_catalogue_of_the_pinned_packages_has_no_difference(capsys):
    assert main(["catalogue"]) == 0
    assert "mapped or excluded with a reason" in capsys.readouterr().out


@pytest.mark.slow
def test_catalogue_lists_the_differences_and_returns_one(monkeypatch, capsys):
    monkeypatch.setattr("srm_data.maintain.aws_lists.list_botocore_clients", lambda: ["newest"])
    assert main(["catalogue"]) == 1
    assert "newest" in capsys.readouterr().out


def test_catalogue_without_the_extra_says_what_to_install(monkeypatch, capsys):
    def fail() -> None:
        raise ModuleNotFoundError("No module named 'botocore'", name="botocore")

    monkeypatch.setattr("srm_data.maintain.aws_lists.list_botocore_clients", fail)
    assert main(["catalogue"]) == 1
    assert "botocore is not installed; the comparison needs: pip" in capsys.readouterr().err
