"""What three reviewers of a bank typed in an audit, typed again: nothing is lost or wrongly applied."""

import datetime as dt
from typing import Any

import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

import srm_data
from srm_data.register import make_entries, merge, state
from srm_data.workbook import read_review
from tests.fuzz_book import DAY, Copy

ADA, BOB, CEM = (
    {"Reviewer": name, "Date": "01.12.2026"} for name in ("Ada Adler", "Bob Meier", "Cem Can")
)
EC2, RDS, SQS, S3 = "ec2-instance", "rds-db-instance", "sqs", "s3-general-purpose"
ROWS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "ada": [
        (f"{RDS}/backup", {"Decision": "Customer", "Comment": "A01 wir sichern", **ADA}),
        (f"{EC2}/backup", {"Decision": "ok", "Comment": "A02", **ADA}),
        (f"{EC2}/credentials", {"Status": "ok", **ADA}),
        (f"{EC2}/identity-access", {"Status": "einverstanden", **ADA}),
        (f"{S3}/backup", {"Decision": "shared", "Reviewer": "Ada Adler", "Date": "1.12.26"}),
        (f"{S3}/credentials", {"Comment": "A06 wer darf das?"}),
        (f"{SQS}/customer-data", {"Status": "A07 das ist ein Satz"}),
        (f"{SQS}/backup", {"Answer": "AWS A08"}),
        (f"{RDS}/credentials", {"Evidence": "https://wiki.example/A09"}),
        (f"{RDS}/identity-access", {"Evidence": r"G:\\A10\\nachweis.pdf"}),
        (f"{RDS}/availability", {"Exception until": "31.12.2026", "Comment": "A11 Risiko", **ADA}),
        (f"{RDS}/customer-data", {"Exception until": "A12 bis auf Weiteres"}),
    ],
    "bob": [
        (f"{RDS}/backup", {"Decision": "AWS", "Comment": "B01 AWS macht das", "Reviewer": "Bob Meier",
                           "Date": "12/01/2026"}),
        (f"{EC2}/guest-os-patching", {"Decision": "AWS", "Comment": "B02 AWS macht das", **BOB}),
        (f"{EC2}/logging-monitoring", {"Reviewer": "B03 bitte Netzteam fragen"}),
        (f"{EC2}/guest-os-configuration", {"Status": "agreed", "Date": "B04 Windows 2019 endet 2029"}),
        (f"{S3}/customer-data", {"Status": "agreed", "Reviewer": "Bob Meier", "Date": "01-Dec-26"}),
        (f"{S3}/identity-access", {"Decision": "Customer", "Comment": "B06", "Reviewer": "Bob Meier",
                                   "Date": "heute"}),
        (f"{SQS}/credentials", {"Decision": "Customer", "Comment": "B07", "Reviewer": "Bob Meier",
                                "Date": dt.date(2027, 3, 1)}),
        (f"{EC2}/encryption-at-rest", {"Status": "not ours", "Comment": "B08",
                                       "Accountable": "B08 Netz", "Due": "15.01.2027", **BOB}),
        (f"{EC2}/encryption-in-transit", {"Status": "not ours", "Due": "Ende Q1 2027 B09", **BOB}),
        (f"{EC2}/key-management", {"Due": 46400, "Status": "not ours", "Comment": "B10", **BOB}),
    ],
    "cem": [
        (f"{RDS}/backup", {"Decision": "Customer", "Comment": "C01 wie Ada", **CEM}),
        (f"{SQS}/identity-access", {"Comment": "C02 zusammengefasst", **CEM}),
        ("*/compliance@", {"Status": "agreed", "Accountable": "C03 Compliance", **CEM}),
        (f"{S3}/logging-monitoring", {"Decision": "Customer", "Comment": "C04",
                                      "Where": "environment=prod", **CEM}),
    ],
}  # fmt: skip
ELSEWHERE = {
    "ada": {("Summary", "F3"): "A13 sieht gut aus", ("Tasks", "L4"): "A14 neben der Liste"},
    "bob": {("Matrix", "AR5"): "B11 Tabelle", ("Matrix", "AS6"): "B12 Tabelle",
            ("Matrix", "AT7"): "B13 Tabelle", ("Look up", "E2"): "B14",
            ("Sources", "A3"): "B15 falsche Seite"},
    "cem": {("Register", "F4"): "C05 nachtragen", ("How to read", "H2"): "C06 unklar"},
}  # fmt: skip
SIGNED = {
    "ada": ("Prepared by", "A15 Adler"),
    "bob": ("Reviewed by", "B16 Meier"),
    "cem": ("Next review", "Q1/2027 C07"),
}


