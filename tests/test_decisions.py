"""Decisions of an organisation: they override a cell, and are never lost when the tables move."""

import datetime as dt
import re
import warnings
from pathlib import Path

import pandas as pd
import pytest

from srm_data.exceptions import FrameError, StaleDecisionWarning, TableError
from srm_data.model import build_model
from srm_data.names.offerings import narrow_tables
from srm_data.organisation.decisions import (
    apply_decisions,
    is_complete,
    list_stale_decisions,
    make_decisions,
    read_decisions,
    write_decisions,
)
from tests.cases import thin_out

HEADER = "offering_id,duty_id,expected,decision,reason,decided_by,decided_on\n"
AGREED = "sqs,backup,Customer,Shared,Our broker keeps copies.,board,2026-11-01\n"


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text(header + "".join(rows))
    return path


def cell(model, offering_id: str, duty_id: str):
    found = model[(model["offering_id"] == offering_id) & (model["duty_id"] == duty_id)]
    return found.iloc[0]


def test_decision_overrides_the_cell_and_shows_as_such_beside_what_the_tables_say(
    tmp_path, shipped, shipped_model
):
    decisions = read_decisions(write(tmp_path / "decisions.csv", AGREED))
    plain, decided = shipped_model, build_model(decisions=decisions)
    answer = cell(decided, "sqs", "backup")
    assert (answer["responsibility"], answer["basis"]) == ("Shared", "decision")
    assert answer["scope"] == "organisation"
    assert answer["without_decision"] == "Customer"
    assert answer["note"] == "Our broker keeps copies. (board, 2026-11-01)"
    assert answer["customer_part"] == cell(plain, "sqs", "backup")["customer_part"]
    others = plain["offering_id"].ne("sqs") | plain["duty_id"].ne("backup")
    assert decided[others].equals(plain[others])
    assert decided.dtypes.equals(plain.dtypes)


def test_stale_decision_is_not_applied_but_said_and_listed(tmp_path):
    moved = AGREED.replace("Customer,Shared", "AWS,Shared")
    decisions = read_decisions(write(tmp_path / "decisions.csv", moved))
    gone = decisions.assign(offering_id="no-more", expected="Customer")
    decisions = pd.concat([gone, decisions], ignore_index=True)
    with pytest.warns(StaleDecisionWarning) as told:
        model = build_model(decisions=decisions)
    assert [str(warning.message) for warning in told] == [
        "stale decision: no-more / backup was decided against 'Customer'; the offering or duty is "
        "unknown or gone (nearest: iot-core)",
        "stale decision: sqs / backup was decided against 'AWS'; the tables have another answer: "
        "Customer",
    ]
    assert cell(model, "sqs", "backup")["responsibility"] == "Customer"
    stale = list_stale_decisions(model, decisions)
    assert stale[["offering_id", "now", "why"]].to_numpy().tolist() == [
        ["no-more", "", "the offering or duty is unknown or gone"],
        ["sqs", "Customer", "the tables have another answer"],
    ]
    assert stale["reason"].tolist() == ["Our broker keeps copies."] * 2


def test_every_fault_of_a_decision_is_named_with_its_line(tmp_path):
    path = write(
        tmp_path / "ours.csv",
        AGREED,
        "sqs,bakup,Customer,Shared,x,board,2026-11-01\n",
        "sns,backup,Customer,Sharde,x,board,1.11.2026\n",
        "kms,backup,Shared,AWS,,board,2026-11-01\n",
        AGREED,
    )
    with pytest.raises(TableError) as caught:
        read_decisions(path)
    assert {(fault.line, fault.column, fault.value) for fault in caught.value.faults} == {
        (3, "duty_id", "bakup"),
        (4, "decision", "Sharde"),
        (4, "decided_on", "1.11.2026"),
        (5, "reason", ""),
        (6, "offering_id, duty_id", "sqs, backup"),
    }
    assert "ours.csv, line 3" in str(caught.value)


