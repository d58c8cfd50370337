"""Four quarters of one estate: review, approval, a new release, an expired exception, a new account."""

import pandas as pd
import pytest

from srm_data import build_model, choose_offerings
from srm_data.register import (
    Review,
    State,
    approve_answers,
    build_review,
    describe_problem,
    find_approval,
    list_decisions,
    list_sent,
    merge,
    read_register,
    state,
    write_register,
)
from srm_data.register.entries import list_rows

RDS, SQS = "rds-db-instance", "sqs"


@pytest.fixture(scope="module")
def model() -> pd.DataFrame:
    """Return the cells of two offerings, one of them with a fixed answer of the tables."""
    model = choose_offerings(build_model(), [RDS, SQS])
    is_fixed = model["offering_id"].eq(SQS) & model["duty_id"].eq("backup")
    answer = ["Customer", "required", "documented"]
    model.loc[is_fixed, ["responsibility", "customer_action", "basis"]] = answer
    return model


class Book:
    """A copy of a book as it was sent: what somebody types in it becomes an edit."""

    def __init__(self, now: State, file: str) -> None:
        self.file, self.edits = file, list[dict[str, str]]()
        keys = ("offering_id", "duty_id", "where", "field")
        self.sent = {tuple(row[key] for key in keys): row for row in list_rows(list_sent(now))}

    def enter(self, offering_id: str, duty_id: str, field: str, value: str, **texts: str) -> None:
        """Type into a cell of a row."""
        key = (offering_id, duty_id, texts.get("where", ""), field)
        edit = dict(zip(("offering_id", "duty_id", "where", "field"), key, strict=True))
        edit |= self.sent.get(key, {}) | {"value": value, "file": self.file}
        self.edits.append(edit | {"data_version": "2026.11.11"} | texts)

    def send(self) -> Review:
        """Return what the copy says."""
        return build_review(pd.DataFrame(self.edits))


def list_kinds(now: State) -> list[tuple[str, str, str]]:
    rows = list_rows(now.problems.astype(str))
    return [(row["kind"], row["duty_id"], row["field"]) for row in rows]


@pytest.mark.slow
def test_four_quarters_of_an_estate(model, tmp_path):
    path = tmp_path / "register.csv"

    # The first quarter: two reviewers, an exception, one contradiction, one decision of one name.
    now = state(merge([]), model, on="2026-12-01")
    assert find_approval(now).by == ""
    ada, bob = Book(now, "ada.xlsx"), Book(now, "bob.xlsx")
    signed = {"by": "Ada", "on": "01.12.2026"}
    for duty in ("backup", "credentials", "logging-monitoring"):
        answer = now.cells.set_index(["offering_id", "duty_id", "field"])["value"][RDS, duty, "answer"]
        ada.enter(RDS, duty, "status", "agreed", reason=answer, **signed)
    ada.enter(RDS, "backup", "accountable", "DBA", **signed)
    ada.enter(SQS, "backup", "answer", "AWS", reason="AWS macht das.", **signed)
    ada.enter(SQS, "backup", "exception", "28.2.2027", reason="No copies; queue is replayed.", **signed)
    ada.enter(SQS, "availability", "due", "2027-01-31", **signed)
    bob.enter(SQS, "availability", "due", "31/03/2027", by="Bob", on="2/12/2026")
    bob.enter(RDS, "customer-data", "comment", "Who classifies?", by="Bob")
    write_register(path, merge([bob.send(), ada.send()]))
    first = state(read_register(path), model, on="2026-12-02")
    assert list_kinds(first) == [
        ("conflict", "availability", "due"),
        ("not taken", "backup", "answer"),
        ("unclear", "availability", "due"),
    ]
    assert describe_problem(list_rows(first.problems.astype(str))[0]) == (
        "Conflict: 2027-01-31 (Ada, 2026-12-01) | 2027-03-31 (Bob, 2/12/2026); expected one entry that "
        "replaces these."
    )
    assert first.model.equals(model), "one name alone moves nothing away from us"

    # The second quarter: the conflict is settled, the decision approved, then the whole book.
    board = Book(first, "board.xlsx")
    board.enter(SQS, "availability", "due", "2027-03-31", by="Cem", on="2027-01-10")
    board.enter(SQS, "backup", "answer", "AWS", reason="AWS macht das.", **signed)
    board.enter(SQS, "backup", "approval", "AWS, none", by="Cem", on="2027-01-10", evidence="minutes 7")
    write_register(path, merge(board.send()))
    second = state(read_register(path), model, on="2027-01-12")
    assert list_kinds(second) == []
    assert len(second.model[second.model["basis"].eq("decision")]) == 1
    write_register(path, approve_answers(second, by="CISO", on="2027-01-12", evidence="resolution 3"))
    second = state(read_register(path), model, on="2027-01-12")
    assert find_approval(second)[:3] == (True, "CISO", "2027-01-12")

    # The third quarter: the exception has ended, a due date has passed; the approval stands.
    third = state(read_register(path), model, on="2027-04-01")
    assert list_kinds(third) == [("overdue", "availability", "due"), ("expired", "backup", "exception")]
    assert find_approval(third).is_approved
    renewed = Book(third, "ada.xlsx")
    renewed.enter(
        SQS, "backup", "exception", "30.9.2027", reason="Until the move.", by="Ada", on="2027-04-01"
    )
    renewed.enter(SQS, "availability", "implementation", "erledigt", by="Ada", on="2027-04-01")
    write_register(path, merge(renewed.send()))
    third = state(read_register(path), model, on="2027-04-01")
    assert list_kinds(third) == []
    exception = list_decisions(third).to_dict("records")[-1]
    assert (exception["valid_until"], exception["renewals"]) == ("2027-09-30", 1)

    # The fourth quarter: a release documents another answer, and an account is added.
    is_moved = model["offering_id"].eq(RDS) & model["duty_id"].eq("credentials")
    released = model.copy()
    released.loc[is_moved, ["responsibility", "customer_action"]] = ["Customer", "required"]
    fourth = state(read_register(path), released, on="2027-07-01")
    assert list_kinds(fourth) == [("moved", "credentials", "status")]
    assert find_approval(fourth).changed[["duty_id", "now"]].to_numpy().tolist() == [
        ["credentials", "Customer, required"]
    ]
    account = Book(fourth, "ada.xlsx")
    where, texts = "account=123456789012", {"reason": "Own replicas.", "by": "Ada", "on": "2027-07-01"}
    account.enter(RDS, "availability", "answer", "Customer", where=where, **texts)
    account.enter(
        RDS, "credentials", "status", "agreed", reason="Customer, required", by="Ada", on="2027-07-01"
    )
    write_register(path, merge(account.send()))
    fourth = state(read_register(path), released, on="2027-07-01")
    changed = find_approval(fourth).changed
    assert changed[["duty_id", "where", "why"]].to_numpy().tolist() == [
        ["availability", where, "new"], ["credentials", "", "changed"],
    ]  # fmt: skip
    write_register(path, approve_answers(fourth, by="CISO", on="2027-07-02"))
    fourth = state(read_register(path), released, on="2027-07-02")
    assert find_approval(fourth).is_approved
    assert list_kinds(fourth) == []

    # A year after the first review the agreements are old, and nothing that was ever entered is gone.
    fifth = state(read_register(path), released, on="2027-12-02")
    assert {kind for kind, _, _ in list_kinds(fifth)} == {"old", "expired"}
    texts = fifth.entries["value"].str.cat(sep="\n")
    assert all(text in texts for text in ("2027-01-31", "Who classifies?", "2027-02-28", "DBA"))
