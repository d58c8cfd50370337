"""Terraform: states of versions 1 to 4, plans, and resources of other providers."""

import pytest

from srm_data.estate import read_estate
from srm_data.exceptions import EstateError
from tests.inventories import ACCOUNT, found, state_4, write


def test_terraform_state_4_counts_instances_and_leaves_data_sources_out(tmp_path):
    state = state_4(("aws_sqs_queue", {"arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"}))
    state["resources"] += [
        {"mode": "data", "type": "aws_ami", "name": "d", "instances": [{"attributes": {}}]},
        {"mode": "managed", "module": "module.a", "type": "aws_sns_topic", "name": "t",
         "instances": [{"index_key": 0, "attributes": {}}, {"index_key": 1, "attributes": {}}]},
        {"mode": "managed", "type": "aws_kms_key", "name": "gone", "instances": []},
    ]  # fmt: skip
    estate = read_estate(write(tmp_path, "terraform.tfstate", state))
    assert found(estate) == {"aws_sns_topic": ("sns", 2), "aws_sqs_queue": ("sqs", 1)}
    topic, queue = estate.to_dict("records")
    assert topic["place"] == "terraform.tfstate, module.a.aws_sns_topic.t"
    assert (queue["accounts"], queue["regions"]) == (ACCOUNT, "eu-west-1")


def test_terraform_state_3_is_read_with_its_flat_attributes(tmp_path):
    state = {
        "version": 3,
        "terraform_version": "0.11.14",
        "modules": [
            {"path": ["root"], "resources": {"data.aws_ami.x": {"type": "aws_ami", "primary": {}}}},
            {
                "path": ["root", "web"],
                "resources": {
                    "aws_lb.a": {
                        "type": "aws_lb",
                        "primary": {"attributes": {"load_balancer_type": "network", "tags.%": "0"}},
                        "deposed": [{"attributes": {"load_balancer_type": "network"}}],
                    },
                    "aws_batch_compute_environment.b": {
                        "type": "aws_batch_compute_environment",
                        "primary": {"attributes": {"compute_resources.0.type": "FARGATE_SPOT"}},
                    },
                },
            },
        ],
    }
    estate = read_estate(write(tmp_path, "old.tfstate", state))
    assert found(estate) == {
        "aws_lb": ("network-load-balancer", 2),
        "aws_batch_compute_environment": ("batch-fargate", 1),
    }
    assert estate["place"].tolist()[0].endswith("old.tfstate, module.web.aws_lb.a")


def test_terraform_show_reads_nested_modules_of_what_is_planned(tmp_path):
    resource = {"address": "aws_sqs_queue.a", "mode": "managed", "type": "aws_sqs_queue", "values": {}}
    data = resource | {"mode": "data", "type": "aws_region"}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9",
        "prior_state": {"values": {"root_module": {"resources": [resource] * 5}}},
        "planned_values": {
            "root_module": {
                "resources": [resource, data],
                "child_modules": [{"child_modules": [{"resources": [resource]}]}],
            }
        },
    }
    assert found(read_estate(write(tmp_path, "plan.json", plan))) == {"aws_sqs_queue": ("sqs", 2)}
    shown = {"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}}
    assert found(read_estate(write(tmp_path, "show.json", shown))) == {"aws_sqs_queue": ("sqs", 1)}


def test_resources_of_other_providers_are_no_services_and_not_lost(tmp_path):
    state = state_4(("azurerm_subnet", {}), ("random_id", {}), ("aws_caller_identity", {}))
    estate = read_estate(write(tmp_path, "a.tfstate", state))
    assert estate["status"].tolist() == ["not a service"] * 3
    assert "provider azurerm, not of AWS" in estate["note"].str.cat()


@pytest.mark.parametrize(
    ("version", "message"),
    [(5, "version 5; expected 1 to 4"), (0, "version 0; expected 1 to 4"), (None, "version None")],
)
def test_unknown_version_of_the_state_is_refused(tmp_path, version, message):
    path = write(tmp_path, "new.tfstate", {"version": version, "lineage": "x"})
    with pytest.raises(EstateError, match=rf"new.tfstate: Terraform state of {message}"):
        read_estate(path)


def test_resource_of_the_other_terraform_provider_follows_the_same_rules(tmp_path):
    state = state_4(("awscc_ecs_service", {"launch_type": "FARGATE"}), ("awscc_sqs_queue", {}))
    estate = read_estate(write(tmp_path, "a.tfstate", state))
    assert sorted(estate["offering_id"]) == ["ecs-fargate", "sqs"]


@pytest.mark.parametrize("version", [1, 2])
def test_terraform_states_1_and_2_are_read_with_tainted_and_deposed_resources(tmp_path, version):
    state = {"version": version, "serial": 1, "modules": [
        {"path": ["root"], "outputs": {}, "resources": {
            "aws_sqs_queue.a.0": {"type": "aws_sqs_queue", "primary": {"id": "q", "attributes": {}}},
            "aws_lb.b": {"type": "aws_lb",
                         "primary": {"attributes": {"load_balancer_type": "network"}},
                         "tainted": [{"attributes": {"load_balancer_type": "network"}}]},
            "null_resource.c": {"type": "null_resource", "primary": {"attributes": {}}}}},
    ]}  # fmt: skip
    estate = read_estate(write(tmp_path, "terraform.tfstate", state))
    assert found(estate) == {
        "aws_lb": ("network-load-balancer", 2),
        "aws_sqs_queue": ("sqs", 1),
        "null_resource": ("", 1),
    }


def test_plan_without_the_version_of_its_format_is_read(tmp_path):
    resource = {"address": "aws_sqs_queue.a", "type": "aws_sqs_queue", "values": {}}
    plan = {"planned_values": {"root_module": {"resources": [resource]}}}
    assert found(read_estate(write(tmp_path, "plan.json", plan))) == {"aws_sqs_queue": ("sqs", 1)}


def test_pointer_to_a_backend_is_refused_with_what_to_give_instead(tmp_path):
    modules = [{"path": ["root"], "outputs": {}, "resources": {}}]
    state = {"version": 3, "lineage": "l", "backend": {"type": "s3"}, "modules": modules}
    with pytest.raises(EstateError, match=r"where Terraform keeps the state.*terraform state pull"):
        read_estate(write(tmp_path, "terraform.tfstate", state))
