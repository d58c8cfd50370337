"""A question in everyday words finds the cells that answer it, the best first."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from srm_data.cli import main
from srm_data.exceptions import FrameError
from srm_data.offerings import choose_offerings
from srm_data.questions import compare_offerings, find_answers
from srm_data.questions.understand import WordIndex, find_root
from srm_data.questions.words import build_word_table

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


@pytest.fixture(scope="module")
def ask():
    """Ask about the shipped tables, whose words are arranged once per process."""
    return find_answers


def first(answers: pd.DataFrame) -> tuple[str, str]:
    return answers["offering_id"].iloc[0], answers["duty_id"].iloc[0]


def test_sixty_questions_find_the_right_cell_first(ask):
    questions = read_questions()
    assert len(questions) == 60
    found = {row["question"]: first(ask(row["question"])) for row in questions}
    missed = {
        row["question"]: found[row["question"]]
        for row in questions
        if found[row["question"]] != (row["offering_id"], row["duty_id"])
    }
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
    ids = index.table["offerings"]
    missed = []
    for offering_id, name in shipped_model[["offering_id", "offering"]].drop_duplicates().to_numpy():
        question = index.understand(f"who is responsible for incident response of {name}?")
        found = ids[question.offerings[0]] if question.offerings else ""
        duties = [index.table["duties"][place] for place in question.duties]
        if found != offering_id or duties[:1] not in (["incident-response"], []):
            missed.append((name, found))
        if not duties and "Incident Response" not in name:  # one service is called like the duty
            missed.append((name, "no duty"))
    assert missed == []


def test_every_duty_is_found_by_its_own_name(ask, shipped):
    for duty_id, duty in shipped["duties"][["duty_id", "duty"]].to_numpy():
        assert first(ask(f"{duty} of SQS")) == ("sqs", duty_id)


@pytest.mark.slow
def test_duty_alone_is_found_by_its_name_and_id_and_a_slip_of_them(ask, shipped):
    """A notebook looks duties up so."""
    for duty_id, duty in shipped["duties"][["duty_id", "duty"]].to_numpy():
        assert set(ask(duty)["duty_id"]) == set(ask(duty_id)["duty_id"]) == {duty_id}
    assert ask("Guest OS patchng")["duty_id"].iloc[0] == "guest-os-patching"


@pytest.mark.parametrize(
    "text",
    ["who patches rds?", "RDS patching", "patch rds", "is RDS patched by AWS?", "rds pathcing",
     "AWS::RDS::DBInstance patching", "patches for aws_db_instance"],
)  # fmt: skip
def test_order_endings_slips_and_identifiers_do_not_matter(ask, text):
    assert first(ask(text)) == ("rds-db-instance", "guest-os-patching")


@pytest.mark.parametrize(
    ("text", "duty_id"),
    [
        ("rotate keys in s3", "key-management"),
        ("rotate secrets in rds", "credentials"),
        ("who renews TLS certificates of cloudfront", "encryption-in-transit"),
        ("is rds backup encrypted", "encryption-at-rest"),
        ("hypervisor patching of ec2", "virtualization"),
        ("patch the host of ec2", "host-os"),
        ("upgrade the lambda runtime", "platform-upgrade"),
        ("disk wiping ebs", "media-sanitization"),
        ("ec2 data centre", "physical-security"),
    ],
)
def test_words_beside_each_other_say_which_duty_is_meant(ask, text, duty_id):
    assert ask(text)["duty_id"].iloc[0] == duty_id


@pytest.mark.parametrize(
    ("text", "offering_id", "duty_id"),
    [
        ("database patching", "rds-db-instance", "platform-patching"),
        ("kubernetes upgrade", "eks-managed-node-groups", "platform-upgrade"),
        ("container patching on eks", "eks-managed-node-groups", "guest-os-patching"),
        ("who's patching sql server", "rds-db-instance", "guest-os-patching"),
        ("who fixes broken disks of ebs", "ebs-volume", "hardware-maintenance"),
        ("backup of the vpc", "vpc", "backup"),
        ("incident response of AWS Security Agent", "security-agent", "incident-response"),
    ],
)
def test_everyday_words_are_names_and_common_verbs_are_not(ask, text, offering_id, duty_id):
    assert first(ask(text)) == (offering_id, duty_id)


def test_name_after_aws_is_the_service_and_otherwise_the_duty(index):
    table = index.table
    service = index.understand("is AWS Backup encrypted?")
    duty = index.understand("backup of sqs")
    assert table["offerings"][service.offerings[0]] == "aws-backup"
    assert table["offerings"][duty.offerings[0]] == "sqs"
    assert [table["duties"][place] for place in duty.duties] == ["backup"]


@pytest.mark.parametrize(
    ("name", "offering_id"),
    [("KMS", "kms"), ("CloudTrail", "cloudtrail"), ("VPC", "vpc"), ("PrivateLink", "vpc-endpoint")],
)
def test_service_alone_is_the_service_though_its_name_is_a_word_for_a_duty(index, name, offering_id):
    understood = index.understand(f"who manages {name}?")
    assert index.table["offerings"][understood.offerings[0]] == offering_id
    assert understood.duties == []


@pytest.mark.parametrize(
    ("text", "offering_id", "duty_id"),
    [
        ("cross-account access to Secrets Manager", "secrets-manager", "identity-access"),
        ("is SQL Server on EC2 patched by AWS?", "ec2-instance", "guest-os-patching"),
        ("who patches the Linux under Fargate", "ecs-fargate", "guest-os-patching"),
        ("CloudTrail log file encryption", "cloudtrail", "encryption-at-rest"),
    ],
)
def test_name_that_stands_together_comes_before_one_picked_from_the_question(
    ask, text, offering_id, duty_id
):
    assert first(ask(text)) == (offering_id, duty_id)


@pytest.mark.parametrize(
    ("text", "duty_id"),
    [
        ("who turns on VPC flow logs", "logging-monitoring"),  # inside the name
        ("settings of Network Firewall", "service-configuration"),  # "network setting" borrows
        ("node.js runtime patching lambda", "platform-patching"),  # together before apart
        ("renewal of ACM certs", "credentials"),  # the certificate is the offering's own
        ("renewal of the CloudFront cert", "encryption-in-transit"),
        ("leaked access keys of IAM", "incident-response"),
    ],
)
def test_words_for_a_duty_are_told_from_those_of_the_name(ask, text, duty_id):
    assert ask(text)["duty_id"].iloc[0] == duty_id


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("AWS Config and CloudTrail", ["config", "cloudtrail"]),
        ("KMS and CloudTrail", ["kms", "cloudtrail"]),
        (
            "who configures GuardDuty, AWS Backup and CloudTrail?",
            ["guardduty", "aws-backup", "cloudtrail"],
        ),
        ("IAM and KMS", ["iam", "kms"]),
        ("encryption and config of S3", ["s3-general-purpose"]),
        ("who encrypts S3 and config", ["s3-general-purpose"]),
        ("Backup and IAM", ["iam"]),
        ("encryption of IAM and KMS", ["iam", "kms"]),
        ("RDS encryption and KMS", ["rds-db-instance"]),
        ("IAM, KMS and logging of RDS", ["rds-db-instance"]),
        ("backup and CloudTrail of S3", ["s3-general-purpose"]),
    ],
)
def test_word_for_a_duty_alone_behind_a_service_is_a_service_too(index, text, named):
    question = index.understand(text)
    found = [index.table["offerings"][place] for place in question.offerings[: question.named]]
    assert found == named


@pytest.mark.parametrize(
    ("text", "offering_id", "duty_id"),
    [
        ("Systems Manager patching", "systems-manager", "guest-os-patching"),
        ("who reviews security groups", "vpc", "network-configuration"),
        ("are snapshots encrypted", "ebs-snapshot", "encryption-at-rest"),
        ("are RDS snapshots encrypted", "rds-db-instance", "encryption-at-rest"),
        ("who backs up our Oracle database", "rds-db-instance", "backup"),
        ("Oracle Database@AWS backup", "oracle-exadata-dedicated", "backup"),
        ("Oracle Database at AWS backup", "oracle-exadata-dedicated", "backup"),
        ("Connect call recordings", "connect", "customer-data"),
        ("who encrypts Connect call recordings", "connect", "encryption-at-rest"),
    ],
)
def test_question_is_about_what_people_mean_by_its_words(ask, text, offering_id, duty_id):
    assert first(ask(text)) == (offering_id, duty_id)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("who patches Connect and MSK?", ["connect", "msk-provisioned"]),
        ("who patches Batch and EC2?", ["batch-ec2", "ec2-instance"]),
        ("who configures Fargate and CloudTrail", ["ecs-fargate", "cloudtrail"]),
        (
            "who monitors Fargate, CloudTrail and CloudWatch",
            ["ecs-fargate", "cloudtrail", "cloudwatch-metrics"],
        ),
        ("systems manager patching ec2", ["systems-manager", "ec2-instance"]),
        ("systems manager ec2", ["systems-manager", "ec2-instance"]),
        ("EC2 Systems Manager", ["systems-manager"]),  # the former name
        ("ec2 tasks of ecs", ["ecs-ec2"]),
    ],
)
def test_order_of_two_services_loses_neither(index, text, named):
    question = index.understand(text)
    assert [index.table["offerings"][place] for place in question.offerings[: question.named]] == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("who updates the cloudwatch agent on ec2", ["ec2-instance", "cloudwatch-agent"]),
        ("api gateway with secrets manager", ["api-gateway-rest", "secrets-manager"]),
        ("inspector on ec2", ["inspector", "ec2-instance"]),
        ("shield for alb", ["shield-standard", "application-load-balancer"]),
        ("fargate vs ec2 launch type", ["ecs-fargate", "ecs-ec2"]),
    ],
)
def test_other_service_is_named_though_its_words_may_mean_a_duty(index, text, named):
    question = index.understand(text)
    assert [index.table["offerings"][place] for place in question.offerings[: question.named]] == named


@pytest.mark.parametrize(
    ("text", "offering_id", "duty_id"),
    [
        ("does bedrock train on our data", "bedrock", "customer-data"),
        ("bedrock model training", "bedrock", "customer-data"),
        ("sagemaker training encryption", "sagemaker-training-job", "encryption-at-rest"),
        ("training job encryption", "sagemaker-training-job", "encryption-at-rest"),
        ("model training patching", "sagemaker-training-job", "guest-os-patching"),
        ("training of our staff on sqs", "sqs", "awareness-training"),
    ],
)
def test_training_of_models_is_not_that_of_people(ask, text, offering_id, duty_id):
    assert first(ask(text)) == (offering_id, duty_id)


@pytest.mark.parametrize(
    "text", ["rds az", "one AZ down rds", "what if an availability zone fails, rds"]
)
def test_az_is_a_word_for_availability(ask, text):
    assert first(ask(text)) == ("rds-db-instance", "availability")


@pytest.mark.parametrize("text", ["who pathces ec2", "who pacthes ec2", "pathced ec2"])
def test_slip_in_a_word_with_an_ending_is_corrected(ask, text):
    assert first(ask(text)) == ("ec2-instance", "guest-os-patching")


@pytest.mark.parametrize(
    ("text", "offering_id"),
    [("DDB backup", "dynamodb"), ("CF tls", "cloudfront"), ("CW logs retention", "cloudwatch-logs")],
)
def test_common_abbreviations_are_names(ask, text, offering_id):
    assert ask(text)["offering_id"].iloc[0] == offering_id


@pytest.mark.parametrize("text", ["sse-kms s3", "s3 sse-kms", "sse-kms on the s3 bucket", "SSE-S3"])
def test_phrase_with_a_service_in_it_stands_together(ask, text):
    assert first(ask(text)) == ("s3-general-purpose", "encryption-at-rest")


@pytest.mark.parametrize(
    ("text", "offering_id", "duty_id"),
    [
        ("s3 versioning", "s3-general-purpose", "backup"),
        ("is versioning on for our bucket", "s3-general-purpose", "backup"),
        ("lambda version", "lambda-zip", "platform-upgrade"),
        ("who owns security groups", "vpc", "network-configuration"),
        ("who configures security groups", "vpc", "network-configuration"),
        ("security groups on rds", "rds-db-instance", "network-configuration"),
    ],
)
def test_things_that_a_duty_is_about_are_read_as_it(ask, text, offering_id, duty_id):
    assert first(ask(text)) == (offering_id, duty_id)


@pytest.mark.parametrize(
    ("text", "offering_id", "duties"),
    [
        ("backup of AWS Backup", "aws-backup", ["backup"]),
        ("who does backups in AWS Backup", "aws-backup", ["backup"]),
        ("who patches Patch Manager", "systems-manager", ["guest-os-patching", "platform-patching"]),
        ("config of AWS Config", "config", ["service-configuration"]),
        ("AWS Backup", "aws-backup", []),
        ("API Gateway REST API", "api-gateway-rest", []),  # the name itself has it twice
    ],
)
def test_word_of_a_name_that_stands_once_more_is_the_duty(index, text, offering_id, duties):
    found = index.understand(text)
    assert index.table["offerings"][found.offerings[0]] == offering_id
    assert [index.table["duties"][place] for place in found.duties] == duties


@pytest.mark.parametrize("text", ["who scans AMIs", "who patches AMIs"])
def test_question_about_machine_images_is_about_ec2_alone(ask, text):
    assert ask(text)["service_id"].unique().tolist() == ["ec2"]


def test_feature_whose_name_repeats_a_word_is_named_only_if_the_question_repeats_it(index):
    named = index.understand("Systems Manager Patch Manager")
    assert (index.table["offerings"][named.offerings[0]], named.duties) == ("systems-manager", [])


def test_question_about_two_services_answers_for_both_first(ask):
    found = ask("encryption at rest of rds and s3")
    assert found["offering_id"].head(2).tolist() == ["rds-db-instance", "s3-general-purpose"]


def test_variant_that_the_question_speaks_of_comes_first(ask):
    assert (
        ask("who patches a lambda container image")["offering_id"].iloc[0] == "lambda-container-image"
    )


def test_offering_alone_gives_its_duties_and_those_that_vary_come_first(ask, shipped_model):
    found = ask("rds")
    assert found["offering_id"].unique().tolist() == ["rds-db-instance"]
    assert set(found["duty_id"]) == set(shipped_model["duty_id"])
    assert found["duty_id"].tolist().index("backup") < found["duty_id"].tolist().index(
        "physical-security"
    )


def test_duty_alone_gives_services_that_are_asked_about_and_the_distribution(ask):
    found = ask("who wipes disks?")
    assert found["duty_id"].unique().tolist() == ["media-sanitization"]
    assert found["service_id"].head(3).tolist() == ["ec2", "s3", "rds"]
    assert "Media sanitization of all offerings: AWS " in found.attrs["understood"]


def test_word_that_is_not_understood_is_named_with_the_nearest(ask):
    understood = ask("rds zeppelin patching").attrs["understood"]
    assert "RDS DB instance" in understood
    assert "not understood: zeppelin" in understood


@pytest.mark.parametrize(
    "text", ["", "   ", "?", "zeppelin", "who is responsible?", "\u00e4\u00f6\u00fc"]
)
def test_text_that_names_nothing_is_refused(ask, text):
    with pytest.raises(LookupError, match="names an offering or a duty"):
        ask(text)


def test_duty_without_an_object_comes_last_where_another_may_be_meant(ask, shipped_model):
    is_none = (shipped_model["duty_id"] == "guest-os-patching") & (
        shipped_model["responsibility"] == "Not applicable"
    )
    for name in shipped_model.loc[is_none, "offering"].astype(str).head(5):
        answers = ask(f"patching {name}")
        own = answers[answers["offering"].astype(str) == name]["responsibility"].astype(str).tolist()
        assert own[0] != "Not applicable" or set(own) == {"Not applicable"}


def test_answers_stay_within_the_model_that_is_given(shipped, shipped_model):
    some = choose_offerings(shipped_model, ["sqs", "EKS on Fargate"], tables=shipped)
    assert find_answers("backup", model=some, tables=shipped)["offering_id"].tolist() == [
        "eks-fargate",
        "sqs",
    ]
    with pytest.raises(LookupError):
        find_answers("dynamodb", model=some, tables=shipped)


def test_model_of_categories_is_refused(shipped):
    with pytest.raises(FrameError, match="expected a model of offerings"):
        find_answers("rds", model=pd.DataFrame({"duty": ["Backup"]}), tables=shipped)


def test_command_line_gives_the_same_first_cell(ask, capsys):
    for row in read_questions()[:12]:
        assert main(["ask", row["question"], "--format", "csv"]) == 0
        line = next(csv.DictReader(capsys.readouterr().out.splitlines()))
        assert (line["offering_id"], line["duty_id"]) == first(ask(row["question"]))


@pytest.mark.parametrize(
    ("one", "other"), [("encrypted", "encryption"), ("rotates", "rotation"), ("logged", "logging")]
)
def test_noun_and_verb_have_one_root(one, other):
    assert find_root(one) == find_root(other)


def test_words_for_duties_stand_once(shipped, index):
    """Two rows with the same words in another order would compete."""
    of = shipped["duty_words"].groupby("words")["duty_id"].agg(tuple)
    by_words: dict[frozenset[str], set[tuple[str, ...]]] = {}
    for words, duties in of.items():
        roots = frozenset(find_root(word) for word in index.split(str(words)))
        by_words.setdefault(roots, set()).add(duties)
    assert {words: found for words, found in by_words.items() if len(found) > 1} == {}


def test_two_offerings_are_compared_duty_by_duty(shipped, shipped_model):
    both = compare_offerings("rds", "aurora", model=shipped_model, tables=shipped)
    assert (both.attrs["a"], both.attrs["b"]) == ("RDS DB instance", "Aurora provisioned cluster")
    assert len(both) == 28
    same = both["responsibility_a"].astype(str) == both["responsibility_b"].astype(str)
    act = both["customer_action_a"].astype(str) == both["customer_action_b"].astype(str)
    assert (both["differs"] == ~(same & act)).all()


def test_two_names_of_one_offering_are_refused(shipped, shipped_model):
    with pytest.raises(LookupError, match="both mean SQS queue"):
        compare_offerings("sqs", "Simple Queue Service", model=shipped_model, tables=shipped)


@pytest.mark.parametrize("joined", ["rds and aurora", "RDS, Aurora", "Amazon RDS or Amazon Aurora"])
def test_question_about_two_services_is_answered_for_both(ask, joined):
    answers = ask(f"who patches {joined}?")
    assert list(dict.fromkeys(answers["service_id"].astype(str)))[:2] == ["rds", "aurora"]


def test_name_with_an_and_of_its_own_is_one_name(ask):
    for name, service in (("identity and access management", "iam"), ("RDS Aurora", "aurora")):
        assert ask(f"backup of {name}")["service_id"].iloc[0] == service


@pytest.mark.parametrize(
    ("text", "offerings"),
    [
        (
            "backup of EKS on Fargate and ECS on Fargate",
            ["eks-fargate", "ecs-fargate"],
        ),  # one word twice
        ("backup ecs-fargate and eks-fargate", ["ecs-fargate", "eks-fargate"]),
        ("rds custom for oracle or rds", ["rds-custom-oracle", "rds-db-instance"]),
        ("IAM and Organizations", ["iam", "organizations"]),  # a word for a duty, too
        ("IAM and Systems Manager", ["iam", "systems-manager"]),
        ("Systems Manager and AWS Config", ["systems-manager", "config"]),
        ("who patches lambda and fargate", ["lambda-zip", "ecs-fargate"]),  # an everyday name
        ("fargate vs lambda", ["ecs-fargate", "lambda-zip"]),
        ("compare rds with aurora", ["rds-db-instance", "aurora-provisioned"]),
        ("difference between s3 and efs", ["s3-general-purpose", "efs"]),
        ("who patches rds, and who backs up aurora?", ["rds-db-instance", "aurora-provisioned"]),
        ("aws_db_instance and aurora", ["rds-db-instance", "aurora-provisioned"]),
        ("rds und aurora", ["rds-db-instance", "aurora-provisioned"]),
        (
            "RDS, Lambda, S3, EC2 and SQS",
            ["rds-db-instance", "lambda-zip", "s3-general-purpose", "ec2-instance", "sqs"],
        ),
    ],
)
def test_each_offering_that_a_question_names_is_answered_for(index, text, offerings):
    found = index.understand(text)
    assert [index.table["offerings"][place] for place in found.offerings[: found.named]] == offerings


@pytest.mark.parametrize(
    ("text", "offering_id"),
    [
        ("security groups and subnets of rds", "rds-db-instance"),
        ("iam and credentials of ec2", "ec2-instance"),
        ("backup and logging of sqs", "sqs"),
        ("who patches and who backs up sqs", "sqs"),
        ("s3 and firewall", "s3-general-purpose"),
    ],
)
def test_duties_that_are_joined_by_and_are_no_offerings(index, text, offering_id):
    found = index.understand(text)
    assert [index.table["offerings"][place] for place in found.offerings[: found.named]] == [
        offering_id
    ]


@pytest.mark.parametrize(
    ("name", "offering_id"),
    [("ec2 mac", "ec2-mac"), ("rds custom", "rds-custom-oracle"), ("rds", "rds-db-instance")],
)
def test_name_of_a_service_with_words_of_a_variant_means_the_variant(ask, name, offering_id):
    assert ask(f"who patches {name}")["offering_id"].iloc[0] == offering_id


def test_words_that_an_answer_leaves_out_are_named(ask):
    known, unknown = ask("EKS on Fargate, Anywhere"), ask("rds and foobar")
    assert known.attrs["not_answered"] == "left out: anywhere"
    assert unknown.attrs["not_answered"].startswith("not understood: foobar (nearest: ")
    assert ask("rds").attrs["not_answered"] == ""


@pytest.mark.parametrize("kind", ["csv", "md"])
def test_formats_without_a_place_for_it_say_on_stderr_what_was_left_out(capsys, kind):
    assert main(["ask", "who patches rds and foobar", "--format", kind]) == 0
    assert "not understood: foobar" in capsys.readouterr().err
