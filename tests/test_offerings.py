"""Finding offerings by what people and other vocabularies call them."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from srm_data.check import check_tables
from srm_data.model import build_model
from srm_data.offerings import choose_offerings, find_offerings, list_names, narrow_tables
from srm_data.schema import read_schemas
from srm_data.search import EVERYDAY, split_words

EVERYDAY_NAMES = Path(__file__).with_name("everyday_names.csv")
BLIND_NAMES = Path(__file__).with_name("blind_names.csv")


def ids(text: str, tables=None) -> list[str]:
    """Find offerings by a name, by default in the shipped tables, whose names are listed once."""
    return find_offerings(text, tables=tables)["offering_id"].tolist()


@pytest.mark.parametrize("text", ["run-far", "Run far", "  RUN   FAR ", "Sprint"])
def test_id_name_and_alias_of_an_offering_find_it_alone(tables, text):
    assert ids(text, tables) == ["run-far"]


@pytest.mark.parametrize("text", ["Run", "Run Unlimited Now", "jog"])
def test_name_of_a_service_present_or_former_finds_all_its_offerings(tables, text):
    assert ids(text, tables) == ["run-home", "run-far"]


def test_words_find_every_candidate_and_pick_none(tables):
    assert ids("home", tables) == ["run-home"]
    assert ids("unlimited", tables) == ["run-home", "run-far"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AWS::Run::Home", ["run-home"]),
        ("AWS::Run::Anything", ["run-home", "run-far"]),
        ("aws_run_home", ["run-home"]),
        ("aws_run_shoes", ["run-home", "run-far"]),
        ("arn:aws:run:eu-west-1:123456789012:track/oval", ["run-far"]),
        ("arn:aws:run:eu-west-1:123456789012:track:oval", ["run-far"]),
        ("arn:aws:run:eu-west-1:123456789012:other/oval", ["run-home", "run-far"]),
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
    assert ids("jog", tables) == ["run-home", "run-far", "paint"]


@pytest.mark.parametrize("text", ["paynt", "Piant"])
def test_near_miss_names_the_nearest(tables, text):
    with pytest.raises(LookupError, match=r"nearest: .*[Pp]aint"):
        find_offerings(text, tables=tables)


def test_identifier_of_no_service_is_refused_with_the_reason(tables):
    with pytest.raises(LookupError, match=r"'tax' \(cur-product-code\) is not a service: it is tax"):
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
def test_known_identifiers_find_their_offerings(text, expected):
    assert set(ids(text)) == expected


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
def test_known_identifiers_find_their_service(text, service_id):
    assert find_offerings(text)["service_id"].unique().tolist() == [service_id]


@pytest.mark.parametrize(
    ("text", "ordinary"),
    [
        ("Amazon RDS", "rds-db-instance"),
        ("Amazon S3", "s3-general-purpose"),
        ("AWS Lambda", "lambda-zip"),
        ("Amazon EC2", "ec2-instance"),
        ("Amazon VPC", "vpc"),
        ("Amazon EKS", "eks-managed-node-groups"),
    ],
)
def test_ordinary_offering_of_a_service_comes_before_its_variants(shipped, text, ordinary):
    offerings = shipped["offerings"]
    service_id = offerings.set_index("offering_id").loc[ordinary, "service_id"]
    found = ids(text)
    assert found[0] == ordinary
    assert set(found) == set(offerings.loc[offerings["service_id"] == service_id, "offering_id"])


@pytest.mark.parametrize("text", ["Runs", "the RUN", "AWS Run", "amazon-run", "Run!", "(run)"])
def test_case_plural_hyphen_punctuation_and_maker_do_not_matter(tables, text):
    assert ids(text, tables) == ["run-home", "run-far"]


@pytest.mark.parametrize("text", ["runfar", "run-far", "far run", "Runs (far)"])
def test_words_may_be_joined_or_turned_around(tables, text):
    assert ids(text, tables) == ["run-far"]


@pytest.mark.parametrize("text", ["run far/paint", "Run far, Paint", "run far and paint"])
def test_list_of_complete_names_finds_each(tables, text):
    assert ids(text, tables) == ["run-far", "paint"]


def test_web_acl_is_not_the_classic_one(shipped):
    assert ids("WAFv2") == ids("wafv2") == ids("aws_wafv2_rule_group") == ["waf"]


def test_words_are_whole(tables):
    with pytest.raises(LookupError):
        find_offerings("un", tables=tables)


def test_everyday_name_finds_its_meanings_the_likeliest_first(tables):
    found = find_offerings("sports", tables=tables)
    assert found["offering_id"].tolist() == ["run-home", "paint"]
    assert found["matched_by"].unique().tolist() == ["everyday"]


def test_name_of_aws_comes_before_an_everyday_name(tables):
    tables["aliases"].loc[len(tables["aliases"])] = ["name", "Sport", "paint", ""]
    assert ids("sport", tables) == ["paint"]


def test_name_within_a_longer_text_is_found_with_the_words_of_its_service(tables):
    assert ids("marathon run", tables) == ["run-far"]
    assert find_offerings("who owns paint?", tables=tables)["matched_by"].tolist() == ["part"]


def test_slip_of_the_pen_is_corrected_after_all_else(tables):
    found = find_offerings("marathn", tables=tables)
    assert found[["offering_id", "matched_by"]].to_numpy().tolist() == [["run-far", "spelling"]]


@pytest.mark.parametrize("text", ["marathn", "who owns paint?"])
def test_choosing_takes_no_name_that_is_misspelled_or_a_part(tables, text):
    model = pd.DataFrame({"offering_id": ["run-far", "paint"], "offering": ["Run far", "Paint"]})
    with pytest.raises(LookupError, match="nearest: "):
        choose_offerings(model, text, tables=tables)


def test_name_of_a_service_chooses_all_its_offerings_or_the_ordinary_one(tables):
    model = pd.DataFrame({"offering_id": ["run-far", "run-home"], "offering": ["Far", "Home"]})
    chosen = choose_offerings(model, "Run", tables=tables)
    assert chosen["offering_id"].tolist() == ["run-home", "run-far"]
    chosen = choose_offerings(model, "Run", ordinary=True, tables=tables)
    assert chosen["offering_id"].tolist() == ["run-home"]


def test_at_least_58_of_60_everyday_names_find_what_is_meant_first():
    with EVERYDAY_NAMES.open(encoding="utf-8", newline="") as lines:
        expected = {row["name"]: row["offering_id"] for row in csv.DictReader(lines)}
    first = {name: ids(name)[0] for name in expected}
    missed = {name: first[name] for name in expected if first[name] != expected[name]}
    assert len(expected) == 60
    assert len(missed) <= 2, missed


@pytest.mark.slow
@pytest.mark.no_cover
def test_at_least_97_of_100_names_of_somebody_who_knew_no_ranking_find_what_is_meant():
    """Of several meanings that are right, any may come first."""
    with BLIND_NAMES.open(encoding="utf-8", newline="") as lines:
        meant = {row["name"]: row["offering_ids"].split("; ") for row in csv.DictReader(lines)}
    first = {name: ids(name)[0] for name in meant}
    missed = {name: first[name] for name in meant if first[name] not in meant[name]}
    assert len(meant) == 100
    assert len(missed) <= 3, missed


@pytest.mark.parametrize(
    ("text", "offering_id"),
    [
        ("Lambda container", "lambda-container-image"),
        ("SageMaker Studio", "sagemaker-studio"),
        ("EKS cluster", "eks-managed-node-groups"),
        ("SageMaker AI", "sagemaker-real-time-endpoint"),
    ],
)
def test_offering_whose_name_has_all_words_comes_first_if_they_say_more_than_the_service(
    text, offering_id
):
    assert ids(text)[0] == offering_id


def test_name_of_aws_that_is_spelled_like_one_offering_names_that_offering(shipped):
    """As "EBS Snapshots" is no name of all of EBS."""
    services, offerings = shipped["services"], shipped["offerings"]
    own = {split_words(name) for column in ("service", "full_name") for name in services[column]}
    words = offerings["offering"].map(split_words)
    variants = offerings.groupby("service_id")["offering_id"].transform("size") > 1
    longer = [
        any(set(name) < set(other) for other in words[offerings["service_id"] == service])
        for name, service in zip(words, offerings["service_id"], strict=True)
    ]
    named = set(words[variants & ~pd.Series(longer)]) - own
    aliases = shipped["aliases"]
    whole = aliases[(aliases["scheme"] == "name") & (aliases["offering_id"] == "")]
    assert whole.loc[whole["identifier"].map(split_words).isin(named), "identifier"].tolist() == []


def test_no_everyday_name_repeats_a_name_of_aws(shipped):
    names = list_names(shipped)
    words = names["identifier"].map(split_words)
    is_spoken = names["scheme"].isin(["offering", "service", "name"])
    is_everyday = names["scheme"] == EVERYDAY
    assert set(words[is_everyday]) & set(words[is_spoken]) == set()


FIVE = ["EKS on Fargate", "s3-general-purpose", "Amazon SQS", "rds-db-instance", "lambda-zip"]


def test_narrowed_tables_give_the_cells_of_the_whole_catalogue(shipped, shipped_model):
    some = build_model(narrow_tables(shipped, FIVE))
    whole = shipped_model
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
    with pytest.raises(LookupError, match="'run-hone'; nearest: run-home"):
        narrow_tables(tables, ["run-hone"])
    with pytest.raises(LookupError, match="no offering was named"):
        narrow_tables(tables, [])


def test_narrowing_to_variants_makes_the_first_of_them_the_ordinary_one(tables):
    narrowed = narrow_tables(tables, "run-far")
    assert narrowed["offerings"]["ordinary"].tolist() == ["yes"]
