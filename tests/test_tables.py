"""Facts about the shipped data."""

import re

import pandas as pd
import pytest

from srm_data.load import ALL_SETS, load_tables
from srm_data.maintain import measure_agreement
from srm_data.model import build_category_model

ASKED_FOR = [
    "ec2-instance", "ebs-volume", "vpc", "s3-general-purpose", "rds-db-instance",
    "rds-custom-oracle", "rds-custom-sqlserver", "aurora-provisioned", "dynamodb", "lambda-zip",
    "lambda-container-image", "ecs-ec2", "ecs-fargate", "ecs-managed-instances", "ecs-anywhere",
    "eks-self-managed-nodes", "eks-managed-node-groups", "eks-fargate", "eks-auto-mode",
    "eks-hybrid-nodes", "eks-anywhere", "emr-ec2", "emr-serverless", "redshift-provisioned",
    "elasticache-node-based", "opensearch-domain", "opensearch-serverless", "msk-provisioned",
    "sagemaker-notebook-instance", "glue-job", "batch-ec2", "batch-fargate", "elastic-beanstalk",
    "lightsail-instance", "lightsail-database", "workspaces-personal", "fsx-windows", "efs", "sqs",
    "sns", "kms", "cloudfront", "api-gateway-rest", "outposts-rack", "snowball-edge",
    "storage-gateway-vm",
]  # fmt: skip

DUTIES = [
    "physical-security", "hardware-maintenance", "media-sanitization", "network-infrastructure",
    "virtualization", "host-os", "control-plane", "infrastructure-resilience", "guest-os-patching",
    "guest-os-configuration", "platform-patching", "platform-upgrade", "service-configuration",
    "network-configuration", "identity-access", "credentials", "application-code", "customer-data",
    "encryption-at-rest", "encryption-in-transit", "client-side-encryption", "key-management",
    "backup", "availability", "logging-monitoring", "incident-response", "compliance",
    "awareness-training",
]  # fmt: skip


def test_offerings_people_argue_about_are_there(shipped):
    assert set(ASKED_FOR) <= set(shipped["offerings"]["offering_id"])


def test_the_28_duties_are_the_agreed_ones(shipped):
    assert shipped["duties"]["duty_id"].tolist() == DUTIES


def test_model_has_every_offering_with_every_duty_and_no_empty_answer(shipped_model, shipped):
    assert len(shipped_model) == len(shipped["offerings"]) * 28
    assert shipped_model["responsibility"].notna().all()
    assert shipped_model["source_ids"].ne("").all()


def test_documented_cells_lead_to_a_page_with_a_day(shipped_model, shipped):
    sources = shipped["sources"].set_index("source_id")
    documented = shipped_model[shipped_model["basis"] == "documented"]
    for ids, sections in zip(documented["source_ids"], documented["sections"], strict=True):
        assert len(sections.split(" | ")) == len(ids.split("; ")) and "" not in sections.split(" | ")
        for source_id in ids.split("; "):
            assert re.fullmatch(r"https://\S+", sources.loc[source_id, "url"])
            assert re.fullmatch(r"20\d\d-\d\d-\d\d", sources.loc[source_id, "accessed"])


def test_sources_are_pages_of_aws_and_no_page_stands_twice_in_one_edition(shipped):
    pages = shipped["sources"][shipped["sources"]["url"] != ""]
    assert not pages.duplicated(["url", "edition"]).any()
    hosts = ["docs.aws.amazon.com", "aws.amazon.com", "anywhere.eks.amazonaws.com", "aws.github.io"]
    hosts += ["distro.eks.amazonaws.com", "pricing.us-east-1.amazonaws.com"]
    hosts += ["docs.amplify.aws", "kiro.dev"]
    repositories = [
        f"github.com/{name}" for name in ("aws", "awslabs", "aws-samples", "boto/botocore", "GSA")
    ]
    own = "|".join(map(re.escape, [*hosts, *repositories]))
    assert pages["url"].str.match(f"https://({own})/").all()


def test_only_the_judgement_of_the_project_has_no_page(shipped):
    sources = shipped["sources"]
    assert sources[sources["url"] == ""]["source_id"].tolist() == ["judgement"]


def test_sources_are_cited(shipped):
    cited = {"judgement"}
    for table in load_tables(duty_sets=ALL_SETS).values():
        for column in table.columns:
            if column.endswith("source_id") and not (column == "source_id" and "publisher" in table):
                cited |= set(table[column])
    assert set(shipped["sources"]["source_id"]) <= cited


def test_sentences_are_sentences(shipped):
    for name in ("category_responsibilities", "offering_responsibilities"):
        for column in ("aws_part", "customer_part", "note"):
            for text in shipped[name][column]:
                assert not text or (text[0].isupper() and text.endswith(".")), text


