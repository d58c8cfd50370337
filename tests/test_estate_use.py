"""What is in use: the model narrowed to an estate, and duties weighed by resources."""

import io

import pandas as pd
import pytest

from srm_data.describe import describe_resources
from srm_data.estate import in_use, list_customer_duties, list_offerings_in_use, read_estate
from srm_data.estate.use import choose_counted
from srm_data.exceptions import FrameError
from srm_data.matrix import resource_distribution
from tests.inventories import state_4, write


def test_count_of_nothing_puts_nothing_in_use(tmp_path, shipped_model):
    counts = {"resourceCounts": [{"resourceType": "AWS::SQS::Queue", "count": 0}]}
    estate = read_estate(write(tmp_path, "c.json", counts))
    assert list_offerings_in_use(estate).empty
    weights = resource_distribution(in_use(shipped_model, estate))
    assert describe_resources(weights) == "No duty applies to the resources in use"


def test_model_narrowed_to_an_estate_has_its_offerings_and_counts(shipped, shipped_model):
    estate = read_estate(["Amazon SQS", "Amazon SQS", "Amazon DynamoDB", "nonsense"], tables=shipped)
    used = in_use(shipped_model, estate)
    assert used["offering_id"].unique().tolist() == ["dynamodb", "sqs"]
    assert len(used) == 2 * 28
    assert used.groupby("offering_id")["resources"].first().to_dict() == {"dynamodb": 1, "sqs": 1}
    assert (
        set(used["offering"].cat.categories) == {"Amazon SQS", "DynamoDB table"}
        or used["offering"].cat.categories.size == 2
    )
    with pytest.raises(ValueError, match="the model does not have sqs"):
        in_use(shipped_model.query("offering_id != 'sqs'"), estate)


@pytest.mark.parametrize(
    ("names", "counted", "noun"),
    [
        (["Amazon SQS", "AWS KMS"], ["kms", "sqs"], "service"),
        (["AWS::SQS::Queue", "AWS KMS"], ["sqs"], "resource"),
    ],
)
def test_names_of_services_are_counted_as_services_and_not_beside_resources(
    shipped, shipped_model, names, counted, noun
):
    estate = read_estate(names, tables=shipped)
    cells, counts = choose_counted(in_use(shipped_model, estate), estate)
    assert (sorted(cells["offering_id"].unique()), counts) == (counted, noun)


def test_nothing_recognised_gives_an_empty_model_with_all_columns(shipped, shipped_model):
    used = in_use(shipped_model, read_estate(["nonsense"], tables=shipped))
    assert used.empty
    assert {"resources", "assumed", "weight", "duty"} <= set(used.columns)


def test_duties_are_weighed_by_instances_not_by_what_belongs_to_them(tmp_path, shipped_model):
    instances = [("aws_instance", {"instance_type": "t3.micro"})] * 5
    path = write(tmp_path, "a.tfstate", state_4(*instances, *[("aws_key_pair", {})] * 9))
    weighed = list_customer_duties(in_use(shipped_model, read_estate(path)))
    patching = weighed[weighed["duty"] == "Guest OS patching"].iloc[0]
    assert (patching["responsibility"], patching["weight"], patching["resources"]) == ("Customer", 5, 5)


def test_estate_that_pandas_read_from_csv_is_used_like_the_one_written(shipped_model):
    estate = read_estate(["Amazon SQS", "Amazon DynamoDB", "nonsense"])
    read = pd.read_csv(io.StringIO(estate.to_csv(index=False)))
    assert in_use(shipped_model, read).equals(in_use(shipped_model, estate))
    with pytest.raises(FrameError, match=r"column 'accounts' .* something else than texts"):
        in_use(shipped_model, read.assign(accounts=123456789012))


def test_parts_are_not_counted_as_the_offering_that_they_belong_to(shipped):
    group = ["AWS::AutoScaling::AutoScalingGroup", *["AWS::AutoScaling::ScalingPolicy"] * 2]
    names = ["aws_route53_record", "aws_route53_record", "AWS::EC2::LaunchTemplate"]
    used = list_offerings_in_use(read_estate(group + names, tables=shipped))
    counts = used.set_index("offering_id")[["resources", "rows"]]
    assert counts.T.to_dict("list") == {
        "ec2-auto-scaling": [1, 3],
        "ec2-instance": [1, 1],
        "route-53": [1, 2],
    }


@pytest.mark.parametrize(
    ("cluster", "instance"),
    [
        ("aws_rds_cluster", "aws_rds_cluster_instance"),
        ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance"),
        ("arn:aws:rds:eu-west-1:1:cluster:a", "arn:aws:rds:eu-west-1:1:db:a{}"),
    ],
)
def test_instances_of_a_database_cluster_count_only_if_no_cluster_is_known(cluster, instance):
    instances = [instance.format(number) for number in (1, 2, 3)]
    for kinds, expected in ([cluster, *instances], 1), (instances, 3):
        table = pd.DataFrame({"arn": kinds, "engine": "aurora-mysql"})
        used = list_offerings_in_use(read_estate(table))
        assert used[["offering_id", "resources"]].to_numpy().tolist() == [
            ["aurora-provisioned", expected]
        ]


def test_instances_of_a_multi_az_cluster_count_only_if_the_cluster_is_not_known(tmp_path):
    member = {"Engine": "postgres", "DBClusterIdentifier": "c"}
    members = write(tmp_path, "a.json", {"DBInstances": [member] * 3})
    cluster = write(tmp_path, "b.json", {"DBClusters": [{"Engine": "postgres"}]})
    for files, expected in ([members, cluster], 1), ([members], 3):
        used = list_offerings_in_use(read_estate(files))
        assert used[["offering_id", "resources"]].to_numpy().tolist() == [
            ["rds-multi-az-db-cluster", expected]
        ]


def test_offering_that_has_parts_alone_is_in_use_without_a_number(shipped, shipped_model):
    estate = read_estate([*["ec2:security-group"] * 5, "AWS::SQS::Queue"], tables=shipped)
    used = list_offerings_in_use(estate).set_index("offering_id")["counted"]
    assert used.to_dict() == {"vpc": "parts", "sqs": "exactly"}
    cells, noun = choose_counted(in_use(shipped_model, estate), estate)
    assert (cells["offering_id"].unique().tolist(), noun) == (["sqs"], "resource")
