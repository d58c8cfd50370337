"""The worked cases of ``register/cases.yaml``: entries, edits and quarters, and what comes of them."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from srm_data.register import (
    State,
    approve_answers,
    build_cautious_model,
    build_review,
    find_approval,
    list_all_services,
    list_decisions,
    list_raci,
    list_sent,
    make_entries,
    merge,
    state,
)
from srm_data.register.entries import list_rows
from srm_data.register.merge import EDIT

WORKED = yaml.safe_load((Path(__file__).parent / "register" / "cases.yaml").read_text("utf-8"))
OWN = ("at", "file", "place", "sent", "sent_reason", "sent_by", "sent_on", "base", "asks", "dated",
       "replaces")  # fmt: skip
COLUMNS = ("reason", "by", "valid_until", "evidence", "source")


@pytest.fixture(scope="module")
def model() -> pd.DataFrame:
    columns = ["offering_id", "duty_id", "responsibility", "customer_action", "basis"]
    rows = pd.DataFrame(WORKED["model"], columns=columns)
    services = rows["offering_id"].map({"sqs": "sqs", "rds-db-instance": "rds"})
    return rows.assign(
        service_id=services, scope="offering", note="", without_decision=rows["responsibility"]
    )


def read_spec(spec: dict[str, Any], ids: dict[str, str]) -> dict[str, str]:
    """Return the columns of an entry or edit of a case."""
    key, _, where = spec["at"].partition("@")
    offering, _, duty = key.rpartition("/")
    field = next(iter(set(spec) - {*OWN, *COLUMNS}), "evidence")
    row = {name: str(spec.get(name, "")) for name in (*OWN, *COLUMNS)}
    row |= {"offering_id": offering, "duty_id": duty, "where": where}
    row |= {"field": field, "value": str(spec[field])}
    row |= {"on": row.pop("dated")} | ({"evidence": ""} if field == "evidence" else {})
    row |= {
        name: "; ".join(ids.get(label, label) for label in map(str, spec.get(name, [])))
        for name in ("replaces", "base")
    }
    return row | ({"value": ids.get(row["value"], row["value"])} if field == "approval" else {})


def show(now: State, wanted: str) -> object:
    """Return what a state says, by the words of a case: ``sqs/backup status by``."""
    about, _, column = wanted.partition(" ")
    if wanted == "exceptions":
        (exception,) = list_rows(list_decisions(now))
        return (
            "{offering_id}/{duty_id} until {valid_until}, approved by {approved_by}, renewed {renewals}"
        ).format(**{str(key): value for key, value in exception.items()})
    if wanted in ("approved", "changed"):
        approval = find_approval(now)
        if wanted == "approved":
            return f"{approval.by} {approval.on}" if approval.is_approved else ""
        return [
            f"{row.offering_id}/{row.duty_id}: {row.approved} -> {row.now}"
            for row in approval.changed.itertuples()
        ]
    if about == "all":
        rows = list_all_services(now).set_index("duty_id")
        return rows.loc[column.removeprefix("services "), "differs"]
    if about in ("raci", "cautious"):
        offering, duty = column.split("/")
        frame = list_raci(now) if about == "raci" else build_cautious_model(now)
        (row,) = frame[frame["offering_id"].eq(offering) & frame["duty_id"].eq(duty)].to_dict("records")
        return (
            row["problem"] if about == "raci" else f"{row['responsibility']}, {row['customer_action']}"
        )
    key, _, where = about.partition("@")
    field, _, column = column.partition(" ")
    cells = now.cells.set_index(["offering_id", "duty_id", "where", "field"])[column or "value"]
    return cells.get((*key.split("/"), where, field), "")


def check(
    case: dict[str, Any], model: pd.DataFrame, register: pd.DataFrame, ids: dict[str, str]
) -> None:
    """Check one step of a case, and then the next one."""
    # entries and edits, merged in several orders and more than once
    for label, spec in case.get("entries", {}).items():
        (row,) = make_entries([read_spec(spec, ids)]).to_dict("records")
        ids[label] = row["entry_id"]
        register = merge(pd.DataFrame([row]), register)
    edits = [read_spec(spec, ids) for spec in case.get("edits", [])]
    review = build_review(pd.DataFrame(edits, columns=None if edits else EDIT))
    register = merge([review, register[::-1], review], register)
    for spec, row in zip(case.get("gives", []), review.entries.to_dict("records"), strict=True):
        expected = {name: str(text) for name, text in spec.items() if name not in ("replaces", "dated")}
        expected["value"] = ids.get(expected["value"], expected["value"])
        expected["replaces"] = "; ".join(ids[label] for label in spec.get("replaces", []))
        expected |= {"on": str(spec["dated"])} if "dated" in spec else {}
        assert {name: row[name] for name in expected} == expected
    asked = [
        f"{row.kind} {row.offering_id}/{row.duty_id} {row.field}"
        for row in review.problems.itertuples()
    ]
    assert asked == case.get("asked", [])

    # the state for the day
    day = str(case.get("day", "2026-12-02"))
    now = state(register.sample(frac=1, random_state=1), model, on=day)
    if approve := case.get("approve"):
        approvals = approve_answers(now, by=approve["by"], on=str(approve["dated"]))
        register = merge(approvals, register)
        now = state(register, model, on=day)
    shown = list_sent(now).set_index(["offering_id", "duty_id", "where", "field"])["sent"]
    for name, value in case.get("sent", {}).items():
        about, _, field = name.partition(" ")
        assert shown[(*about.split("/"), "", field)] == value
    states = dict(zip(now.entries["entry_id"], now.entries["state"], strict=True))
    assert {label: states[ids[label]] for label in case.get("states", {})} == case.get("states", {})
    assert {name: str(show(now, name)) for name in case.get("now", {})} == {
        name: str(value) for name, value in case.get("now", {}).items()
    }
    problems = [
        f"{row.kind} {row.offering_id}/{row.duty_id}{'@' * bool(row.where)}{row.where} {row.field}"
        for row in now.problems.itertuples()
    ]
    assert sorted(problems) == sorted(case.get("problems", []))
    if "then" in case:
        check({"day": day} | case["then"], model, register, ids)


@pytest.mark.parametrize("case", WORKED["cases"], ids=[case["rule"] for case in WORKED["cases"]])
def test_worked_case(case, model):
    check(case, model, make_entries([]), {})
