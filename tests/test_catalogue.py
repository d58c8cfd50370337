"""Finding offerings by what people and other vocabularies call them."""

import pandas as pd
import pytest

from srm_data.check import check_tables
from srm_data.model import build_model
from srm_data.offerings import find_offerings, narrow_tables
from srm_data.schema import read_schemas


def ids(text: str, tables) -> list[str]:
    return find_offerings(text, tables=tables)["offering_id"].tolist()


@pytest.mark.parametrize("text", ["run-far", "Run far", "  RUN   FAR ", "Sprint"])
def test_id_name_and_alias_of_an_offering_find_it_alone(tables, text):
    assert ids(text, tables) == ["run-far"]


@pytest.mark.parametrize("text", ["Run", "Run Unlimited Now", "jog"])
def test_name_of_a_service_present_or_former_finds_all_its_offerings(tables, text):
    assert ids(text, tables) == ["run-far", "run-home"]


def test_words_find_every_candidate_and_pick_none(tables):
    assert ids("un h", tables) == ["run-home"]
    assert ids("unlimited", tables) == ["run-far", "run-home"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AWS::Run::Home", ["run-home"]),
        ("AWS::Run::Anything", ["run-far", "run-home"]),
        ("aws_run_home", ["run-home"]),
        ("aws_run_shoes", ["run-far", "run-home"]),
        ("arn:aws:run:eu-west-1:123456789012:track/oval", ["run-far"]),
        ("arn:aws:run:eu-west-1:123456789012:track:oval", ["run-far"]),
        ("arn:aws:run:eu-west-1:123456789012:other/oval", ["run-far", "run-home"]),
    ],
)
def test_identifiers_of_other_vocabularies_resolve_to_the_most_exact(tables, text, expected):
    assert ids(text, tables) == expected


def test_result_says_in_which_vocabulary_the_text_was_found(tables):
    assert find_offerings("aws_run_shoes", tables=tables)["matched_by"].unique().tolist() == [
        "terraform-prefix"
    ]


def test_text_that_means_two_services_returns_both(tables):
    tables["aliases"].loc[len(tables["aliases"])] = ["cur-product-code", "Jog", "paint", ""]
    assert ids("jog", tables) == ["paint", "run-far", "run-home"]


@pytest.mark.parametrize("text", ["paynt", "Piant"])
def test_near_miss_names_the_nearest(tables, text):
    with pytest.raises(LookupError, match=r"nearest: .*[Pp]aint"):
        find_offerings(text, tables=tables)


def test_identifier_of_no_service_is_refused_with_the_reason(tables):
    with pytest.raises(LookupError, match=r"'tax' \(cur-product-code\) names no service: it is tax"):
        find_offerings("tax", tables=tables)


@pytest.mark.parametrize("text", ["  ", "aws_", "arn:", "::"])
def test_text_that_says_nothing_finds_nothing(tables, text):
    with pytest.raises(LookupError):
        find_offerings(text, tables=tables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fargate", {"ecs-fargate", "eks-fargate", "batch-fargate"}),
        ("AWS Fargate", {"ecs-fargate", "eks-fargate", "batch-fargate"}),
        ("aws_eks_node_group", {"eks-managed-node-groups"}),
        ("AWS::EKS::FargateProfile", {"eks-fargate"}),
        ("arn:aws:sqs:eu-west-1:123456789012:orders", {"sqs"}),
        ("AWSQueueService", {"sqs"}),
        ("Amazon Simple Queue Service", {"sqs"}),
        ("Kinesis Firehose", {"kinesis-firehose"}),
        ("CloudWatch Events", {"eventbridge"}),
    ],
)
def test_known_identifiers_find_their_offerings(shipped, text, expected):
    assert set(ids(text, shipped)) == expected


@pytest.mark.parametrize(
    ("text", "service_id"),
    [
        ("AmazonEC2", "ec2"),
        ("AWS::RDS::DBInstance", "rds"),
        ("AppStream 2.0", "workspaces-applications"),
        ("aws_volume_attachment", "ebs"),
        ("AWS::EC2::Subnet", "vpc"),
        ("docdb", "documentdb"),
        ("neptune", "neptune"),
        ("Elasticsearch Service", "opensearch"),
    ],
)
def test_known_identifiers_find_their_service(shipped, text, service_id):
    assert find_offerings(text, tables=shipped)["service_id"].unique().tolist() == [service_id]


FIVE = ["EKS on Fargate", "s3-general-purpose", "Amazon SQS", "rds-db-instance", "lambda-zip"]


def test_narrowed_tables_give_the_cells_of_the_whole_catalogue(shipped):
    some = build_model(narrow_tables(shipped, FIVE))
    whole = build_model(shipped)
    same = whole[whole["offering_id"].isin(some["offering_id"])].reset_index(drop=True)
    assert some["offering_id"].nunique() == 5
    text = dict.fromkeys(("service", "offering"), str)
    pd.testing.assert_frame_equal(some.astype(text), same.astype(text))


@pytest.mark.slow
def test_narrowed_tables_pass_the_check(shipped, tmp_path):
    narrowed = narrow_tables(shipped, FIVE)
    for name, schema in read_schemas().items():
        rows = narrowed[name].sort_values(schema["primaryKey"])
        rows.to_csv(tmp_path / f"{name}.csv", index=False, lineterminator="\n")
    check_tables(tmp_path)
    assert len(narrowed["sources"]) < len(shipped["sources"])


def test_narrowed_tables_take_one_name_and_drop_what_refers_to_others(tables):
    narrowed = narrow_tables(tables, "run-home")
    assert narrowed["offerings"]["offering_id"].tolist() == ["run-home"]
    assert narrowed["services"]["service_id"].tolist() == ["run"]
    assert narrowed["offering_responsibilities"].empty
    assert set(narrowed["aliases"]["offering_id"]) == {"", "run-home"}
    assert narrowed["sources"]["source_id"].tolist() == ["page"]
    assert len(tables["offerings"]) == 3


def test_narrowing_to_an_unknown_offering_names_the_nearest(tables):
    with pytest.raises(LookupError, match="nearest: run-home"):
        narrow_tables(tables, ["run-hone"])
    with pytest.raises(LookupError, match="no offering was named"):
        narrow_tables(tables, [])