def test_decision_that_is_made_today_is_read(tmp_path):
    today = dt.date.today().isoformat()
    path = write(tmp_path / "ours.csv", AGREED.replace("2026-11-01", today))
    assert read_decisions(path)["decided_on"].tolist() == [today]
    assert is_complete("Shared", "Our broker keeps copies.", "board", today)


def test_decision_of_a_day_that_no_review_takes_is_refused_with_its_line(tmp_path):
    tomorrow = (dt.date.today() + dt.timedelta(days=1)).isoformat()
    rows = [AGREED.replace("2026-11-01", day) for day in (tomorrow, "1999-11-01")]
    path = write(tmp_path / "ours.csv", rows[0], rows[1].replace("sqs", "kms"))
    with pytest.raises(TableError) as caught:
        read_decisions(path)
    assert [str(fault).partition(", expected ")[2] for fault in caught.value.faults] == [
        "a date that is not in the future: has the decision been made?",
        "a date from 2000 on, YYYY-MM-DD",
    ]
    assert [fault.line for fault in caught.value.faults] == [2, 3]


def test_all_faults_of_a_file_come_at_once_under_what_it_is(tmp_path):
    path = write(
        tmp_path / "ours.csv",
        AGREED.replace("2026-11-01", "1999-11-01"),
        "kms,backup,Shared,AWS,,board,2026-11-01\n",
        "sns,backup,Customer,AWS,x,board,\n",
    )
    with pytest.raises(TableError, match=r"^3 faults in the decisions:\n") as caught:
        read_decisions(path)
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [
        (2, "decided_on"), (3, "reason"), (4, "decided_on"),
    ]  # fmt: skip


def test_fault_below_a_reason_of_two_lines_has_the_line_of_the_file(tmp_path):
    two_lines = AGREED.replace("Our broker keeps copies.", '"Ours.\nAll of it."')
    late = AGREED.replace("sqs", "kms").replace("2026-11-01", "1999-11-01")
    with pytest.raises(TableError, match=r"ours\.csv, line 4, column decided_on"):
        read_decisions(write(tmp_path / "ours.csv", two_lines, late))


def test_unknown_offering_of_a_decision_is_a_fault_with_file_line_and_the_nearest(tmp_path):
    with pytest.raises(TableError) as error:
        read_decisions(write(tmp_path / "ours.csv", AGREED, AGREED.replace("sqs,", "sqz,")))
    assert str(error.value).splitlines()[1:] == [
        "ours.csv, line 3, column offering_id: 'sqz', expected an id of offerings, or one of an "
        "earlier version (nearest: sqs)",
    ]


def test_decision_about_an_offering_of_an_earlier_version_is_stale_and_no_fault(shipped, tmp_path):
    tables = narrow_tables(shipped, "kms")  # as if SQS were no more
    decisions = read_decisions(write(tmp_path / "ours.csv", AGREED), tables=tables)
    with pytest.warns(StaleDecisionWarning, match="sqs / backup .* is unknown or gone"):
        build_model(tables, decisions=decisions)


def test_ids_of_decisions_are_looked_up_in_the_tables_of_the_model(shipped, tmp_path):
    named = {"sqs": "our-queue", "sns": "our-topic"}
    tables = narrow_tables(shipped, list(named))
    tables = {name: table.replace({"offering_id": named}) for name, table in tables.items()}
    whole = build_model(tables)
    queue = whole[whole["offering_id"] == "our-queue"]
    of_topic, misspelt, of_none = (
        read_decisions(write(tmp_path / f"{name}.csv", AGREED)).assign(offering_id=name)
        for name in ("our-topic", "our-topik", "kms")
    )
    ours = write(tmp_path / "ours.csv", AGREED.replace("sqs,", "our-topic,"))
    assert len(read_decisions(ours, tables=tables)) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        apply_decisions(queue, of_topic, tables=tables)  # in the tables, outside this part
    with pytest.warns(StaleDecisionWarning, match="nearest: our-topic"):
        apply_decisions(queue, misspelt, tables=tables)
    with pytest.warns(StaleDecisionWarning, match="nearest: our-topic"):
        build_model(tables, decisions=misspelt)
    with pytest.warns(StaleDecisionWarning, match="kms / backup was decided"):
        apply_decisions(queue, of_none, tables=tables)


