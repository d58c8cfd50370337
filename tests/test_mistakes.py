"""Natural mistakes get a sentence that says what was expected, and never a KeyError."""

from collections.abc import Callable
from typing import Any

import pytest

import srm_data
from tests.cases import thin_out


def wrong(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of which the type checker does not know what it takes."""
    return function


MISTAKES: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "a misspelled service": (
        lambda model, _: srm_data.choose_offerings(model, "Amazon EKSS"), "nearest: ",
    ),
    "two unknown names": (
        lambda model, _: srm_data.choose_offerings(model, ["zeppelin", "sqs", "hangar"]),
        "'zeppelin'(.|\n)*'hangar'",
    ),
    "a number for a name": (
        lambda model, _: wrong(srm_data.choose_offerings)(model, [5]),
        "name as text; got a int",
    ),
    "names for a model": (lambda model, _: wrong(srm_data.choose_offerings)(["sqs"], model),
        "got a list"),
    "a misspelled column": (
        lambda model, _: srm_data.duty_distribution(model, "categry"), "no column 'categry'",
    ),
    "one of two columns misspelled": (
        lambda model, _: srm_data.duty_distribution(model, ["category", "layr"]), "no column 'layr'",
    ),
    "a column with a blank": (
        lambda model, _: srm_data.duty_distribution(model, "product group"),
        r"no column 'product group' \(nearest: product_group\)",
    ),
    "a version as it was stored": (
        lambda model, _: srm_data.compare(srm_data.changes.read_version("2026.11.1"), model),
        "read_earlier",
    ),
    "a database in CSV": (
        lambda model, folder: srm_data.write_database(folder / "a.csv", model), "such as model.to_csv",
    ),
    "no column": (lambda model, _: srm_data.duty_distribution(model, []), "columns to count by"),
    "a column of the tables": (
        lambda model, _: srm_data.responsibility_matrix(model, "offering", "layer_id"), "'layer_id'",
    ),
    "duties of customers of no estate": (
        lambda model, _: srm_data.list_customer_duties(model), "narrowed to an estate",
    ),
    "steps of a whole model": (
        lambda model, _: srm_data.handover_steps(model), "duties have several answers",
    ),
    "groups that are none": (
        lambda model, _: srm_data.group_labels(model, "duty", "service"), "more than one service",
    ),
    "a question that is no text": (lambda _, __: wrong(srm_data.find_answers)(None), "got a NoneType"),
    "an empty question": (lambda _, __: srm_data.find_answers("  "), "names an offering or a duty"),
    "a question of unknown words": (
        lambda _, __: srm_data.find_answers("who flies the zeppelin"), "names an offering or a duty",
    ),
    "the model for the tables": (
        lambda model, _: srm_data.build_model(model), "expected frames by name",
    ),
    "three categories": (
        lambda _, __: wrong(srm_data.build_model)(categories="three"), r"one of \['all', 'seed'\]",
    ),
    "a folder that is not there": (
        lambda _, folder: srm_data.load_tables(folder / "none"), "expected",
    ),
    "an inventory that is not there": (
        lambda _, folder: srm_data.read_estate(folder / "none.csv"), "none.csv",
    ),
    "estate and model swapped": (
        lambda model, _: srm_data.in_use(srm_data.read_estate(["sqs"]), model), "expected ",
    ),
    "a path for owners": (
        lambda model, _: wrong(srm_data.assign_owners)(model, "owners.csv"),
        "from read_owners; got a str",
    ),
    "a path for decisions": (
        lambda model, _: wrong(srm_data.apply_decisions)(model, "decisions.csv"),
        "decisions.*got a str",
    ),
    "workbook and model swapped": (
        lambda model, folder: srm_data.write_workbook(model, folder / "a.xlsx"), "expected",
    ),
    "page and model swapped": (
        lambda model, folder: srm_data.write_page(model, folder / "a.html"), "expected",
    ),
    "database and model swapped": (
        lambda model, folder: srm_data.write_database(model, folder / "a.db"), "expected",
    ),
    "an ending of no database": (
        lambda model, folder: srm_data.write_database(folder / "a.txt", model), "ends in",
    ),
    "an offering beside itself": (
        lambda _, __: srm_data.compare_offerings("rds", "RDS DB instance"), "both mean RDS DB instance",
    ),
    "two unknown offerings side by side": (
        lambda _, __: srm_data.compare_offerings("zeppelin", "hangar"), "'zeppelin'(.|\n)*'hangar'",
    ),
    "no offering to narrow to": (
        lambda _, __: srm_data.narrow_tables(srm_data.load_tables(), []), "no offering was named",
    ),
    "a review that is not there": (
        lambda _, folder: srm_data.read_review(folder / "none.xlsx"), "none.xlsx",
    ),
    "a version that is none": (lambda _, __: srm_data.changes.read_version("2020.1.1"), "2020.1.1"),
    "nothing to compare with": (lambda model, _: wrong(srm_data.compare)(model, None), "got nothing"),
    "a table that is none": (lambda _, __: srm_data.load.read_table("offering"), "offering"),
    "a stack of some duties": (
        lambda model, _: srm_data.layer_stack(model.head(40)), "draw whole offerings or categories",
    ),
}  # fmt: skip
ALLOWED = (srm_data.SrmDataError, LookupError, ValueError, TypeError, OSError)


@pytest.mark.parametrize("mistake", thin_out(MISTAKES, every=4))
def test_mistake_gets_a_sentence(mistake, shipped_model, tmp_path):
    make, said = MISTAKES[mistake]
    with pytest.raises(ALLOWED, match=said) as raised:
        make(shipped_model, tmp_path)
    assert not isinstance(raised.value, KeyError | IndexError)
    assert not isinstance(raised.value, AttributeError)
    assert len(str(raised.value)) > 20


def test_there_are_more_than_twenty_mistakes():
    assert len(MISTAKES) > 20


def test_tables_that_one_caller_changes_are_whole_for_the_next():
    first = srm_data.load_tables()
    first["duties"]["duty"] = "changed"
    first["offerings"].loc[:, "offering"] = "changed"
    del first["services"]
    again = srm_data.load_tables()
    assert "changed" not in set(again["duties"]["duty"])
    assert "changed" not in set(again["offerings"]["offering"])
    assert "services" in again


def test_answers_that_one_caller_changes_are_whole_for_the_next():
    first = srm_data.find_answers("who patches rds?")
    first["offering_id"] = "changed"
    assert srm_data.find_answers("who patches rds?")["offering_id"].iloc[0] == "rds-db-instance"
