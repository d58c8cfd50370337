"""Settings in columns of tables decide the offering, as those in documents do."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from srm_data.estate import read_estate
from tests.inventories import ACCOUNT, write

EC2 = f"arn:aws:ec2:eu-west-1:{ACCOUNT}"
LAMBDA = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"
CASES = [
    ("arn,instance_type", f"{EC2}:instance/i-1,mac2.metal", "ec2-mac", False),
    ("arn,instance_type", f"{EC2}:instance/i-1,m5.large", "ec2-instance", False),
    ("arn,placement_tenancy", f"{EC2}:instance/i-1,host", "ec2-dedicated-host", True),
    ("arn,vpc_endpoint_type", f"{EC2}:vpc-endpoint/e,Gateway", "vpc-gateway-endpoint", False),
    ("arn,vpc_endpoint_type", f"{EC2}:vpc-endpoint/e,Interface", "vpc-endpoint", False),
    ("arn,package_type", f"{LAMBDA},Image", "lambda-container-image", True),
    ("arn,origin", f"{KEY},EXTERNAL", "kms-imported-key-material", True),
    ("resourceType,configuration.instanceType", "AWS::EC2::Instance,c5.metal", "ec2-bare-metal", False),
    ("resourceType,configuration.engine", "AWS::RDS::DBInstance,aurora-mysql", "aurora-provisioned",
     True),
    ("resourceType,configuration.partnerName", "aws_dx_connection,x", "direct-connect-hosted", False),
    ("resource_type,Native", "AwsEc2Instance,x", "ec2-instance", True),
    ("resource_type,Instance type", "AwsEc2Instance,mac1.metal", "ec2-mac", False),
    ("Service,Instance type", "EC2,mac2.metal", "ec2-mac", False),
    ("Service,Instance type", "EC2 instance,m5.metal", "ec2-bare-metal", False),
    ("Service,Launch type", "ECS,FARGATE", "ecs-fargate", False),
    ("Service,DB engine", "RDS instance,Aurora MySQL", "aurora-provisioned", True),
]  # fmt: skip


@pytest.mark.parametrize(("header", "row", "offering", "assumed"), CASES)
def test_setting_in_a_column_decides_the_offering(tmp_path, header, row, offering, assumed):
    estate = read_estate(write(tmp_path, "a.csv", f"{header},owner\n{row},a\n"))
    assert estate[["offering_id", "assumed"]].to_numpy().tolist() == [[offering, assumed]]


@pytest.mark.parametrize("cell", ["", "null", "[]", "false"])
def test_setting_that_is_not_set_decides_nothing(cell):
    kind, column = "AWS::RDS::DBCluster", "configuration.serverlessV2ScalingConfiguration"
    rows = pd.DataFrame({"resourceType": [kind], "engine": ["aurora-mysql"], column: [cell]})
    estate = read_estate(rows)
    assert estate.loc[0, ["offering_id", "alternatives"]].tolist() == [
        "aurora-provisioned", "aurora-limitless; aurora-serverless-v2"
    ]  # fmt: skip
    estate = read_estate(rows.assign(**{column: '{"minCapacity": 1}'}))
    assert estate.loc[0, "offering_id"] == "aurora-serverless-v2"


def test_rows_of_equal_settings_that_decide_nothing_are_one_row_of_the_estate():
    rows = {"resource_type": ["AWS::EC2::Instance"] * 3, "instance_type": ["t3", "m5", "mac2.metal"]}
    estate = read_estate(pd.DataFrame(rows))
    assert estate[["offering_id", "resources", "variant"]].to_numpy().tolist() == [
        ["ec2-instance", 2, ""], ["ec2-mac", 1, "instancetype is mac*"]
    ]  # fmt: skip


def test_type_of_a_finding_is_no_setting_of_its_resource():
    row = {"Severity": "low", "Resource type": "AwsEc2Instance", "Resource ID": "i-1"}
    findings = pd.DataFrame([row | {"Type": "a"}, row | {"Type": "b"}])
    assert read_estate(findings)["resources"].tolist() == [1]


@pytest.mark.slow
def test_settings_are_read_alike_in_every_engine_and_lists_of_them_in_none():
    import duckdb
    import polars

    rows = pd.DataFrame(
        {
            "resource_type": ["AWS::EC2::Instance"] * 2 + ["AWS::EFS::FileSystem"],
            "placement_tenancy": ["host", None, ""],
            "availability_zone_name": [None, "", "eu-west-1a"],
        }
    )
    expected = read_estate(rows, details=False)
    assert sorted(expected["offering_id"]) == ["ec2-dedicated-host", "ec2-instance", "efs-one-zone"]
    nested = polars.from_pandas(rows).with_columns(
        state=polars.Series([["terminated"]] * 3), instance_type=polars.Series([{"a": "mac"}] * 3)
    )
    assert_frame_equal(expected, read_estate(nested))
    assert_frame_equal(expected, read_estate(duckdb.from_df(rows)))