def test_files_merge_the_latest_stands_and_a_conflict_names_both(tmp_path):
    later = AGREED.replace("copies.", "two copies.").replace("2026-11-01", "2026-11-20")
    first, second = write(tmp_path / "a.csv", AGREED), write(tmp_path / "b.csv", later)
    for files in ([first, second], [second, first]):
        assert read_decisions(files)["reason"].tolist() == ["Our broker keeps two copies."]
    write(second, later.replace("Shared", "AWS"))
    with pytest.raises(
        TableError, match=r"b.csv, line 2, column decision: 'AWS', expected 'Shared', as"
    ):
        read_decisions([first, second])


@pytest.mark.parametrize(
    ("decision", "action"),
    thin_out(
        [("Customer", "required"), ("AWS", "none"), ("Shared", "required"), ("Not applicable", "none")],
        every=2,
    ),
)
def test_customer_action_follows_from_the_party_where_no_column_gives_it(tables, decision, action):
    told = f"run-far,patching,AWS,{decision},Ours.,board,2026-11-01"
    decisions = make_decisions([dict(zip(HEADER.strip().split(","), told.split(","), strict=True))])
    for given in (decisions, decisions.drop(columns="customer_action")):
        model = build_model(tables, decisions=given)
        assert cell(model, "run-far", "patching")["customer_action"] == action


@pytest.mark.parametrize(
    ("decision", "given", "action"),
    [("Shared", "optional", "optional"), ("AWS", "optional", "optional"), ("Shared", "", "required")],
)
def test_customer_action_of_the_decision_comes_first(tmp_path, shipped, decision, given, action):
    header = HEADER.strip() + ",customer_action\n"
    row = AGREED.strip().replace("Shared", decision) + f",{given}\n"
    decisions = read_decisions(write(tmp_path / "ours.csv", row, header=header))
    answer = cell(build_model(decisions=decisions), "sqs", "backup")
    assert (answer["responsibility"], answer["customer_action"]) == (decision, action)


def test_customer_action_that_does_not_go_with_the_decision_is_refused(tmp_path):
    header = HEADER.strip() + ",customer_action\n"
    row = AGREED.strip().replace("Shared", "AWS") + ",required\n"
    with pytest.raises(TableError, match="'required', expected none or optional, or blank, as the dec"):
        read_decisions(write(tmp_path / "ours.csv", row, header=header))


def test_decisions_with_customer_actions_come_back_as_they_were_written(tmp_path):
    header = HEADER.strip() + ",customer_action\n"
    row = AGREED.strip() + ",optional\n"
    decisions = read_decisions(write(tmp_path / "ours.csv", row, header=header))
    written = write_decisions(tmp_path / "again.csv", decisions)
    assert read_decisions(written).equals(decisions)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_missing_values_in_given_rows_are_blank(missing):
    made = make_decisions([{"offering_id": "sqs", "duty_id": "backup", "reason": missing}])
    assert made["reason"].tolist() == [""]


