"""Models that went through a file, or were joined, filtered or sorted, do what the model does."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

import srm_data
from srm_data.cells import ANSWERS, restore_cells
from srm_data.exceptions import FrameError
from srm_data.model import MODEL

Change = Callable[[pd.DataFrame, Path], pd.DataFrame]


@pytest.fixture(scope="module")
def model(shipped_model):
    return srm_data.choose_offerings(shipped_model, ["sqs", "eks-fargate"])


def through_csv(model: pd.DataFrame, folder: Path, **options) -> pd.DataFrame:
    model.to_csv(folder / "model.csv", index=False)
    return pd.read_csv(folder / "model.csv", **options)


def through_database(model: pd.DataFrame, folder: Path, name: str) -> pd.DataFrame:
    path = srm_data.write_database(folder / name, model)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    with closing(sqlite3.connect(path)) as database:
        return pd.read_sql("SELECT * FROM cells", database)


CHANGES: dict[str, Change] = {
    "CSV": through_csv,
    "CSV as text": lambda m, at: through_csv(m, at, dtype=str, keep_default_na=False),
    "CSV with nullable types": lambda m, at: through_csv(m, at, dtype_backend="numpy_nullable"),
    "SQLite": lambda m, at: through_database(m, at, "model.sqlite"),
    "Parquet": lambda m, at: through_database(m, at, "model.parquet"),
    "objects": lambda m, _: m.astype(object),
    "Categoricals": lambda m, _: m.astype(object).astype("category"),
    "joined": lambda m, _: pd.concat(
        [rows.assign(duty=rows["duty"].cat.remove_unused_categories()) for _, rows in m.groupby(
            m["offering_id"], sort=False)]
    ),
    "unused answers dropped": lambda m, _: m.assign(
        **{name: m[name].cat.remove_unused_categories() for name in ANSWERS}
    ),
    "index called like a column": lambda m, _: m.set_index(["offering_id", "duty_id"], drop=False),
}  # fmt: skip


@pytest.fixture(params=CHANGES)
def changed(request, model, tmp_path):
    return CHANGES[request.param](model, tmp_path)


def test_restored_model_counts_compares_and_is_narrowed_like_the_model(changed, model):
    matrices = [srm_data.responsibility_matrix(frame) for frame in (changed, model)]
    pd.testing.assert_frame_equal(*matrices, check_categorical=False)
    assert srm_data.compare(changed, model).empty
    stacks = [srm_data.layer_stack(frame)["answers"].tolist() for frame in (changed, model)]
    assert stacks[0] == stacks[1]
    estate = srm_data.read_estate(["sqs", "eks-fargate"])
    own = [srm_data.list_customer_duties(srm_data.in_use(frame, estate)) for frame in (changed, model)]
    assert own[0].astype(str).to_numpy().tolist() == own[1].astype(str).to_numpy().tolist()


def test_answers_are_those_of_the_tables(shipped):
    for name, table in (("responsibility", "responsibilities"), ("basis", "bases")):
        assert ANSWERS[name] == shipped[table][name].tolist()


def test_model_is_restored(changed, model):
    restored = restore_cells(changed, MODEL, "a model").reset_index(drop=True)
    pd.testing.assert_frame_equal(restored.astype(object), model.astype(object), check_index_type=False)
    for name in ("responsibility", "customer_action", "basis", "without_decision", "offering"):
        assert restored[name].cat.categories.tolist() == model[name].cat.categories.tolist()
        assert restored[name].cat.ordered
    assert restored["duty"].min() == model["duty"].min()


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["Categoricals", "CSV as text"])
def test_restored_model_makes_the_same_workbook_and_page(name, model, shipped, tmp_path):
    changed = CHANGES[name](model, tmp_path)
    for write, file in ((srm_data.write_workbook, "a.xlsx"), (srm_data.write_page, "a.html")):
        written = write(tmp_path / file, changed, tables=shipped).read_bytes()
        assert written == write(tmp_path / file, model, tables=shipped).read_bytes()


@pytest.mark.parametrize("audience", ["internal", "publishable"])
def test_workbook_of_some_cells_leaves_the_others_of_its_matrix_blank(audience, model, tmp_path):
    ours = model[model["responsibility"] == "Customer"]
    assert 0 < len(ours) < ours["duty_id"].nunique() * 2
    path = srm_data.write_workbook(tmp_path / "ours.xlsx", ours, audience=audience)
    matrix = pd.read_excel(path, sheet_name="Matrix", header=None).astype(str)
    is_ours = matrix.apply(lambda texts: texts.str.fullmatch("C.?"))
    assert is_ours.to_numpy().sum() == len(ours)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda m: m.assign(responsibility="us"), "'us', which is none of AWS, Shared, Customer"),
        (lambda m: m.assign(basis="guess"), "column 'basis' of this frame has 'guess'"),
        (lambda m: m.assign(customer_action=None), "row 0 of this frame has no customer_action"),
        (lambda m: m.assign(duty_id=m["duty_id"].where(m["duty"] != "Backup")), "has no duty_id"),
        (lambda m: pd.concat([m, m.head(1)]), "the cell 'sqs' / .* occurs more than once"),
        (lambda m: pd.concat([m, m[["note"]]], axis="columns"), "more than one column 'note'"),
        (lambda m: m.assign(offering_id="x-" + m["offering_id"]), "no offering_id 'x-sqs'"),
        (lambda m: m.assign(duty_id="x-" + m["duty_id"]), "no duty_id 'x-.*nearest: "),
    ],
)  # fmt: skip
@pytest.mark.parametrize("write", [srm_data.write_workbook, srm_data.write_page])
def test_frame_that_is_no_model_is_refused_by_its_fault(write, change, expected, model, tmp_path):
    with pytest.raises(FrameError, match=expected):
        write(tmp_path / "written", change(model))
    assert not list(tmp_path.iterdir())


COUNTS = {
    "duties": lambda m: srm_data.duty_distribution(m, "category"),
    "actions": lambda m: srm_data.action_distribution(m, "category"),
    "bases": lambda m: srm_data.basis_distribution(m, "category"),
    "spread": srm_data.list_spread,
}


@pytest.mark.parametrize("name", COUNTS)
def test_cell_that_occurs_twice_is_not_counted_twice(model, name):
    joined = pd.concat([model, model.iloc[[3]]])
    offering, duty = model[["offering_id", "duty_id"]].iloc[3]
    with pytest.raises(FrameError, match=f"'{offering}' / '{duty}' occurs more than once"):
        COUNTS[name](joined)


@pytest.mark.parametrize(("name", "column"), [
    ("duties", "responsibility"),
    ("duties", "basis"),
    ("actions", "responsibility"),
    ("actions", "customer_action"),
    ("bases", "basis"),
    ("spread", "responsibility"),
])  # fmt: skip
def test_cell_without_an_answer_is_not_left_out_of_counts(model, name, column):
    applies = model[model["responsibility"] != "Not applicable"].astype(object)
    applies.iloc[0, applies.columns.get_loc(column)] = None
    offering, duty = applies[["offering_id", "duty_id"]].iloc[0]
    with pytest.raises(FrameError, match=f"'{offering}' / '{duty}' has no {column}"):
        COUNTS[name](applies)


def test_cell_counts_once_for_each_value_of_a_column_that_repeats_it(model):
    teams = model.merge(pd.DataFrame({"team": ["A", "B"]}), how="cross")
    assert srm_data.duty_distribution(teams, "team").sum(axis="columns").tolist() == [len(model)] * 2
