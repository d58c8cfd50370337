"""Natural mistakes get a sentence that says what was expected, and never a KeyError."""

from collections.abc import Callable
from typing import Any

import pytest

import srm_data

do: Any = srm_data  # the type checker does not know what its functions take

MISTAKES: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    # names
    "a number for a name": (lambda m, _: do.choose_offerings(m, [5]), "name as text; got a int"),
    "an offering beside itself": (
        lambda _, __: do.compare_offerings("rds", "RDS DB instance"), "both mean RDS DB instance"
    ),
    "no offering to narrow to": (
        lambda _, __: do.narrow_tables(do.load_tables(), []), "no offering was named"
    ),
    "a question that is no text": (lambda _, __: do.find_answers(None), "got a NoneType"),
    "a version that is none": (lambda _, __: do.changes.read_version("2020.1.1"), "2020.1.1"),
    "a table that is none": (lambda _, __: do.load.read_table("offering"), "offering"),
    "three categories": (lambda _, __: do.build_model(categories="three"), r"one of \['all', 'seed'\]"),
    # columns
    "a column with a blank": (
        lambda m, _: do.duty_distribution(m, "product group"),
        r"no column 'product group' \(nearest: product_group\)",
    ),
    "no column": (lambda m, _: do.duty_distribution(m, []), "columns to count by"),
    "a column of the tables": (
        lambda m, _: do.responsibility_matrix(m, "offering", "layer_id"), "'layer_id'"
    ),
    "groups that are none": (
        lambda m, _: do.group_labels(m, "duty", "service"), "more than one service"
    ),
    "a row that a count has not": (
        lambda m, _: do.describe.describe_party(do.duty_distribution(m, "duty"), "Backups"),
        "with a row 'Backups'",
    ),
    # another frame than the one expected
    "estate and model swapped": (lambda m, _: do.in_use(do.read_estate(["sqs"]), m), "expected "),
    "a version as it was stored": (
        lambda m, _: do.compare(do.changes.read_version("2026.11.1"), m), "read_earlier"
    ),
    "three offerings to compare": (
        lambda _, __: do.compare_offerings("ec2", "s3", "rds"), "expected two offerings"
    ),
    "a name as an inventory": (lambda _, __: do.read_estate("EC2"), r"read from a list: \['EC2'\]"),
    "names without a model": (lambda _, __: do.choose_offerings("foo"), "a model of offerings"),
    "several axes for one chart": (
        lambda m, _: do.plot_matrix(m.head(28), ax=[1, 2]), "expected ax to be Axes"
    ),
    "counts as a matrix": (
        lambda m, _: do.plot_matrix(do.duty_distribution(m)), "plot_distribution draws counts"
    ),
    "steps of a whole model": (lambda m, _: do.handover_steps(m), "duties have several answers"),
    "a stack of some duties": (
        lambda m, _: do.layer_stack(m.head(40)), "draw whole offerings or categories"
    ),
    "counts of bases drawn as duties": (
        lambda m, _: do.plot_distribution(do.basis_distribution(m)), "counts of duties"
    ),
    "groups of columns for rows": (
        lambda m, _: do.plot_matrix(
            do.responsibility_matrix(m.head(28)), row_groups=do.group_labels(m, "duty", "layer")
        ),
        "the group of each name",
    ),
    # files
    "an inventory that is not there": (lambda _, at: do.read_estate(at / "none.csv"), "none.csv"),
    "an ending of no database": (lambda m, at: do.write_database(at / "a.txt", m), "ends in"),
    "an ending of no workbook": (lambda m, at: do.write_workbook(at / "a.csv", m), "ends in .xlsx"),
    "an ending of no page": (lambda m, at: do.write_page(at / "a.txt", m.head(28)), "ends in .html"),
    "the model for a part of a workbook": (
        lambda m, at: do.write_workbook(at / "a.xlsx", m, changes=m), "changes, from compare"
    ),
    "the model for the estate of a page": (
        lambda m, at: do.write_page(at / "a.html", m, estate=m), "from in_use"
    ),
}  # fmt: skip
ALLOWED = (srm_data.SrmDataError, LookupError, ValueError, TypeError, OSError)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_gets_a_sentence_and_writes_nothing(mistake, shipped_model, tmp_path):
    make, expected = MISTAKES[mistake]
    with pytest.raises(ALLOWED, match=expected) as raised:
        make(shipped_model, tmp_path)
    assert not isinstance(raised.value, KeyError | IndexError)
    assert len(str(raised.value)) > 20
    assert not list(tmp_path.iterdir())


def test_what_one_caller_changes_is_whole_for_the_next():
    tables = srm_data.load_tables()
    tables["duties"]["duty"] = "changed"
    tables["offerings"].loc[:, "offering"] = "changed"
    del tables["services"]
    again = srm_data.load_tables()
    assert "changed" not in {*again["duties"]["duty"], *again["offerings"]["offering"]}
    assert "services" in again
    answers = srm_data.find_answers("who patches rds?")
    answers["offering_id"] = "changed"
    assert srm_data.find_answers("who patches rds?")["offering_id"].iloc[0] == "rds-db-instance"
