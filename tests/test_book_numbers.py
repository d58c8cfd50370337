"""One number: what a sheet counts is what another sheet of the same book shows."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import srm_data
from srm_data.cells import list_marks
from srm_data.register import make_entries
from tests.conftest import SAMPLE_ESTATE
from tests.fuzz_book import DAY

KINDS = [
    "AWS::SQS::Queue",
    "AWS::KMS::Key",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBInstance",
    "gibberish",
]
BILL = Path(__file__).parent / "bills" / "cur_ec2.csv"
PARTIES = ("AWS", "Shared", "Customer", "Not applicable")
ACTS = ("required", "optional")
WORDS = list_marks().set_index("label")["words"].to_dict()


def make_register(model):
    """Return entries of every kind about the first offerings of a model."""
    first, second = model["offering_id"].unique()[:2]
    must = model[(model["offering_id"] == first) & (model["customer_action"] == "required")]
    one, two, three, four, *_ = must["duty_id"]
    answer = f"{must['responsibility'].iloc[0]}, required"
    entries = [
        {"duty_id": one, "field": "status", "value": "agreed", "reason": answer},
        {"duty_id": two, "field": "due", "value": "2026-10-01"},
        {"duty_id": three, "field": "answer", "value": "Customer", "reason": "Ours alone."},
        {"duty_id": three, "field": "exception", "value": "2026-10-31", "reason": "Until then."},
        {"duty_id": two, "field": "accountable", "value": "Ada"},
        {"duty_id": two, "field": "accountable", "value": "Bob"},
        {"duty_id": "*", "field": "accountable", "value": "Cloud team"},
        {"offering_id": second, "duty_id": "backup", "field": "accountable", "value": "Ops",
         "where": "environment=test"},
        {"offering_id": "*", "duty_id": "*", "field": "evidence", "value": "C5"},
        {"duty_id": one, "field": "implementation", "value": "implemented"},
    ]  # fmt: skip
    signed = {"offering_id": first, "by": "Ada", "on": "2026-12-01"}
    off = signed | {"duty_id": four, "field": "status", "value": "not ours"}
    approval = off | {"field": "approval", "value": make_entries([off])["entry_id"].iloc[0],
                      "by": "Dora", "evidence": "minutes"}  # fmt: skip
    return make_entries([*(signed | entry for entry in entries), off, approval])


def read_rows(book, title: str, header_row: int) -> list[dict[str, Any]]:
    headers, *rows = book[title].iter_rows(min_row=header_row, values_only=True)
    return [dict(zip(headers, row, strict=True)) for row in rows]


def list_differences(path: Path) -> list[str]:
    """Count again what the sheets of a book count, from the rows that it shows."""
    book = openpyxl.load_workbook(path, data_only=True)
    every = [row for row in read_rows(book, "Review here", 2) if row["Basis"]]
    rows = [row for row in every if not row["Where"]]
    entries = read_rows(book, "Register", 3)
    ours = [row for row in rows if row["Status"] != "not ours"]
    must = [row for row in ours if row["You must act"] == "required"]
    tasks = [row for row in every if row["You must act"] in ACTS and row["Status"] != "not ours"]
    of_basis = [len(rows), *Counter(row["Basis"] for row in rows).values()]
    open_ones = Counter(WORDS[row["Basis"]] for row in must if row["Status"] != "agreed")
    decided = open_ones.pop("decided by the organisation", 0)
    settled = {"agreed": sum(row["Status"] == "agreed" for row in must), "decided by us": decided}
    several = sum("Conflict" in str(row["Needs attention"]) for row in tasks if not row["Accountable"])
    alone = sum(bool(row["Accountable"]) for row in tasks)
    nobody = len(tasks) - alone - several
    expected = {
        "Who is responsible": [len(rows), *Counter(row["Answer"] for row in rows).values()],
        "What it rests on": of_basis, "What is approved": of_basis,
        "What must be done": [
            len(must), len(rows), sum(row["You must act"] == "optional" for row in ours),
            *([len(must)] if any(settled.values()) else []),
            *filter(None, settled.values()), *open_ones.values(),
        ],
        "Not agreed": [open_ones["documented"]],
        "Overdue": [sum(bool(row["Due"]) and str(row["Due"])[:10] < DAY for row in rows)],
        "Expired": [sum(entry["State"] == "expired" for entry in entries)],
        "Not in force": [sum(entry["State"] == "asked back" for entry in entries)] * 2,
        "In conflict": [len({(entry["About"], entry["What"]) for entry in entries
                             if entry["State"] == "conflict"})],
        "Without an accountable": [
            len(tasks), *filter(None, [alone, nobody, several])
        ],
    }  # fmt: skip
    shown = {}
    for label, text, *_ in book["Summary"].iter_rows(values_only=True):
        numbers = re.sub(r"\((under )?\d+%\)|First: .*|Nobody has approved yet", "", text or "")
        shown[label] = [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", numbers)]
    pairs: list[tuple[str, Any, Any]] = [
        (name, sorted(shown.get(name, [0])), sorted(numbers)) for name, numbers in expected.items()
    ]

    # the parts of a sentence add up to what it says of the whole
    head = " ".join(re.sub(r"as of [\d-]+", "", row[0].value) for row in book["Tasks"]["A2:A3"])
    required = sum(row["You must act"] == "required" for row in tasks)
    listed = [required, len(tasks) - required, *expected["Without an accountable"],
              sum(not row["Due"] for row in tasks)]  # fmt: skip
    whole, _, _, *parts = shown["What must be done"]
    pairs += [
        ("Tasks", [int(number) for number in re.findall(r"\d+", head)], listed),
        ("parts of what must be done", sum(parts[any(settled.values()) :]), whole),
        ("parts of what is approved", sum(shown["What is approved"][1:]), len(rows)),
    ]

    # other sheets: letters, duties by party, tasks, rows read, evidence
    header_row = int(re.findall(r"\d+", book["Matrix"].tables["OfferingMatrix"].ref)[0])
    is_tall = book["Matrix"].cell(header_row, 1).value == "Duty"
    cells = [str(cell) for row in book["Matrix"].iter_rows(min_row=header_row + 1, values_only=True)
             for cell in row[1 + is_tall :]]  # fmt: skip
    letters = Counter(cell[0] for cell in cells if re.fullmatch("[ASC–].?", cell))
    by_party = Counter(row["Answer"] for row in rows)
    pairs.append(("Matrix", sorted(letters.values()), sorted(by_party.values())))
    for service in read_rows(book, "Services", 1):
        of = Counter(row["Answer"] for row in rows if row["offering_id"] == service["offering_id"])
        counted = [service[f"Duties: {party}"] for party in PARTIES]
        pairs.append((service["Offering"], counted, [of[party] for party in PARTIES]))
    pairs.append(("Tasks", len(read_rows(book, "Tasks", 4)), len(tasks)))
    read = sum(row["Rows"] for row in read_rows(book, "As read", 1))
    pairs.append(("As read", shown["What was read"][0], read))
    assumed = {
        row["Offering"] for row in read_rows(book, "As read", 1) if row["How clear"] == "Assumed"
    }
    are_open = {row["Offering"] for row in read_rows(book, "Services", 1) if row["Of them assumed"]}
    pairs += [
        ("Assumed", (shown.get("Assumed") or [0])[0], len(assumed)),
        ("Services", are_open, assumed),
    ]
    words = book["Evidence"]["A2"].value
    done = sum(row["Implementation"] == "implemented" for row in must)
    implemented = [int(number) for number in re.findall(r"\d+", words)[:3]]
    pairs.append(("Evidence", implemented, [len(must), done, len(must) - done]))
    return [f"{name}: {before} is {now}" for name, before, now in pairs if before != now]


@pytest.mark.slow
@pytest.mark.parametrize("source", [SAMPLE_ESTATE, KINDS, BILL], ids=["sample", "list", "bill"])
def test_every_number_of_a_book_is_that_of_an_independent_count(source, shipped_model, tmp_path):
    estate = srm_data.read_estate(source)
    model = srm_data.in_use(shipped_model, estate)
    path = tmp_path / "ours.xlsx"
    srm_data.write_workbook(path, model, estate=estate, register=make_register(model), on=DAY)
    assert list_differences(path) == []
    assert path.stat().st_size < 200_000
