"""What holds of every register: order makes no difference, and nothing is lost."""

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from srm_data import build_model, choose_offerings
from srm_data.register import State, make_entries, merge, state
from srm_data.register.entries import REGISTER, list_rows
from tests.fuzz_register import run

MODEL = choose_offerings(build_model(), ["sqs", "rds-db-instance"])
MODEL = MODEL[MODEL["duty_id"].isin(["backup", "availability", "compliance"])].reset_index(drop=True)
DAY = "2026-12-02"

VALUES = {
    "answer": ["AWS", "Shared", "Customer", "Shared, optional", "ok"],
    "status": ["agreed", "question", "hm"],
    "accountable": ["DBA", "dba", "Storage"],
    "due": ["2027-03-31", "1.1.2026", "12/01/2026", "soon"],
    "evidence": ["SOC 2", "restore test"],
    "withdrawal": ["answer", "due", "evidence"],
}
CONTENTS = st.sampled_from([(field, value) for field, values in VALUES.items() for value in values])
ROWS = st.fixed_dictionaries(
    {
        "content": CONTENTS,
        "offering_id": st.sampled_from(["sqs", "rds-db-instance", "service:rds", "*"]),
        "duty_id": st.sampled_from(["backup", "availability", "layer:resilience"]),
        "where": st.sampled_from(["", "", "environment=test"]),
        "reason": st.sampled_from(["Because.", ""]),
        "by": st.sampled_from(["Ada", "Bob", ""]),
        "on": st.sampled_from(["2026-12-01", "1.12.2026", "12/01/2026", "", "2030-01-01"]),
        "against": st.sets(st.integers(0, 11), max_size=3),
    }
)

pytestmark = pytest.mark.slow


@st.composite
def registers(draw) -> pd.DataFrame:
    """Make a register whose entries may have been made against earlier ones."""
    made: list[dict[str, str]] = []
    for row in draw(st.lists(ROWS, max_size=12)):
        field, value = row.pop("content")
        base = "; ".join(
            made[number]["entry_id"] for number in row.pop("against") if number < len(made)
        )
        made += list_rows(make_entries([row | {"field": field, "value": value, "replaces": base}]))
    return make_entries(made)


def show(now: State) -> list[pd.DataFrame]:
    return [now.cells, now.entries, now.problems, now.model]


@settings(max_examples=15, deadline=None)
@given(registers(), st.randoms(use_true_random=False))
def test_order_and_repetition_make_no_difference(register, rng):
    rows = list_rows(register)
    rng.shuffle(rows)
    parts = [make_entries(rows[:5]), make_entries(rows[3:]), register.iloc[::2]]
    again = merge(parts[1], merge([parts[2], parts[0]]))
    assert again.equals(register)
    assert merge([register, again], register).equals(register)
    shuffled = pd.DataFrame(rows, columns=REGISTER, dtype="str")
    for first, second in zip(
        show(state(register, MODEL, on=DAY)), show(state(shuffled, MODEL, on=DAY)), strict=True
    ):
        pd.testing.assert_frame_equal(first, second)


@settings(max_examples=15, deadline=None)
@given(registers())
def test_every_entry_has_one_state_and_what_waits_is_a_problem(register):
    now = state(register, MODEL, on=DAY)
    assert sorted(now.entries["entry_id"]) == sorted(register["entry_id"])
    states = dict(zip(now.entries["entry_id"], now.entries["state"], strict=True))
    named = "; ".join(now.problems["entry_ids"])
    for name, standing in states.items():
        assert standing in ("in force", "proposed", "conflict", "asked back", "replaced")
        assert standing in ("in force", "replaced") or name in named
    in_force = {name for names in now.cells["entry_ids"] for name in names.split("; ") if name}
    assert all(states[name] == "in force" for name in in_force)


@settings(max_examples=20, deadline=None)
@given(registers())
def test_entry_that_lacks_something_changes_no_value(register):
    now = state(register, MODEL, on=DAY)
    replaced = {name for names in register["replaces"] for name in names.split("; ")}
    is_clear = now.entries["on"].ne("12/01/2026") & ~now.entries["value"].isin(["12/01/2026", "soon"])
    lacking = now.entries[now.entries["state"].eq("asked back") & is_clear]
    lacking = set(lacking["entry_id"]) - replaced
    without = state(register[~register["entry_id"].isin(lacking)], MODEL, on=DAY)
    values = [frame.cells.set_index(REGISTER[1:5])["value"] for frame in (now, without)]
    assert values[0].reindex(values[1].index).equals(values[1])
    assert now.model.equals(without.model)


@settings(max_examples=15, deadline=None)
@given(registers())
def test_complete_entry_that_replaces_all_others_of_its_field_is_in_force(register):
    settled = {"offering_id": "sqs", "duty_id": "backup", "field": "due", "value": "2027-12-31"}
    (entry,) = list_rows(make_entries([settled | {"replaces": "; ".join(register["entry_id"])}]))
    now = state(merge(make_entries([entry]), register), MODEL, on=DAY)
    values = now.cells.set_index(REGISTER[1:5])["value"]
    assert values["sqs", "backup", "", "due"] == "2027-12-31"
    assert "conflict" not in set(now.problems.loc[now.problems["field"].eq("due"), "kind"].astype(str))


def test_nothing_is_lost_over_four_generations_of_edits():
    """A twentieth of what ``python -m tests.fuzz_register`` tries."""
    for result in run(reviewers=3, edits=500, generations=4, seed=7):
        assert sum(result.states.values()) == result.edits
        assert (result.lost, result.hidden, result.differs) == (set(), set(), [])
