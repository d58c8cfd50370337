"""What public functions take: a wrong frame is told in one sentence, a path may be text."""

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import srm_data
from srm_data.exceptions import FrameError, SrmDataError
from tests.cases import thin_out
from tests.plots import FRAMES, OF_PARTIES, list_fills

Doors = dict[str, Callable[[Any], object]]


def list_kinds(function: Callable[..., object]) -> list[str]:
    """List the types of a function's parameters, as they are written."""
    return [str(parameter.annotation) for parameter in inspect.signature(function).parameters.values()]


OF_FRAMES = {
    name
    for name in dir(srm_data)
    if inspect.isfunction(function := getattr(srm_data, name))
    and "pd.DataFrame" in list_kinds(function)
}
"""Public functions that take a frame; they are called with each wrong one below."""


@pytest.fixture(scope="module")
def model(shipped_model):
    whole = shipped_model
    return whole[whole["offering_id"].isin(["sqs", "eks-fargate"])].reset_index(drop=True)


@pytest.fixture(scope="module")
def categories(shipped):
    return srm_data.build_category_model(shipped)


@pytest.fixture
def wrong(request, categories, model):
    """Make what a function does not expect."""
    return {
        "model without rows": model.iloc[:0],
        "category model": categories,
        "frame without columns": pd.DataFrame(),
        "list": [1, 2],
        "nothing": None,
    }[request.param]


@pytest.fixture(scope="module")
def more(shipped, model):
    """Make what functions take beside their subject, as it should be."""
    decisions = srm_data.read_decisions([])
    remarks = pd.DataFrame(columns=["offering_id", "duty_id", "kind"])
    return {
        "apply_decisions": [decisions],
        "assign_owners": [pd.DataFrame([[""] * 5], columns=OWNERS)],
        "build_register": [decisions, remarks],
        "choose_offerings": ["Amazon SQS"],
        "compare": [model],
        "compare_crm": [pd.DataFrame(columns=CRM_COLUMNS)],
        "describe_party": ["Backup"],
        "group_labels": ["duty", "layer"],
        "in_use": [srm_data.read_estate(["Amazon SQS"], tables=shipped)],
        "list_effects": [srm_data.read_estate(["Amazon ECS"], tables=shipped)],
        "list_stale_decisions": [decisions],
    }


CRM_COLUMNS = ["Control ID", "Can Be Inherited from CSP"]
CRM_COLUMNS += ["Specific Inheritance and Customer Agency/CSP Responsibilities"]


def call(name: str, value: Any, more: dict[str, list[Any]], folder: Path) -> object:
    """Call a public function with a value as its subject, and else as it should be."""
    function = getattr(
        srm_data.organisation if hasattr(srm_data.organisation, name) else srm_data, name
    )
    if name.startswith("write_"):
        return function(folder / "written", value)
    return function(value, *more.get(name, []))


OWNERS = ["service_id", "offering_id", "layer_id", "duty_id", "owner"]
WRONG = ["model without rows", "category model", "frame without columns", "list", "nothing"]


def test_functions_of_frames_are_found_by_their_types():
    assert {"plot_matrix", "write_workbook", "in_use"} <= OF_FRAMES
    assert OF_FRAMES.isdisjoint({"read_estate", "load_tables", "find_offerings"})


@pytest.mark.parametrize(
    ("wrong", "name"),
    thin_out([(wrong, name) for wrong in WRONG for name in sorted(OF_FRAMES)], every=4),
    indirect=["wrong"],
)
@pytest.mark.slow
@pytest.mark.no_cover
def test_wrong_frame_is_refused_in_one_sentence_or_answered(name, wrong, more, tmp_path):
    try:
        result = call(name, wrong, more, tmp_path)
    except (SrmDataError, LookupError) as error:
        assert type(error) is not KeyError and type(error) is not IndexError
        assert "\n" not in str(error)
    else:
        assert result is not None
        assert isinstance(wrong, pd.DataFrame)
    finally:
        plt.close("all")


@pytest.mark.parametrize(
    ("wrong", "name"),
    thin_out([(wrong, name) for wrong in ("list", "nothing") for name in sorted(OF_FRAMES)], every=3),
    indirect=["wrong"],
)
def test_what_is_no_frame_is_refused_by_what_it_is(name, wrong, more, tmp_path):
    with pytest.raises(FrameError, match=r"^expected .*; got (a list|nothing \(None\))$"):
        call(name, wrong, more, tmp_path)