@pytest.mark.slow
def test_newer_decision_replaces_the_one_that_a_model_has(tmp_path):
    first = read_decisions(write(tmp_path / "first.csv", AGREED))
    newer = AGREED.replace("Shared,Our broker keeps copies.", "AWS,Newer")
    second = read_decisions(write(tmp_path / "second.csv", newer))
    decided = build_model(decisions=first)
    assert list_stale_decisions(decided, second).empty
    answer = cell(apply_decisions(decided, second), "sqs", "backup")
    assert (answer["responsibility"], answer["without_decision"]) == ("AWS", "Customer")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"decision": "shared"}, "expected a decision of AWS | Shared | Customer | Not applicable"),
        ({"customer_action": "none"}, "expected a customer_action of required or optional, or blank"),
        ({"decided_by": ""}, "expected a decided_by in every row"),
        ({"decided_on": "2999-11-01"}, "expected as decided_on a date that is not in the future"),
        ({"decided_on": "soon"}, "expected as decided_on a date from 2000 on, YYYY-MM-DD; got 'soon'"),
    ],
)
def test_frame_with_a_value_that_no_decision_has_is_refused(tmp_path, shipped_model, change, expected):
    decisions = read_decisions(write(tmp_path / "d.csv", AGREED)).assign(**change)
    with pytest.raises(FrameError, match=re.escape(expected)):
        apply_decisions(shipped_model, decisions)


def test_frame_that_decides_a_cell_twice_is_refused(tmp_path, shipped_model):
    decisions = read_decisions(write(tmp_path / "d.csv", AGREED))
    twice = pd.concat([decisions, decisions])
    with pytest.raises(FrameError, match="one row per cell; got several of sqs / backup"):
        apply_decisions(shipped_model, twice)


@pytest.mark.parametrize(
    ("encoding", "separator", "expected"),
    [
        (
            "utf-8",
            ";",
            "line 1, column (header): 'separated by semicolons', expected cells separated by",
        ),
        ("utf-16", ",", "line 1, column (file): 'UTF-16', expected a text in UTF-8"),
    ],
)
def test_file_as_spreadsheets_save_it_names_its_separator_or_encoding(
    tmp_path, encoding, separator, expected
):
    path = tmp_path / "d.csv"
    path.write_text((HEADER + AGREED).replace(",", separator), encoding=encoding)
    with pytest.raises(TableError, match=re.escape(expected)) as caught:
        read_decisions(path)
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize("name", ["reason", "decided_by"])
@pytest.mark.parametrize("blank", ["  ", "\u00a0"])
def test_reason_or_name_of_spaces_is_blank(tmp_path, shipped_model, name, blank):
    decisions = read_decisions(write(tmp_path / "d.csv", AGREED)).assign(**{name: blank})
    with pytest.raises(FrameError, match=f"expected a {name} in every row; got a blank one"):
        apply_decisions(shipped_model, decisions)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Customer,Shared", "AWS,Shared", "the tables have another answer: Customer"),
        ("sqs,", "sqz,", r"the offering or duty is unknown or gone \(nearest: sqs"),
        ("backup,", "bakcup,", r"the offering or duty is unknown or gone \(nearest: backup"),
    ],
)
def test_decision_that_does_not_apply_is_said(tmp_path, shipped_model, old, new, expected):
    row = AGREED.replace(old, new).strip().split(",")
    decisions = make_decisions([dict(zip(HEADER.strip().split(","), row, strict=True))])
    with pytest.warns(StaleDecisionWarning, match=expected):
        assert apply_decisions(shipped_model, decisions).equals(shipped_model)


def test_decisions_of_offerings_outside_a_part_of_the_model_are_left_out(tmp_path, shipped_model):
    part = shipped_model[shipped_model["offering_id"] == "kms"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        decided = apply_decisions(part, read_decisions(write(tmp_path / "d.csv", AGREED)))
    assert decided.equals(part)


def test_older_decision_does_not_replace_a_newer_one_and_is_said(tmp_path, shipped_model):
    newer = read_decisions(write(tmp_path / "newer.csv", AGREED))
    older = newer.assign(decision="AWS", decided_on="2026-10-10")
    decided = apply_decisions(shipped_model, newer)
    with pytest.warns(StaleDecisionWarning, match="decided on 2026-10-10; the model has a decision of"):
        assert apply_decisions(decided, older).equals(decided)
