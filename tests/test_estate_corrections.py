"""Corrections settle what is assumed; the effect of an assumption is shown."""

import pandas as pd
import pytest

from srm_data import read_estate
from srm_data.cli import main
from srm_data.estate import list_effects, read_corrections, write_corrections
from srm_data.exceptions import TableError, UnusedCorrectionWarning

OPEN = [
    "Amazon EC2", "Amazon RDS", "AWS Lambda", "Amazon ECS", "Amazon EKS", "Elastic Load Balancing",
    "Amazon API Gateway", "Amazon Cognito", "Amazon FSx", "Amazon EMR", "Amazon SageMaker",
    "Amazon Redshift",
]  # fmt: skip


@pytest.mark.slow
def test_corrections_settle_an_estate_of_twelve_assumed_offerings(tmp_path, capsys):
    names, ours = tmp_path / "names.txt", tmp_path / "ours.csv"
    names.write_text("\n".join(OPEN))
    assert read_estate(names)["assumed"].sum() == 12
    assert main(["estate", str(names), "--write-corrections", str(ours)]) == 0
    rows = pd.read_csv(ours, dtype=str)
    assert len(rows) == 12
    assert rows["offering_id"].tolist() == rows["assumed_id"].tolist()
    edited = ours.read_text().replace("lambda-zip,lambda-zip", "lambda-zip,lambda-container-image")
    ours.write_text(edited)
    capsys.readouterr()
    assert main(["estate", str(names), "--corrections", str(ours)]) == 0
    assert "Assumed" not in capsys.readouterr().out
    settled = read_estate(names, corrections=read_corrections(ours))
    assert settled["assumed"].sum() == 0
    assert "lambda-container-image" in settled["offering_id"].tolist()


def test_file_of_corrections_is_never_overwritten(tmp_path, capsys):
    ours = tmp_path / "ours.csv"
    ours.write_text("mine")
    with pytest.raises(FileExistsError):
        write_corrections(ours, read_estate(OPEN))
    (tmp_path / "names.txt").write_text("Amazon ECS")
    assert main(["estate", str(tmp_path / "names.txt"), "--write-corrections", str(ours)]) == 1
    assert "already exists" in capsys.readouterr().err
    assert ours.read_text() == "mine"


def test_unrecognised_name_may_be_an_offering_or_no_service():
    rows = pd.DataFrame(
        {"identifier": ["our bucket", "lunch"], "offering_id": ["s3-general-purpose", "-"]}
    )
    estate = read_estate(["our bucket", "lunch"], corrections=rows).set_index("identifier")
    assert estate.loc["our bucket", ["status", "service_id"]].tolist() == ["recognised", "s3"]
    assert estate.loc["lunch", "status"] == "not a service"
    assert estate["rows"].sum() == 2


def test_offering_may_be_entered_by_its_name(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("identifier,offering_id\nAWS Lambda,Lambda function (container image)\n")
    assert read_corrections(path)["offering_id"].tolist() == ["lambda-container-image"]


def test_faults_of_corrections_name_the_line_and_the_nearest_id(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("identifier,offering_id\nAmazon ECS,ecs-ec2\nAWS Lambda,lambda-zap\n")
    with pytest.raises(
        TableError, match=r"ours.csv, line 3, column offering_id: 'lambda-zap'.*lambda-zip"
    ):
        read_corrections(path)


def test_effect_of_an_assumption_names_the_duties_that_would_differ(shipped_model):
    estate = read_estate(["Amazon ECS", "Amazon SQS"])
    [effect] = list_effects(shipped_model, estate).to_dict("records")
    duties = effect["duties"].split("; ")
    answers = shipped_model.pivot(index="duty", columns="offering_id", values="responsibility")
    answers = answers.astype(str)
    assert "Guest OS patching" in duties
    assert (
        answers.loc["Guest OS patching", "ecs-ec2"] != answers.loc["Guest OS patching", "ecs-fargate"]
    )
    assert len(duties) == effect["differing"] < 28


def test_corrections_that_match_nothing_open_are_named_by_file_and_line(tmp_path, capsys):
    ours, names = tmp_path / "ours.csv", tmp_path / "names.txt"
    names.write_text("Amazon Cognito\nAmazon SQS\nAWS Lambda\n")
    ours.write_text(
        "identifier,assumed_id,offering_id\n"
        "Amazon Cognito,cognito-user-pools,cognito-identity-pools\n"
        "AWS Lambda,lambda-container-image,lambda-zip\n"
        "Amazon SQS,,sns\n"
        "our portal,,ec2-instance\n"
        "our other portal,,\n"
    )
    assert main(["estate", str(names), "--corrections", str(ours)]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "srm-data: ours.csv, line 3, 'AWS Lambda': not used, as the inventory does not leave it open",
        "srm-data: ours.csv, line 4, 'Amazon SQS': not used, as the inventory does not leave it open",
        "srm-data: ours.csv, line 5, 'our portal': not used, as the inventory does not leave it open",
    ]
    with pytest.warns(UnusedCorrectionWarning) as told:
        estate = read_estate(names, corrections=read_corrections(ours))
    assert str(told[0].message).splitlines() == estate.attrs["unused_corrections"]


def test_correction_that_a_later_one_contradicts_is_named(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text(
        "identifier,offering_id\nAmazon RDS,rds-multi-az-db-cluster\nAmazon RDS,rds-db-instance\n"
        "Amazon RDS,rds-db-instance\n"
    )
    with pytest.warns(UnusedCorrectionWarning) as warned:
        estate = read_estate(["Amazon RDS"], corrections=read_corrections(path))
    assert estate["offering_id"].tolist() == ["rds-db-instance"]
    [said] = [str(one.message) for one in warned]
    assert said == "ours.csv, line 2, 'Amazon RDS': not used, as a later one says otherwise"


def test_service_in_place_of_an_offering_names_its_offerings(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("identifier,offering_id\nour files,fsx\n")
    with pytest.raises(TableError, match="offerings of this service: fsx-lustre, fsx-ontap"):
        read_corrections(path)
