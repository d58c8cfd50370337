"""Entries and their file: normal forms, ids, and a file to which entries are only ever added."""

import threading
from pathlib import Path

import pandas as pd
import pytest

from srm_data import build_model
from srm_data.exceptions import TableError
from srm_data.register import build_review, make_entries, merge, read_register, state, write_register
from srm_data.register.entries import REGISTER
from srm_data.register.files import GUARDED
from srm_data.register.words import list_days, normalise_answer, normalise_status, split_answer

DUE = {"offering_id": "sqs", "duty_id": "backup", "field": "due", "value": "2027-03-31", "by": "Ada"}


def make(**texts: str) -> pd.DataFrame:
    return make_entries([DUE | texts])


DAYS = {
    "2026-12-01": """2026-12-01 | 01.12.2026 | 1.12.2026 | 1.12.26 | 01.12.26 | 2026/12/01 | 20261201
        46357
        1 Dec 2026 | Dec 1, 2026 | December 1st, 2026 | 1. Dezember 2026 | 01-Dec-26 | 1-Dec-2026
        01 déc. 2026 | 1er décembre 2026 | 2026-12-01 00:00:00 | 2026-12-01T14:00 | 1 . 12 . 2026""",
    "2026-11-13": "13/11/2026 | 11/13/2026 | 13-11-2026 | 13. Nov. 2026 | 13 novembre 2026",
    "2027-03-01": "1. März 2027 | 1 mars 2027 | 1 Mrz 2027 | March 1, 2027",
    "2026-12-12": "12/12/2026",
}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (text.strip(), day)
        for day, texts in DAYS.items()
        for text in texts.replace("\n", "|").split("|")
    ],
)
def test_day_is_read_in_the_forms_of_four_countries(text, day):
    assert list_days(text) == [day]


@pytest.mark.parametrize(("text", "days"), [
    ("12/01/2026", ["2026-01-12", "2026-12-01"]),
    ("01-12-2026", ["2026-01-12", "2026-12-01"]),
    ("13/11/26", ["2013-11-26", "2026-11-13"]),
    *((text, []) for text in ("30/02/2026", "1.12.", "Ende Q1 2027", "1 Dec 1926", "", "heute")),
    ("Windows 2019 endet 2029", []),
])  # fmt: skip
def test_day_that_is_not_clear_is_none_or_several(text, days):
    assert list_days(text) == days
    (entry,) = make(value=text).to_dict("records")
    assert entry["value"] == text, "it stays as it was typed"


@pytest.mark.parametrize(("text", "normal"), [
    ("shared", "Shared"),
    ("CUSTOMER, required", "Customer"),
    ("Customer (optional)", "Customer, optional"),
    ("AWS, none", "AWS"),
    ("AWS, optional", "AWS, optional"),
    ("n/a", "Not applicable"),
    ("s", "Shared"),
    ("AWS, required", "AWS, required"),
    ("Not sure", "Not sure"),
])  # fmt: skip
def test_answer_has_one_normal_form_and_an_action_that_fits_its_party(text, normal):
    assert normalise_answer(text) == normal
    assert any(split_answer(text)) is (text not in ("AWS, required", "Not sure"))


@pytest.mark.parametrize("text", ["ok", "OK!", "agree", "Einverstanden", "ja", "accepté", "Agreed"])
def test_word_of_consent_is_the_status_agreed(text):
    assert normalise_status(text) == "agreed"


def test_id_is_of_what_an_entry_says_in_its_normal_form_and_not_of_where_it_comes_from():
    same = make(value="31.3.2027", by=" Ada ", source="a.xlsx", data_version="2026.12.0")
    other = make(by="Bob")
    assert same["entry_id"].item() == make(value="31 mars 2027", source="b.xlsx")["entry_id"].item()
    assert same["entry_id"].item() != other["entry_id"].item()
    joined = merge([same, make(source="b.xlsx")])
    assert joined[["source", "data_version"]].to_numpy().tolist() == [["a.xlsx; b.xlsx", "2026.12.0"]]


TEXTS = [
    "=1+1", "'=1+1", "-5", "@x", "+49", "two\nlines", 'a "quoted", text', "Ä é 漢字 😀", "1,5;2",
    "'", "TRUE", "NA", "007", "\uff1dSUM(A1)", "e\u0301",
]  # fmt: skip


def test_texts_are_read_back_as_they_were_and_run_in_no_spreadsheet(tmp_path):
    entries = make_entries([DUE | {"field": "comment", "value": text} for text in TEXTS])
    path = write_register(tmp_path / "register.csv", entries)
    assert read_register(path).equals(entries)
    assert set(entries["value"]) == {*TEXTS[:-1], "é"}
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)["value"]
    is_formula = entries["value"].str.match(r"[=+\-@\uff1d]")
    assert raw[is_formula].str.match(GUARDED).all()