@pytest.mark.parametrize(
    "name",
    ["write_workbook", "write_page", "show_page", "compare", "in_use", "choose_offerings",
     "assign_owners", "apply_decisions", "list_stale_decisions", "build_register"],
)  # fmt: skip
def test_category_model_is_refused_where_offerings_are_needed(name, categories, more, tmp_path):
    with pytest.raises(FrameError, match=r"expected a model of offerings.*no columns? .*'offering_id'"):
        call(name, categories, more, tmp_path)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (lambda m: srm_data.compare(m, pd.DataFrame()), "a model of offerings"),
        (lambda m: srm_data.in_use(m, m), "an estate, from read_estate"),
        (lambda m: srm_data.apply_decisions(m, m), "decisions, from read_decisions"),
        (lambda m: srm_data.build_model(decisions=m), "decisions, from read_decisions"),
        (lambda m: srm_data.write_page("x.html", m, decisions=m), "decisions, from read_decisions"),
        (lambda m: srm_data.assign_owners(m, m), "owners, from read_owners"),
        (lambda m: srm_data.write_workbook("x.xlsx", m, estate=m), "from in_use"),
        (lambda m: srm_data.write_workbook("x.xlsx", m, decisions=m), "decisions, from read_decisions"),
        (lambda m: srm_data.write_workbook("x.xlsx", m, remarks=m), "remarks, from read_review"),
        (lambda m: srm_data.write_workbook("x.xlsx", m, changes=m), "changes, from compare"),
        (lambda m: srm_data.write_page("x.html", m, estate=m), "from in_use"),
        (lambda m: srm_data.plot_distribution(srm_data.basis_distribution(m)), "counts of duties"),
        (lambda m: srm_data.plot_matrix(srm_data.duty_distribution(m)), "a matrix of responsibilities"),
        (
            lambda m: srm_data.plot_matrix(
                srm_data.responsibility_matrix(m),
                row_groups=srm_data.group_labels(m, "duty", "layer"),
            ),
            "the group of each name",
        ),
        (
            lambda m: srm_data.describe.describe_party(
                srm_data.duty_distribution(m, "duty"), "Backups"
            ),
            "with a row 'Backups'",
        ),
    ],
)
def test_wrong_second_frame_is_refused_too(second, said, model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FrameError, match=said):
        second(model)
    assert not list(tmp_path.iterdir())


def test_wrong_frame_leaves_the_file_that_was_there(tmp_path, shipped):
    path = tmp_path / "book.xlsx"
    path.write_text("old")
    with pytest.raises(FrameError):
        srm_data.write_workbook(path, srm_data.build_category_model(shipped))
    assert path.read_text() == "old"


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("kind", [str, Path])
def test_paths_may_be_text_or_objects(kind, shipped, model, folder, tmp_path):
    estate = srm_data.read_estate(["Amazon SQS"], tables=shipped)
    used = srm_data.in_use(model, estate)

    def at(name: str) -> str | os.PathLike[str]:
        return kind(tmp_path / name)

    Path(at("services.txt")).write_text("Amazon SQS\n")
    Path(at("owners.csv")).write_text(",".join(OWNERS) + "\n,,,,Cloud team\n")
    srm_data.check.check_tables(kind(folder))
    assert srm_data.load_tables(kind(folder)).keys() == shipped.keys()
    assert len(srm_data.load.read_table("duties", kind(folder))) == 28
    assert srm_data.read_owners(at("owners.csv"))["owner"].tolist() == ["Cloud team"]
    assert srm_data.read_estate(at("services.txt"))["offering_id"].tolist() == ["sqs"]
    no_decision, no_remark = srm_data.read_decisions([]), pd.DataFrame(columns=REMARK, dtype="str")
    written = [
        srm_data.organisation.write_decisions(at("decisions.csv"), no_decision),
        srm_data.organisation.write_remarks(at("remarks.csv"), no_remark),
        srm_data.write_workbook(at("book.xlsx"), used, tables=shipped),
        srm_data.write_page(at("page.html"), used, tables=shipped),
        *srm_data.display.save_chart(
            srm_data.plot_stack(srm_data.layer_stack(model)), at("chart"), "A stack"
        ),
    ]
    assert all(isinstance(path, Path) and path.is_file() for path in written)
    assert srm_data.read_decisions(at("decisions.csv")).empty
    assert srm_data.organisation.read_remarks(at("remarks.csv")).empty


REMARK = ["offering_id", "duty_id", "kind", "column", "decision", "text", "author", "dated", "place"]


def test_list_of_names_may_be_one_name(shipped, model):
    one = srm_data.choose_offerings(model, "Amazon SQS", tables=shipped)
    assert one["offering_id"].unique().tolist() == ["sqs"]
    assert srm_data.narrow_tables(shipped, "Amazon SQS")["offerings"]["offering_id"].tolist() == ["sqs"]


def test_tables_are_keyword_only_and_last_wherever_they_are_optional():
    subject = {"build_model", "build_category_model"}
    for name in set(srm_data.__all__) - subject:
        function = getattr(srm_data, name)
        parameters = inspect.signature(function).parameters if inspect.isfunction(function) else {}
        if "tables" in parameters and parameters["tables"].default is None:
            assert list(parameters)[-1] == "tables", name
            assert parameters["tables"].kind is inspect.Parameter.KEYWORD_ONLY, name


@pytest.mark.parametrize("name", OF_PARTIES)
@pytest.mark.slow
def test_charts_take_colours_from_the_tables_they_are_given(name, shipped, model):
    pink = shipped["responsibilities"].assign(color="#FF00AA")
    _, ax = plt.subplots()
    getattr(srm_data.charts, name)(
        FRAMES[name](model), ax=ax, tables=shipped | {"responsibilities": pink}
    )
    assert "#FF00AA" in list_fills(ax)
    plt.close("all")
