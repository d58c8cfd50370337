"""One estate through several engines: equal frames, counted where the rows are."""

import shutil
import subprocess
import warnings
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from srm_data.estate import read_estate

ROWS = [
    ("arn:aws:ec2:eu-west-1:123456789012:instance/i-1", "1", "eu-west-1", 1.5),
    ("arn:aws:ec2:eu-west-1:123456789012:instance/i-2", "2", "us-east-1", 1.0),
    ("arn:aws:s3:::papers", "1", "", None),
    ("arn:aws:sqs:eu-west-1:123456789012:orders", "2", "eu-west-1", 0.25),
    ("arn:aws-cn:lambda:cn-north-1:123456789012:function:f:PROD", "4", "cn-north-1", 3.0),
    ("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/net/a/b", "4", "us-east-1", 3.0),
    ("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/classic", "4", "us-east-1", 3.0),
    (" arn:aws:ec2:eu-west-1:123456789012:instance/i-2 ", "2", "us-east-1", 1.0),
    ("arn:aws:apigateway:eu-west-1::/restapis/x/stages/prod", "1", "eu-west-1", 1.0),
    ("arn:aws:elasticache:eu-west-1:123456789012:cluster:web-0001-002", "1", "eu-west-1", 1.0),
    ("arn:aws:elasticache:eu-west-1:123456789012:cluster:web-001", "1", "eu-west-1", 1.0),
    ("Amazon SQS", "4", "us-east-1", 1.0),
    ("=1+1", "4", "us-east-1", 1.0),
    ("", None, "us-east-1", 2.0),
    (None, "3", None, 1.0),
] * 3  # fmt: skip
COLUMNS = ["arn", "account_id", "region", "cost"]


TEXTS = [
    ("AWS::SQS::Queue", "q-1", "1.234,50 EUR", "prod", "Team A", "running"),
    ("AWS::SQS::Queue", "q-1 ", "(2,00)", "test", "Team B", "running"),
    ("", "arn:aws:sns:eu-west-1:123456789012:alerts", "", None, "", "active"),
    ("AWS::EC2::Instance", "i-1", "n/a", "prod", None, "terminated"),
]
TEXT_COLUMNS = ["resource_type", "resource_id", "cost", "environment", "owner", "state"]


@pytest.fixture(scope="module", params=["arns", "texts"])
def frame(request) -> pd.DataFrame:
    if request.param == "texts":
        return pd.DataFrame(TEXTS, columns=TEXT_COLUMNS)
    return pd.DataFrame(ROWS, columns=COLUMNS)


def check_equal(frame: pd.DataFrame, other: Any) -> None:
    for details in (False, True):
        assert_frame_equal(read_estate(frame, details=details), read_estate(other, details=details))


def test_pandas_counts_the_rows_and_equal_arns_once():
    frame = pd.DataFrame(ROWS, columns=COLUMNS)
    estate = read_estate(frame, details=True).set_index("identifier")
    assert estate["resources"].to_dict() == {
        "(empty)": 6, "ec2:instance": 2, "=1+1": 3, "Amazon SQS": 3, "s3:bucket": 1, "sqs": 1,
        "elasticloadbalancing:loadbalancer": 1, "elasticloadbalancing:loadbalancer/net": 1,
        "lambda:function": 1, "apigateway:restapis": 1, "elasticache:cluster": 1,
    }  # fmt: skip
    assert estate.loc["ec2:instance", ["accounts", "regions", "cost"]].tolist() == [
        "1; 2", "eu-west-1; us-east-1", 10.5
    ]  # fmt: skip
    assert estate.loc["elasticloadbalancing:loadbalancer/net", "offering_id"] == "network-load-balancer"


@pytest.mark.slow
def test_polars_eager_and_lazy_gives_an_equal_estate(frame):
    import polars

    check_equal(frame, polars.from_pandas(frame))
    check_equal(frame, polars.from_pandas(frame).lazy())


@pytest.mark.slow
def test_duckdb_gives_an_equal_estate(frame):
    import duckdb

    check_equal(frame, duckdb.from_df(frame))


@pytest.mark.slow
def test_arrow_gives_an_equal_estate(frame):
    import pyarrow

    check_equal(frame, pyarrow.Table.from_pandas(frame))


@pytest.mark.slow
def test_files_of_csv_and_parquet_give_an_equal_estate(frame, tmp_path):
    import polars

    frame.to_csv(tmp_path / "rows.csv", index=False)
    polars.from_pandas(frame).write_parquet(tmp_path / "rows.parquet")
    for name in ("rows.csv", "rows.parquet"):
        for details in (False, True):
            expected = read_estate(frame, details=details).drop(columns="place")
            read = read_estate(tmp_path / name, details=details).drop(columns="place")
            assert_frame_equal(expected, read)


@pytest.fixture(scope="module")
def spark():
    """Start real Spark in local mode; it needs Java."""
    pytest.importorskip("pyspark", reason="PYSPARK IS NOT INSTALLED: pip install 'srm-data[spark]'")
    java = shutil.which("java")
    if not java or subprocess.run([java, "-version"], capture_output=True).returncode:
        warnings.warn("SPARK IS NOT TESTED: no Java here (Debian: default-jre-headless)", stacklevel=1)
        pytest.skip("SPARK IS NOT TESTED: no Java here (Debian: apt install default-jre-headless)")
    from pyspark.sql import SparkSession

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySpark says that it does not know pandas 3 yet
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
        # A few rows in 200 parts, which are the default, are 200 tasks for each step.
        builder = builder.config("spark.sql.shuffle.partitions", "2")
        session = builder.config("spark.default.parallelism", "2").getOrCreate()
    yield session
    session.stop()


@pytest.mark.spark
@pytest.mark.no_cover
def test_spark_gives_an_equal_estate(frame, spark):
    cells = frame.astype(object).where(frame.notna(), None).values.tolist()
    check_equal(frame, spark.createDataFrame(cells, list(frame)))


@pytest.mark.spark
@pytest.mark.no_cover
def test_spark_counts_by_a_number_as_pandas_does(spark):
    rows = [("SQS", "1.200", "111122223333"), ("SQS", "", "444455556666"), ("S3", None, None)]
    columns = ["service", "count", "account"]
    check_equal(pd.DataFrame(rows, columns=columns), spark.createDataFrame(rows, columns))


def test_only_one_row_per_distinct_identifier_reaches_pandas(monkeypatch):
    """A million rows in DuckDB: beside the first ones, as many rows as there are kinds."""
    import duckdb
    import narwhals

    lengths, collect = [], narwhals.LazyFrame.collect

    def note_length(*arguments, **settings):
        collected = collect(*arguments, **settings)
        lengths.append(len(collected))
        return collected

    monkeypatch.setattr(narwhals.LazyFrame, "collect", note_length)
    kinds = ["AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::EC2::Instance"]
    table = duckdb.sql(
        f"SELECT {kinds}[1 + range % 3] AS resource_type, range AS id FROM range(1000000)"
    )
    assert read_estate(table)["resources"].sum() == 1_000_000
    assert lengths == [100, 10_000, 3]