def test_file_that_a_spreadsheet_saved_with_its_own_dates_is_the_same_register(tmp_path):
    entries = merge(make(), make(field="comment", value="Who?", on="2026-12-01"))
    path = write_register(tmp_path / "register.csv", entries)
    text = (
        path.read_text("utf-8").replace("2027-03-31", "31.03.2027").replace("2026-12-01", "1.12.2026")
    )
    header, *lines = text.splitlines()
    path.write_text("\r\n".join(["\ufeff" + header, *lines[::-1]]) + "\r\n", "utf-8")
    assert read_register(path).equals(entries)


def test_every_fault_of_a_file_is_named_with_its_line(tmp_path):
    path = write_register(tmp_path / "register.csv", make())
    (header, line) = path.read_text("utf-8").splitlines()
    rows = [
        line.replace("Ada", "Bob"),  # changed by hand: its id is another one
        ",sqs,backup,,dew,2027-03-31,,,,,,,,",
        ",,backup,prod,comment,Te\bam,,,,,,,,",
        ",*,layer:data,,accountable,Data team,,,,,,,,",
    ]
    path.write_text("\n".join([header, line, *rows]), "utf-8")
    with pytest.raises(TableError) as caught:
        read_register(path)
    assert {(fault.line, fault.column) for fault in caught.value.faults} == {
        (3, "entry_id"), (4, "field"), (5, "offering_id"), (5, "value"),
    }  # fmt: skip
    before = path.read_bytes()
    with pytest.raises(TableError, match="4 faults in the register"):
        write_register(path, make())
    assert path.read_bytes() == before
    path.write_text("\n".join([header, line, rows[-1]]), "utf-8")
    assert read_register(path)["value"].tolist() == ["Data team", "2027-03-31"]


def test_control_character_is_refused_and_in_a_book_asked_back():
    with pytest.raises(TableError, match="text without control characters"):
        make(reason="Te\x07am")
    review = build_review(pd.DataFrame([DUE | {"file": "a.xlsx", "value": "Te\x07am", "sent": ""}]))
    assert review.entries["value"].tolist() == ["Te\ufffdam"]
    assert review.problems[["kind", "source"]].to_numpy().tolist() == [["unclear", "a.xlsx"]]


def test_what_a_file_has_stays_whatever_is_written(tmp_path):
    path = write_register(tmp_path / "new" / "register.csv", make())
    write_register(path, make(value="2027-06-30"))
    write_register(path, make_entries([]))
    assert sorted(read_register(path)["value"]) == ["2027-03-31", "2027-06-30"]
    assert [file.name for file in path.parent.iterdir()] == ["register.csv"]


def test_two_writers_at_once_lose_nothing(tmp_path):
    path = tmp_path / "register.csv"
    barrier = threading.Barrier(6)

    def write(number: int) -> None:
        barrier.wait()
        write_register(path, make(by=f"Writer {number}"))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(read_register(path)) == 6


def test_register_that_another_process_holds_is_left_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("srm_data.register.entries.WAIT", 0.05)
    path = write_register(tmp_path / "register.csv", make())
    lock = tmp_path / "register.csv.lock"
    lock.touch()
    with pytest.raises(OSError, match=f"another process holds it; if none runs, remove {lock}"):
        write_register(path, make(by="Bob"))
    assert lock.exists()
    assert len(read_register(path)) == 1


def test_decision_against_an_earlier_release_is_named_once_the_tables_say_otherwise():
    model, version = build_model(), "2026.11.0"
    folder = Path(__file__).parents[1] / "srm_data" / "history" / "answers"
    released = pd.read_csv(folder / f"{version}.csv", dtype=str).melt(
        ["offering_id", "offering"], var_name="duty_id", value_name="then"
    )
    both = model.merge(released.drop(columns="offering"), on=["offering_id", "duty_id"])
    cell = both[both["then"].ne(both["responsibility"].astype(str)) & both["then"].ne("")].iloc[0]
    decided = DUE | {"field": "answer", "value": "Customer", "reason": "Ours.", "on": "2026-11-26"}
    decided |= {"offering_id": cell["offering_id"], "duty_id": cell["duty_id"], "data_version": version}
    one = model[model["offering_id"].eq(cell["offering_id"])]
    now = state(make_entries([decided]), one, on="2026-12-02")
    (problem,) = now.problems.to_dict("records")
    assert problem["kind"] == "moved"
    assert f"when the tables said {cell['then']} ({version})" in problem["value"]
    assert (
        "another look"
        in now.cells.set_index(REGISTER[1:5])["attention"][
            cell["offering_id"], cell["duty_id"], "", "answer"
        ]
    )
