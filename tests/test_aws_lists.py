"""The catalogue against AWS's own lists."""

import pytest

from srm_data.maintain.aws_lists import (
    compare_catalogue,
    describe_versions,
    list_botocore_clients,
    list_cloudformation_types,
)


@pytest.fixture(scope="module")
def clients() -> list[str]:
    return list_botocore_clients()


@pytest.fixture(scope="module")
def types() -> list[str]:
    return list_cloudformation_types()


def test_lists_of_the_pinned_packages_are_read_whole(clients, types):
    assert describe_versions() == "botocore 1.44.8, cfn-lint 1.58.0"
    assert len(clients) == 445
    assert len({name.rsplit("::", 1)[0] for name in types}) == 317


def test_every_client_and_namespace_is_mapped_or_excluded_and_none_twice(shipped, clients, types):
    assert compare_catalogue(shipped, clients, types).to_dict("records") == []


def test_new_gone_and_doubled_identifiers_are_found(tables):
    tables["not_services"].loc[1] = ["cloudformation-namespace", "AWS::Run", "why not"]
    differences = compare_catalogue(tables, ["newest"], ["AWS::Run::Far", "AWS::New::Thing"])
    assert differences.to_numpy().tolist() == [
        ["botocore-client", "newest", "new"],
        ["cloudformation-namespace", "AWS::New", "new"],
        ["cloudformation-namespace", "AWS::Run", "twice"],
        ["cloudformation-type", "AWS::Run::Home", "gone"],
    ]