@pytest.mark.parametrize(("offering_id", "duty_id", "party"), [
    ("ec2-instance", "guest-os-patching", "Customer"),
    ("ec2-instance", "virtualization", "AWS"),
    ("s3-general-purpose", "encryption-at-rest", "AWS"),
    ("s3-general-purpose", "guest-os-patching", "AWS"),
    ("eks-self-managed-nodes", "guest-os-patching", "Shared"),
    ("eks-managed-node-groups", "guest-os-patching", "Shared"),
    ("eks-fargate", "guest-os-patching", "AWS"),
    ("eks-auto-mode", "guest-os-patching", "AWS"),
    ("eks-hybrid-nodes", "guest-os-patching", "Customer"),
    ("ecs-anywhere", "hardware-maintenance", "Customer"),
    ("outposts-rack", "physical-security", "Customer"),
    ("outposts-rack", "hardware-maintenance", "AWS"),
    ("dynamodb", "encryption-at-rest", "AWS"),
    ("ebs-volume", "guest-os-patching", "Not applicable"),
])  # fmt: skip
def test_known_answers_hold(shipped_model, offering_id, duty_id, party):
    answers = shipped_model.set_index(["offering_id", "duty_id"])["responsibility"]
    assert answers[offering_id, duty_id] == party


def test_seed_model_is_findable_in_the_tables(shipped):
    """Every statement that AWS's model is built of stands in the table of statements."""
    statements = "\n".join(shipped["statements"]["statement"]).lower()
    for word in (
        "two parties", "regions", "availability zones", "data centers", "physical security",
        "hardware", "software", "networking", "physical servers", "host operating system",
        "virtualization", "configures the services", "configures its own applications",
        "keeps its data secure", "who may reach its resources", "depends on the service",
        "every aws service that they use", "amazon ec2", "underlying infrastructure",
        "foundation services", "operating system", "application platform", "encrypts its data",
        "manages its own data", "amazon s3", "infrastructure layer", "server-side encryption",
        "which networks may reach", "backs up its data", "inherited", "patch management",
        "configuration management", "awareness and training", "zone security",
    ):  # fmt: skip
        assert word in statements, word


def test_kinds_of_control_agree_with_the_duties_they_name(shipped):
    duties = shipped["duties"].set_index("duty_id")["control_kind_id"]
    assert duties["physical-security"] == "inherited"
    assert duties["guest-os-patching"] == duties["awareness-training"] == "shared"
    assert duties["network-configuration"] == "customer-specific"


def test_two_category_view_has_the_answers_of_the_study_note(shipped):
    seed = build_category_model(shipped, categories="seed").set_index(["category", "duty_id"])
    party = seed["responsibility"]
    assert party["Infrastructure", "guest-os-patching"] == "Customer"
    assert party["Infrastructure", "platform-patching"] == "Customer"
    assert party["Infrastructure", "physical-security"] == "AWS"
    assert party["Abstracted", "guest-os-patching"] == "AWS"
    assert party["Abstracted", "platform-patching"] == "AWS"
    assert party["Abstracted", "customer-data"] == "Customer"
    assert party["Abstracted", "backup"] == "Customer"


def test_closed_and_retired_services_say_since_when_and_who_says_so(shipped):
    services = shipped["services"]
    ended = services[services["status"] != "active"]
    assert ended["status_note"].ne("").all()
    assert ended["status_source_id"].ne("").all()
    goes_on = services[(services["status"] == "active") & (services["support_ends"] == "")]
    assert goes_on["status_source_id"].eq("").all()


def test_no_identifier_means_two_things_in_one_vocabulary(shipped):
    """Case does not matter, so identifiers that differ in case alone would be the same."""
    names = pd.concat([shipped["aliases"], shipped["not_services"]])
    folded = names["scheme"] + " " + names["identifier"].str.lower()
    assert not folded.duplicated().any()


def test_alias_of_an_offering_names_its_service_too(shipped):
    aliases = shipped["aliases"].query("offering_id != ''")
    owners = shipped["offerings"].set_index("offering_id")["service_id"]
    assert (aliases["offering_id"].map(owners) == aliases["service_id"]).all()


def test_a_tenth_of_the_documented_cells_was_read_twice_and_the_readers_agree(shipped):
    readings, facts = shipped["second_readings"], shipped["offering_responsibilities"]
    assert len(readings) >= 0.1 * (facts["basis"] == "documented").sum()
    assert measure_agreement(readings)["kappa"] >= 0.85


def test_every_difference_of_two_readings_is_resolved_as_the_table_now_answers(shipped):
    readings = shipped["second_readings"]
    differ = readings["first"] != readings["second"]
    assert (readings["resolution"] != "").equals(differ)
    facts = shipped["offering_responsibilities"][["offering_id", "duty_id", "responsibility"]]
    # A row that was withdrawn since has no answer of its own to compare.
    now = readings[differ].merge(facts, on=["offering_id", "duty_id"], validate="one_to_one")
    for row in now.to_dict("records"):
        holds = row["first"] if row["resolution"].startswith("The first holds") else row["second"]
        assert row["responsibility"] == holds, row
