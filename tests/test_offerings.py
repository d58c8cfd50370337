"""Finding offerings by what people and other vocabularies call them."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from srm_data.check import check_tables
from srm_data.model import build_model
from srm_data.names.index import EVERYDAY, split_words
from srm_data.names.offerings import choose_offerings, find_offerings, list_names, narrow_tables
from srm_data.schema import read_schemas

EVERYDAY_NAMES = Path(__file__).with_name("everyday_names.csv")
BLIND_NAMES = Path(__file__).with_name("blind_names.csv")


def ids(text: str, tables=None) -> list[str]:
    """Find offerings by a name, by default in the shipped tables, whose names are listed once."""
    return find_offerings(text, tables=tables)["offering_id"].tolist()


RUN, BOTH = ["run-far"], ["run-home", "run-far"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # ids, names and aliases of an offering, whatever their case, with words joined or turned around
        ("run-far", RUN), ("Run far", RUN), ("  RUN   FAR ", RUN), ("Sprint", RUN), ("runfar", RUN),
        ("far run", RUN), ("Runs (far)", RUN), ("home", ["run-home"]), ("marathon run", RUN),
        # names of a service, present or former, with plural, hyphen, punctuation and maker
        ("Run", BOTH), ("Run Unlimited Now", BOTH), ("jog", BOTH), ("unlimited", BOTH), ("Runs", BOTH),
        ("the RUN", BOTH), ("AWS Run", BOTH), ("amazon-run", BOTH), ("Run!", BOTH), ("(run)", BOTH),
        # lists of complete names
        ("run far/paint", [*RUN, "paint"]), ("Run far, Paint", [*RUN, "paint"]),
        ("run far and paint", [*RUN, "paint"]),
        # identifiers of other vocabularies: the most exact meaning
        ("AWS::Run::Home", ["run-home"]), ("AWS::Run::Anything", BOTH),
        ("aws_run_home", ["run-home"]), ("aws_run_shoes", BOTH),
        ("arn:aws:run:eu-west-1:123456789012:track/oval", RUN),
        ("arn:aws:run:eu-west-1:123456789012:track:oval", RUN),
        ("arn:aws:run:eu-west-1:123456789012:other/oval", BOTH),
    ],
)  # fmt: skip
def test_name_or_identifier_finds_every_candidate_and_picks_none(tables, text, expected):
    assert ids(text, tables) == expected


def test_text_that_means_two_services_returns_both(tables):
    tables["aliases"].loc[len(tables["aliases"])] = ["cur-product-code", "Jog", "paint", ""]
    assert ids("jog", tables) == ["run-home", "run-far", "paint"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("paynt", "nearest: .*[Pp]aint"), ("Piant", "nearest: .*[Pp]aint"),
        ("un", "no offering"), ("  ", "no offering"),
        ("aws_", "no offering"), ("arn:", "no offering"), ("::", "no offering"),
        ("tax", r"'tax' \(cur-product-code\) is not a service: it is tax"),
    ],
)  # fmt: skip
def test_text_that_means_nothing_is_refused_with_the_nearest_name_or_the_reason(tables, text, reason):
    with pytest.raises(LookupError, match=reason):
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
    ("text", "ordinary"),
    [
        ("Amazon RDS", "rds-db-instance"), ("Amazon S3", "s3-general-purpose"),
        ("AWS Lambda", "lambda-zip"), ("Amazon EC2", "ec2-instance"), ("Amazon VPC", "vpc"),
        ("Amazon EKS", "eks-managed-node-groups"),
    ],
)  # fmt: skip
def test_ordinary_offering_of_a_service_comes_before_its_variants(shipped, text, ordinary):
    offerings = shipped["offerings"]
    service_id = offerings.set_index("offering_id").loc[ordinary, "service_id"]
    assert ids(text)[0] == ordinary
    assert set(ids(text)) == set(offerings.loc[offerings["service_id"] == service_id, "offering_id"])


def test_everyday_name_finds_its_meanings_the_likeliest_first(tables):
    assert ids("sports", tables) == ["run-home", "paint"]


def test_name_of_aws_comes_before_an_everyday_name(tables):
    tables["aliases"].loc[len(tables["aliases"])] = ["name", "Sport", "paint", ""]
    assert ids("sport", tables) == ["paint"]


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
        rows = narrowed[name].astype(str)
        rows = rows.sort_values(
            schema["primaryKey"],
            key=lambda column: column.where(~column.str.isdigit(), column.str.zfill(9)),
        )
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


def test_narrowing_to_variants_makes_the_first_of_them_the_ordinary_one(tables):
    narrowed = narrow_tables(tables, "run-far")
    assert narrowed["offerings"]["ordinary"].tolist() == ["yes"]