def fill(name: str, book: Copy) -> list[str]:
    """Type everything that a reviewer typed, and return the texts that must come back."""
    texts = []
    for cell, entries in ROWS[name]:
        book.fill(cell, **entries)
        texts += [
            str(value)
            for header, value in entries.items()
            if header not in ("Date", "Due", "Exception until")
        ]
        texts += [value for value in entries.values() if isinstance(value, str) and value[:1] in "ABC"]
    for (title, place), text in ELSEWHERE[name].items():
        book.book[title][place] = text
        texts.append(text)
    label, value = SIGNED[name]
    (row,) = [row for row in book.book["Summary"].iter_rows(max_col=4) if row[0].value == label]
    row[1].value, row[2].value = value, name
    texts.append(value)
    return texts


@pytest.fixture(scope="module")
def model(shipped_model):
    return srm_data.choose_offerings(shipped_model, [EC2, RDS, SQS, S3])


@pytest.mark.slow
def test_entries_of_three_reviewers_come_back_and_nothing_wrong_applies(model, tmp_path):
    sent = srm_data.write_workbook(tmp_path / "sent.xlsx", model, register=make_entries([]), on=DAY)
    typed, reviews = [], []
    for name in ROWS:
        book = Copy(sent)
        typed += fill(name, book)
        if name == "ada":  # a note, a sheet of her own, colours; sorted by accountable
            book.sheet.cell(5, 2).comment = Comment("A16 Notiz", "Ada Adler")
            book.book.create_sheet("A17 Liste")["B2"] = "A18 eigene Tabelle"
            book.sheet.cell(6, 5).fill = PatternFill("solid", fgColor="FFFF00")
            typed += ["A16 Notiz", "A17 Liste", "A18 eigene Tabelle"]
        if name == "bob":  # a column of his own, rows deleted, a renamed sheet
            book.sheet.insert_cols(4)
            book.sheet["D2"], book.sheet["D3"] = "B17 Team", "B18 Netz"
            last = book.sheet.max_row
            book.sheet.delete_rows(last - 4, 5)
            book.sheet.title = "Prüfung"
            typed += ["B17 Team", "B18 Netz"]
        if name == "cem":  # merged over three rows
            at = book.rows[f"{SQS}/identity-access"]
            column = book.columns["Comment"]
            book.sheet.merge_cells(start_row=at, end_row=at + 2, start_column=column, end_column=column)
        path = tmp_path / f"{name}.xlsx"
        book.book.save(path)
        reviews.append(read_review(path))
    register = merge(reviews)
    now = state(register, model, on=DAY)

    # nothing is lost
    kept = register.drop(columns="entry_id").to_csv()
    same = {"ok": "agreed", "einverstanden": "agreed", "shared": "Shared"}
    lost = [text for text in typed if same.get(text, text) not in kept and text]
    assert lost == []
    marks = " ".join(problem for review in reviews for problem in review.problems["value"])
    assert "1 cell " in marks
    assert "5 rows did not come back" in marks

    # the conflict is one, whatever the form of its dates, and no single name moves a duty away
    conflicts = now.problems[now.problems["kind"].eq("conflict")]
    assert conflicts["offering_id"].tolist() == [RDS]
    assert conflicts["value"].tolist() == [
        "AWS (Bob Meier, 12/01/2026) | Customer (Ada Adler, 2026-12-01) | "
        "Customer (Cem Can, 2026-12-01)"
    ]
    parties = now.model.set_index(["offering_id", "duty_id"])["responsibility"]
    before = model.set_index(["offering_id", "duty_id"])["responsibility"]
    assert parties[EC2, "guest-os-patching"] == before[EC2, "guest-os-patching"]
    assert (
        "proposed" in now.entries.loc[now.entries["duty_id"].eq("guest-os-patching"), "state"].tolist()
    )
    asked = now.problems[now.problems["kind"].isin(["not taken", "unclear"])]
    for text in ("A07", "A12", "B04", "heute", "2027-03-01", "B09"):
        assert asked["value"].str.contains(text).any() or asked["by"].str.contains(text).any(), text
    assert not now.entries["state"].eq("").any()
    assert (now.entries["by"].ne("") | now.entries["source"].ne("")).all()
