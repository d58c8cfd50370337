"""Laws of counting, tested on inventories that hypothesis generates."""

import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from srm_data.estate import read_estate
from srm_data.estate.arns import shorten_arn
from srm_data.load import load_tables

TABLES = load_tables()
KNOWN = ["Amazon SQS", "Amazon EC2", "AWS::Lambda::Function", "aws_instance", "eks:cluster", "Tax"]
IDENTIFIERS = st.one_of(
    st.sampled_from(KNOWN),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from(["table/a", "b"]).map(lambda end: f"arn:aws:dynamodb:eu-west-1:123456789012:{end}"),
)
ROWS = st.lists(st.tuples(IDENTIFIERS, st.sampled_from(["1", "2", ""])), max_size=30)
RESOURCES = st.lists(
    st.tuples(
        st.sampled_from(["aws_sqs_queue", "aws_ecs_service", "aws_nothing", "azurerm_x", "random_id"]),
        st.sampled_from([{}, {"launch_type": "FARGATE"}, {"launch_type": "EC2"}]),
    ),
    max_size=20,
)
QUIETLY = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
READ_OFTEN = settings(QUIETLY, max_examples=15)
"""For laws that read each example three or four times."""


def read_rows(rows: list[tuple[str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["resource_type", "account_id"], dtype="str")
    return read_estate(frame, details=True, tables=TABLES)


def double(estate: pd.DataFrame) -> pd.DataFrame:
    """Double the rows, and the resources where each row is one."""
    is_row = estate["counted_by"] == "row"
    resources = estate["resources"].mask(is_row, estate["resources"] * 2)
    return estate.assign(rows=estate["rows"] * 2, resources=resources)


def write_state(path, resources: list[tuple[str, dict]]):
    blocks = [
        {"mode": "managed", "type": kind, "name": "a", "instances": [{"attributes": attributes}]}
        for kind, attributes in resources
    ]
    path.write_text(json.dumps({"version": 4, "lineage": "x", "resources": blocks}))
    return path


@pytest.mark.slow
@pytest.mark.no_cover
@QUIETLY
@given(ROWS)
def test_every_row_is_recognised_unrecognised_or_no_service(rows):
    estate = read_rows(rows)
    names = [name for name, _ in rows]
    arns = [name for name in names if name.startswith("arn:")]
    assert estate["rows"].sum() == len(rows)
    assert estate["resources"].sum() == len(names) - len(arns) + len(set(arns))
    assert estate["status"].isin(["recognised", "unrecognised", "not a service"]).all()
    assert (estate["offering_id"] != "").eq(estate["status"] == "recognised").all()
    assert not estate.duplicated(["identifier", "variant", "note"]).any()


@pytest.mark.slow
@pytest.mark.no_cover
@QUIETLY
@given(ROWS, st.randoms())
def test_order_of_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    pd.testing.assert_frame_equal(read_rows(rows), read_rows(shuffled))


@pytest.mark.slow
@pytest.mark.no_cover
@QUIETLY
@given(ROWS)
def test_doubling_every_row_doubles_every_count(rows):
    once, twice = read_rows(rows), read_rows(rows * 2)
    pd.testing.assert_frame_equal(double(once), twice)


@pytest.mark.slow
@pytest.mark.no_cover
@QUIETLY
@given(RESOURCES, st.randoms())
@pytest.mark.filterwarnings("error")
def test_laws_hold_for_documents_too(tmp_path, resources, random):
    estate = read_estate(write_state(tmp_path / "a.tfstate", resources), tables=TABLES)
    assert estate["rows"].sum() == estate["resources"].sum() == len(resources)
    doubled = random.sample(resources * 2, len(resources) * 2)
    twice = read_estate(write_state(tmp_path / "a.tfstate", doubled), tables=TABLES)
    pd.testing.assert_frame_equal(double(estate), twice)


PARTS = st.text(st.sampled_from("abs3:/-0 "), max_size=8)


@pytest.mark.slow
@pytest.mark.no_cover
@QUIETLY
@given(st.lists(st.tuples(PARTS, PARTS, PARTS, PARTS, PARTS), min_size=1, max_size=10))
def test_engines_shorten_arns_as_plain_python_does(parts):
    arns = ["arn:aws:" + ":".join(part).strip() for part in parts]
    estate = read_estate(pd.DataFrame({"arn": arns}), tables=TABLES)
    expected = {(shorten_arn(arn) or arn).strip() for arn in arns}
    assert set(estate["identifier"]) == {name or "(empty)" for name in expected}


@pytest.mark.slow
@pytest.mark.no_cover
@READ_OFTEN
@given(ROWS, ROWS)
def test_two_files_count_as_one_with_the_rows_of_both(tmp_path, first, second):
    for name, rows in (("a.csv", first), ("b.csv", second), ("c.csv", first + second)):
        frame = pd.DataFrame(rows, columns=["resource_type", "account_id"])
        frame.to_csv(tmp_path / name, index=False)
    both = read_estate([tmp_path / "a.csv", tmp_path / "b.csv"], tables=TABLES)
    one = read_estate(tmp_path / "c.csv", tables=TABLES)
    pd.testing.assert_frame_equal(both.drop(columns="place"), one.drop(columns="place"))


NUMBERS = st.sampled_from(["4", "1,200", "1.200", "5.000", "7.0", "0", "", "x", "0.5", None])


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.filterwarnings("ignore")
@READ_OFTEN
@given(st.lists(st.tuples(st.sampled_from(["SQS", "S3", "AWS::SQS::Queue"]), NUMBERS), min_size=1))
def test_numbers_of_resources_are_read_alike_by_every_engine(rows):
    import duckdb
    import polars

    frame = polars.DataFrame(rows, schema={"service": str, "count": str}, orient="row")
    expected = read_estate(frame.to_pandas(), tables=TABLES)
    assert expected["rows"].sum() == len(rows)
    for other in (frame, frame.lazy(), duckdb.sql("SELECT * FROM frame")):
        estate = read_estate(other, tables=TABLES)
        pd.testing.assert_frame_equal(estate, expected)
        assert len(estate.attrs["not_read"]) == len(expected.attrs["not_read"])
