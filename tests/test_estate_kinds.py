"""Kinds of resources: every vocabulary gives the same kind the same offering."""

import pandas as pd
import pytest

from srm_data.estate import read_estate
from srm_data.estate.resource_types import is_belonging
from srm_data.offerings import find_offerings


def test_type_of_the_cloud_control_provider_is_that_of_cloudformation(shipped):
    [row] = read_estate(["awscc_kafkaconnect_connector"], tables=shipped).to_dict("records")
    assert (row["offering_id"], row["names_offering"]) == ("msk-connect", True)


def test_prefix_of_terraform_ends_where_a_word_ends(shipped):
    estate = read_estate(["aws_route53unheardof_thing", "aws_route_table"], tables=shipped)
    assert dict(zip(estate["identifier"], estate["service_id"], strict=True)) == {
        "aws_route53unheardof_thing": "", "aws_route_table": "vpc"
    }  # fmt: skip
    with pytest.raises(LookupError):
        find_offerings("aws_route53unheardof_thing")


def test_type_of_terraform_with_an_unknown_prefix_is_known_by_the_client_of_its_service(shipped):
    kinds = ["aws_deadline_farm", "aws_taxsettings_registration", "aws_unheardof_thing"]
    assert not shipped["aliases"]["identifier"].str.startswith("aws_deadline").any()
    estate = read_estate(kinds, tables=shipped).set_index("identifier")
    assert estate["status"].to_dict() == {
        kinds[0]: "recognised", kinds[1]: "not a service", kinds[2]: "unrecognised"
    }  # fmt: skip
    assert estate.loc[kinds[0], "service_id"] == "deadline-cloud"


def test_part_in_a_finding_is_a_part(shipped):
    kinds = ["AwsEc2SecurityGroup", "AwsEc2Vpc"]
    table = pd.DataFrame({"resourceType": [kinds[0], kinds[0], kinds[1]]})
    estate = read_estate(table, tables=shipped).set_index("identifier")
    assert estate.loc[kinds, "counted_by"].tolist() == ["part", "row"]


def test_long_name_that_only_begins_as_a_finding_takes_no_time():
    assert not is_belonging(f"Aws{'A' * 5000}-", ("subnet",))
