"""A question in everyday words finds the cells that answer it, the best first."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from srm_data.cli import main
from srm_data.exceptions import FrameError
from srm_data.names import compare_offerings, find_answers
from srm_data.names.offerings import choose_offerings
from srm_data.names.understand import WordIndex, find_root
from srm_data.names.words import build_word_table

QUESTIONS = Path(__file__).with_name("questions.csv")
LEAST_RIGHT = 54

BLIND_QUESTIONS = Path(__file__).with_name("blind_questions.csv")
LEAST_RIGHT_OF_BLIND = 114


def read_questions(path: Path = QUESTIONS) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def index(shipped, shipped_model):
    return WordIndex(build_word_table(shipped_model, shipped))


def first(answers: pd.DataFrame) -> tuple[str, str]:
    return answers["offering_id"].iloc[0], answers["duty_id"].iloc[0]


def list_named(index: WordIndex, text: str) -> list[str]:
    question = index.understand(text)
    return [index.table["offerings"][place] for place in question.offerings[: question.named]]


def list_duties(index: WordIndex, text: str) -> list[str]:
    return [index.table["duties"][place] for place in index.understand(text).duties]


def test_sixty_questions_find_the_right_cell_first():
    questions = read_questions()
    assert len(questions) == 60
    answers = {row["question"]: first(find_answers(row["question"])) for row in questions}
    expected = {row["question"]: (row["offering_id"], row["duty_id"]) for row in questions}
    missed = {text: answer for text, answer in answers.items() if answer != expected[text]}
    assert len(questions) - len(missed) >= LEAST_RIGHT, missed


def test_questions_of_somebody_who_knew_no_ranking_find_a_right_cell_first():
    """Several offerings and duties are right where the question leaves them open."""
    questions = read_questions(BLIND_QUESTIONS)
    assert len(questions) == 120
    missed = {}
    for row in questions:
        offering_id, duty_id = first(find_answers(row["question"]))
        is_right = offering_id in row["offering_ids"].split("; ")
        if not is_right or duty_id not in row["duty_ids"].split("; "):
            missed[row["question"]] = offering_id, duty_id
    assert len(questions) - len(missed) >= LEAST_RIGHT_OF_BLIND, missed


def test_every_offering_is_found_by_its_own_name_beside_a_duty(index, shipped_model):
    missed = []
    for offering_id, name in shipped_model[["offering_id", "offering"]].drop_duplicates().to_numpy():
        text = f"who is responsible for incident response of {name}?"
        named, duties = list_named(index, text), list_duties(index, text)
        if named[:1] != [offering_id] or duties[:1] not in (["incident-response"], []):
            missed.append((name, named))
        if not duties and "Incident Response" not in name:  # one service is called like the duty
            missed.append((name, ["no duty"]))
    assert missed == []


@pytest.mark.slow
def test_every_duty_is_found_by_its_own_name_and_id(shipped):
    """A notebook looks duties up so."""
    for duty_id, duty in shipped["duties"][["duty_id", "duty"]].to_numpy():
        assert first(find_answers(f"{duty} of SQS")) == ("sqs", duty_id)
        assert {*find_answers(duty)["duty_id"], *find_answers(duty_id)["duty_id"]} == {duty_id}


OS, RUNTIME, TLS, REST = (
    "guest-os-patching", "platform-patching", "encryption-in-transit", "encryption-at-rest",
)  # fmt: skip
ANSWERS = {
    "order, endings, slips and identifiers do not matter": [
        ("who patches rds?", "rds-db-instance", OS),
        ("is RDS patched by AWS?", "rds-db-instance", OS),
        ("rds pathcing", "rds-db-instance", OS),
        ("AWS::RDS::DBInstance patching", "rds-db-instance", OS),
        ("patches for aws_db_instance", "rds-db-instance", OS),
        ("who pacthes ec2", "ec2-instance", OS),
        ("pathced ec2", "ec2-instance", OS),
    ],
    "words beside each other decide which duty is meant": [
        ("rotate keys in s3", "s3-general-purpose", "key-management"),
        ("rotate secrets in rds", "rds-db-instance", "credentials"),
        ("who renews TLS certificates of cloudfront", "cloudfront", TLS),
        ("is rds backup encrypted", "rds-db-instance", REST),
        ("hypervisor patching of ec2", "ec2-instance", "virtualization"),
        ("patch the host of ec2", "ec2-instance", "host-os"),
        ("upgrade the lambda runtime", "lambda-zip", "platform-upgrade"),
        ("ec2 data centre", "ec2-instance", "physical-security"),
        ("one AZ down rds", "rds-db-instance", "availability"),
    ],
    "everyday words are names, and common verbs are not": [
        ("database patching", "rds-db-instance", RUNTIME),
        ("kubernetes upgrade", "eks-managed-node-groups", "platform-upgrade"),
        ("container patching on eks", "eks-managed-node-groups", OS),
        ("who's patching sql server", "rds-db-instance", OS),
        ("who fixes broken disks of ebs", "ebs-volume", "hardware-maintenance"),
        ("backup of the vpc", "vpc", "backup"),
        ("incident response of AWS Security Agent", "security-agent", "incident-response"),
        ("who backs up our Oracle database", "rds-db-instance", "backup"),
        ("Oracle Database@AWS backup", "oracle-exadata-dedicated", "backup"),
        ("Oracle Database at AWS backup", "oracle-exadata-dedicated", "backup"),
    ],
    "a name that stands together comes before one picked from the question": [
        ("cross-account access to Secrets Manager", "secrets-manager", "identity-access"),
        ("is SQL Server on EC2 patched by AWS?", "ec2-instance", OS),
        ("who patches the Linux under Fargate", "ecs-fargate", OS),
        ("CloudTrail log file encryption", "cloudtrail", REST),
        ("Systems Manager patching", "systems-manager", OS),
        ("Connect call recordings", "connect", "customer-data"),
        ("who encrypts Connect call recordings", "connect", REST),
    ],
    "words for a duty are not those of the name": [
        ("who turns on VPC flow logs", "vpc", "logging-monitoring"),
        ("settings of Network Firewall", "network-firewall", "service-configuration"),
        ("node.js runtime patching lambda", "lambda-zip", RUNTIME),
        ("renewal of ACM certs", "certificate-manager-public", "credentials"),
        ("renewal of the CloudFront cert", "cloudfront", TLS),
        ("leaked access keys of IAM", "iam", "incident-response"),
    ],
    "things that a duty is about are read as it": [
        ("who reviews security groups", "vpc", "network-configuration"),
        ("security groups on rds", "rds-db-instance", "network-configuration"),
        ("are snapshots encrypted", "ebs-snapshot", REST),
        ("are RDS snapshots encrypted", "rds-db-instance", REST),
        ("is versioning on for our bucket", "s3-general-purpose", "backup"),
        ("lambda version", "lambda-zip", "platform-upgrade"),
    ],
    "training of models is not that of people": [
        ("does bedrock train on our data", "bedrock", "customer-data"),
        ("sagemaker training encryption", "sagemaker-training-job", REST),
        ("model training patching", "sagemaker-training-job", OS),
        ("training of our staff on sqs", "sqs", "awareness-training"),
    ],
    "a phrase with a service in it stands together": [
        ("sse-kms s3", "s3-general-purpose", REST),
        ("sse-kms on the s3 bucket", "s3-general-purpose", REST),
        ("SSE-S3", "s3-general-purpose", REST),
    ],
    "abbreviations are names": [
        ("DDB backup", "dynamodb", "backup"),
        ("CF tls", "cloudfront", TLS),
        ("CW logs encryption", "cloudwatch-logs", REST),
    ],
    "a variant that the question names comes first": [
        ("who patches a lambda container image", "lambda-container-image", OS),
        ("who patches ec2 mac", "ec2-mac", OS),
        ("who patches rds custom", "rds-custom-oracle", OS),
    ],
}


@pytest.mark.parametrize("rule", ANSWERS)
def test_first_answer_follows_the_rule(rule):
    asked = {text: first(find_answers(text)) for text, _, _ in ANSWERS[rule]}
    assert asked == {text: (offering, duty) for text, offering, duty in ANSWERS[rule]}


NAMED = {
    "a word for a duty, alone behind a service, is a service too": [
        ("AWS Config and CloudTrail", ["config", "cloudtrail"]),
        ("who configures GuardDuty, AWS Backup and CloudTrail?",
         ["guardduty", "aws-backup", "cloudtrail"]),
        ("IAM and KMS", ["iam", "kms"]),
        ("IAM and Organizations", ["iam", "organizations"]),
        ("Backup and IAM", ["iam"]),
        ("is AWS Backup encrypted?", ["aws-backup"]),
        ("encryption of IAM and KMS", ["iam", "kms"]),
        ("RDS encryption and KMS", ["rds-db-instance"]),
        ("IAM, KMS and logging of RDS", ["rds-db-instance"]),
        ("backup and CloudTrail of S3", ["s3-general-purpose"]),
        ("who encrypts S3 and config", ["s3-general-purpose"]),
    ],
    "the order of two services loses neither": [
        ("who patches Connect and MSK?", ["connect", "msk-provisioned"]),
        ("who patches Batch and EC2?", ["batch-ec2", "ec2-instance"]),
        ("who monitors Fargate, CloudTrail and CloudWatch",
         ["ecs-fargate", "cloudtrail", "cloudwatch-metrics"]),
        ("systems manager patching ec2", ["systems-manager", "ec2-instance"]),
        ("EC2 Systems Manager", ["systems-manager"]),  # the former name
        ("ec2 tasks of ecs", ["ecs-ec2"]),
    ],
    "another service is named though its words may mean a duty": [
        ("who updates the cloudwatch agent on ec2", ["ec2-instance", "cloudwatch-agent"]),
        ("api gateway with secrets manager", ["api-gateway-rest", "secrets-manager"]),
        ("inspector on ec2", ["inspector", "ec2-instance"]),
        ("shield for alb", ["shield-standard", "application-load-balancer"]),
        ("fargate vs ec2 launch type", ["ecs-fargate", "ecs-ec2"]),
    ],
    "each offering that a question names is answered for": [
        ("backup of EKS on Fargate and ECS on Fargate", ["eks-fargate", "ecs-fargate"]),
        ("rds custom for oracle or rds", ["rds-custom-oracle", "rds-db-instance"]),
        ("who patches lambda and fargate", ["lambda-zip", "ecs-fargate"]),
        ("compare rds with aurora", ["rds-db-instance", "aurora-provisioned"]),
        ("difference between s3 and efs", ["s3-general-purpose", "efs"]),
        ("who patches rds, and who backs up aurora?", ["rds-db-instance", "aurora-provisioned"]),
        ("aws_db_instance and aurora", ["rds-db-instance", "aurora-provisioned"]),
        ("rds und aurora", ["rds-db-instance", "aurora-provisioned"]),
        ("Amazon RDS or Amazon Aurora", ["rds-db-instance", "aurora-provisioned"]),
        ("RDS, Lambda, S3, EC2 and SQS",
         ["rds-db-instance", "lambda-zip", "s3-general-purpose", "ec2-instance", "sqs"]),
        ("backup of identity and access management", ["iam"]),  # a name with an "and" of its own
    ],
    "duties that are joined by and are no offerings": [
        ("security groups and subnets of rds", ["rds-db-instance"]),
        ("iam and credentials of ec2", ["ec2-instance"]),
        ("backup and logging of sqs", ["sqs"]),
        ("who patches and who backs up sqs", ["sqs"]),
        ("s3 and firewall", ["s3-general-purpose"]),
    ],
}  # fmt: skip


@pytest.mark.parametrize("rule", NAMED)
def test_offerings_that_a_question_names_follow_the_rule(index, rule):
    named = {text: list_named(index, text) for text, _ in NAMED[rule]}
    assert named == dict(NAMED[rule])


@pytest.mark.parametrize(
    ("text", "offering_id", "duties"),
    [
        ("who manages KMS?", "kms", []),  # alone, it is the service
        ("who manages PrivateLink?", "vpc-endpoint", []),
        ("backup of sqs", "sqs", ["backup"]),
        ("backup of AWS Backup", "aws-backup", ["backup"]),
        ("who patches Patch Manager", "systems-manager", [OS, RUNTIME]),
        ("config of AWS Config", "config", ["service-configuration"]),
        ("API Gateway REST API", "api-gateway-rest", []),  # the name itself has it twice
        ("Systems Manager Patch Manager", "systems-manager", []),
    ],
)
def test_word_of_a_name_is_the_duty_only_beside_another_name_or_once_more(
    index, text, offering_id, duties
):
    assert list_named(index, text)[0] == offering_id
    assert list_duties(index, text) == duties


def test_question_about_machine_images_is_about_ec2_alone():
    assert find_answers("who patches AMIs")["service_id"].unique().tolist() == ["ec2"]


def test_question_about_two_services_answers_for_both_first():
    answers = find_answers("encryption at rest of rds and s3")
    assert answers["offering_id"].head(2).tolist() == ["rds-db-instance", "s3-general-purpose"]


def test_offering_alone_gives_its_duties_and_those_that_vary_come_first(shipped_model):
    answers = find_answers("rds")
    assert answers["offering_id"].unique().tolist() == ["rds-db-instance"]
    duties = answers["duty_id"].tolist()
    assert set(duties) == set(shipped_model["duty_id"])
    assert duties.index("backup") < duties.index("physical-security")


def test_duty_alone_gives_services_that_are_asked_about_and_the_distribution():
    answers = find_answers("who wipes disks?")
    assert answers["duty_id"].unique().tolist() == ["media-sanitization"]
    assert answers["service_id"].head(3).tolist() == ["ec2", "s3", "rds"]
    assert "Media sanitization of all offerings: AWS " in answers.attrs["understood"]


def test_words_that_an_answer_leaves_out_are_named_with_the_nearest(capsys):
    assert find_answers("rds").attrs["not_answered"] == ""
    assert find_answers("EKS on Fargate, Anywhere").attrs["not_answered"] == "left out: anywhere"
    unknown = find_answers("rds and foobar").attrs
    assert unknown["not_answered"].startswith("not understood: foobar (nearest: ")
    assert unknown["not_answered"] in unknown["understood"]
    assert main(["ask", "who patches rds and foobar", "--format", "csv"]) == 0
    assert "not understood: foobar" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "?", "zeppelin", "who is responsible?", "\u00e4\u00f6\u00fc"])
def test_text_that_names_nothing_is_refused(text):
    with pytest.raises(LookupError, match="names an offering or a duty"):
        find_answers(text)


def test_duty_without_an_object_comes_last_where_another_may_be_meant(shipped_model):
    is_none = (shipped_model["duty_id"] == OS) & (shipped_model["responsibility"] == "Not applicable")
    for name in shipped_model.loc[is_none, "offering"].astype(str).head(5):
        answers = find_answers(f"patching {name}")
        own = answers[answers["offering"].astype(str) == name]["responsibility"].astype(str).tolist()
        assert own[0] != "Not applicable" or set(own) == {"Not applicable"}


def test_answers_stay_within_the_model_that_is_given(shipped, shipped_model):
    some = choose_offerings(shipped_model, ["sqs", "EKS on Fargate"], tables=shipped)
    answers = find_answers("backup", model=some, tables=shipped)
    assert answers["offering_id"].tolist() == ["eks-fargate", "sqs"]
    with pytest.raises(LookupError):
        find_answers("dynamodb", model=some, tables=shipped)
    with pytest.raises(FrameError, match="expected a model of offerings"):
        find_answers("rds", model=pd.DataFrame({"duty": ["Backup"]}), tables=shipped)


def test_command_line_gives_the_same_first_cell(capsys):
    for row in read_questions()[:4]:
        assert main(["ask", row["question"], "--format", "csv"]) == 0
        line = next(csv.DictReader(capsys.readouterr().out.splitlines()))
        assert (line["offering_id"], line["duty_id"]) == first(find_answers(row["question"]))


def test_words_for_duties_stand_once(shipped, index):
    """Two rows with the same words in another order would compete."""
    of = shipped["duty_words"].groupby("words")["duty_id"].agg(tuple)
    by_words: dict[frozenset[str], set[tuple[str, ...]]] = {}
    for words, duties in of.items():
        roots = frozenset(find_root(word) for word in index.split(str(words)))
        by_words.setdefault(roots, set()).add(duties)
    assert {words: duties for words, duties in by_words.items() if len(duties) > 1} == {}


def test_two_offerings_are_compared_duty_by_duty(shipped, shipped_model):
    both = compare_offerings("rds", "aurora", model=shipped_model, tables=shipped)
    assert (both.attrs["a"], both.attrs["b"]) == ("RDS DB instance", "Aurora provisioned cluster")
    assert len(both) == 28
    same = both["responsibility_a"].astype(str) == both["responsibility_b"].astype(str)
    act = both["customer_action_a"].astype(str) == both["customer_action_b"].astype(str)
    assert (both["differs"] == ~(same & act)).all()
    with pytest.raises(LookupError, match="both mean SQS queue"):
        compare_offerings("sqs", "Simple Queue Service", model=shipped_model, tables=shipped)
