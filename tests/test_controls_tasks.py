"""Tasks as a file that comes back, and the assignment of duties to AWS and the teams."""

import pandas as pd
import pytest

from srm_data.cli import main
from srm_data.controls import build_control_matrix, build_raci, build_task_list, read_task_list
from srm_data.names.offerings import choose_offerings
from srm_data.register import make_entries, merge, state, write_register

QUEUE = {"offering_id": "sqs", "duty_id": "*", "field": "accountable", "value": "Queue team"}


@pytest.fixture(scope="module")
def sqs(shipped_model):
    return choose_offerings(shipped_model, "sqs")


def now_of(model, *rows):
    return state(make_entries([QUEUE, *rows]), model, on="2026-12-01")


def change(now, path, **texts):
    """Write the list of tasks with some texts of the row about backup changed."""
    tasks = build_task_list(now)
    tasks.loc[tasks["duty_id"] == "backup", list(texts)] = list(texts.values())
    tasks.to_csv(path, index=False)
    return path


def test_task_has_a_stable_id_its_controls_and_the_page_of_its_cell(sqs):
    now = now_of(sqs, {"offering_id": "sqs", "duty_id": "backup", "field": "due",
                       "where": "environment=prod", "value": "2027-01-31"})  # fmt: skip
    matrix = build_control_matrix(sqs)
    tasks = build_task_list(now, matrix=matrix, address="https://x.test/").set_index("task_id")
    task = tasks.loc["sqs/backup@environment=prod"]
    assert task[["title", "accountable", "due"]].tolist() == [
        "SQS queue: Backup @ environment=prod", "Queue team", "2027-01-31",
    ]  # fmt: skip
    assert "CP-9" in task["controls"].split("; ")
    assert task["link"] == "https://x.test/services/sqs.html#sqs.backup"
    assert tasks.index.is_unique


def test_what_was_typed_in_a_task_comes_back_as_entries(sqs, tmp_path):
    due = {"offering_id": "sqs", "duty_id": "backup", "field": "due", "value": "2027-01-31"}
    now = now_of(sqs, due)
    path = change(now, tmp_path / "tasks.csv", due="30.6.2027", status="ok", by="Ada", on="2026-12-01")
    review = read_task_list(path, now)
    entries = review.entries.set_index("field")
    assert entries["value"].to_dict() == {"due": "2027-06-30", "status": "agreed"}
    assert entries.loc["due", "replaces"] == make_entries([due])["entry_id"][0]
    assert set(entries["by"]) == {"Ada"}
    assert review.problems.empty

    # the next list has what came back, and makes no entry
    later = state(merge(review, now.entries), sqs, on="2026-12-02")
    again = change(later, tmp_path / "again.csv")
    assert build_task_list(later).set_index("task_id").loc["sqs/backup", "due"] == "2027-06-30"
    assert read_task_list(again, later).entries.empty


def test_unchanged_row_reverts_nothing_that_was_entered_since(sqs, tmp_path):
    path = change(now_of(sqs), tmp_path / "tasks.csv")
    due = {"offering_id": "sqs", "duty_id": "backup", "field": "due", "value": "2027-01-31"}
    assert read_task_list(path, now_of(sqs, due)).entries.empty


def test_tool_that_dropped_the_column_sent_is_compared_with_the_register(sqs, tmp_path):
    now = now_of(sqs)
    tasks = build_task_list(now)[["task_id", "title", "status"]]
    tasks.loc[tasks["task_id"] == "sqs/backup", "status"] = "question"
    tasks.to_csv(tmp_path / "jira.csv", index=False, sep=";")
    entries = read_task_list(tmp_path / "jira.csv", now).entries
    assert entries[["duty_id", "field", "value"]].to_numpy().tolist() == [
        ["backup", "status", "question"]
    ]


def test_list_that_excel_saved_in_its_language_makes_no_entries(sqs, tmp_path):
    rows = [{"offering_id": "sqs", "duty_id": "backup", "field": field, "value": value}
            for field, value in (("due", "2027-03-04"), ("comment", "Größe prüfen"))]  # fmt: skip
    now = now_of(sqs, *rows)
    tasks = build_task_list(now)
    tasks["due"] = tasks["due"].str.replace("2027-03-04", "3/4/2027")
    text = tasks.to_csv(index=False, sep=";") + ";" * (tasks.shape[1] - 1) + "\n"
    (tmp_path / "tasks.csv").write_bytes(text.encode("cp1252"))
    assert [len(frame) for frame in read_task_list(tmp_path / "tasks.csv", now)] == [0, 0]


def test_unknown_id_is_named_with_its_row(sqs, tmp_path):
    now = now_of(sqs)
    path = change(now, tmp_path / "tasks.csv", task_id="SEC-17", due="2027-01-31")
    review = read_task_list(path, now)
    assert review.entries["value"].tolist() == ["SEC-17 | Queue team | open | 2027-01-31"]
    ((value, source),) = review.problems[["value", "source"]].to_numpy()
    assert value.startswith("SEC-17")
    assert source.startswith("tasks.csv, row ")


@pytest.mark.slow
def test_tasks_go_out_and_come_back_on_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text("Amazon SQS\n")
    note = {"offering_id": "sqs", "duty_id": "backup", "field": "comment", "value": "=1+1"}
    write_register("register.csv", make_entries([QUEUE, note]))  # text that no spreadsheet may run
    given = ["--register", "register.csv", "--on", "2026-12-01"]
    assert main(["estate", "list.txt", *given, "--owner", "Queue team", "--out", "tasks.csv"]) == 0
    tasks = pd.read_csv("tasks.csv", dtype=str, keep_default_na=False)
    assert tasks["controls"].str.contains("AC-3").any()
    tasks["due"] = tasks["due"].mask(tasks["duty_id"].eq("backup"), "2027-03-31")
    tasks.to_csv("tasks.csv", index=False)
    capsys.readouterr()
    assert main(["review", "tasks.csv", *given]) == 0
    assert (
        "tasks.csv: 1 entry\nwritten: register.csv: 3 entries, 1 of them new" in capsys.readouterr().out
    )


@pytest.mark.slow
def test_controls_writes_the_tasks_and_the_raci_of_all_teams(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["controls", "sqs", "--format", "tasks-csv", "--out", "tasks.csv"]) == 0
    assert main(["controls", "sqs", "--format", "raci-csv", "--out", "raci.csv"]) == 0
    tasks, raci = (pd.read_csv(f"{name}.csv").set_index("duty_id") for name in ("tasks", "raci"))
    assert set(tasks.index) == set(raci.index[raci["problem"] == "nobody is accountable"])


def test_each_duty_has_exactly_one_accountable_or_a_problem(sqs):
    one = build_raci(now_of(sqs)).set_index("duty_id")
    marks = one[["AWS", "Queue team"]]
    assert marks.map(lambda text: "A" in text).sum(axis="columns").eq(1).all()
    assert one["problem"].eq("").all()
    assert marks.loc["host-os"].tolist() == ["A/R", ""]
    assert marks.loc["encryption-at-rest"].tolist() == ["R", "A/R"]

    roles = [{**QUEUE, "field": "responsible", "value": "Ops"}, {**QUEUE, "value": "Other"}]
    two = build_raci(now_of(sqs, *roles)).set_index("duty_id").loc["encryption-at-rest"]
    assert two[["AWS", "Ops"]].tolist() == ["R", "R"]
    assert two["problem"] == "several are accountable: Other | Queue team"
    assert "Queue team" not in two
