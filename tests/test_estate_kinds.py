"""Kinds of resources: every vocabulary gives the same kind the same offering."""

import re
from pathlib import Path

import pandas as pd
import pytest

from srm_data.estate import read_estate
from srm_data.estate.catalogue import Catalogue, find_catalogue
from srm_data.estate.decide import TYPE_SCHEMES
from srm_data.estate.resource_types import is_belonging
from srm_data.estate.settings import fold_type
from srm_data.names.offerings import find_offerings
from tests.inventories import write

SAME_KINDS = Path(__file__).with_name("same_kinds.csv")
"""Kinds in CloudFormation or AWS Config, in ARNs and in Terraform, of services with several offerings
and of EC2. An ARN or a type of Terraform may be missing."""

WORDS = r"[A-Z]+(?![a-z0-9])|[A-Z][a-z0-9]*"
"""Pattern of the words in a type, which Security Hub capitalises."""

SHARED = {("AWS::KinesisAnalytics::Application", "kinesisanalytics:application")}
"""Kinds whose ARNs are also those of another offering."""

SHARED_NAMES = {
    "apigateway": "both versions of the API", "emr": "clusters and studios",
    "greengrass": "both versions", "inspector": "both versions",
    "kinesisanalytics": "both versions", "m2": "also what customers run themselves",
    "opensearch": "domains, applications and data sources",
    "shield": "what AWS does for everybody, and protections", "waf": "both versions",
    "timestream": "both engines",
}  # fmt: skip
"""Names of a service that are a narrower namespace or prefix in one of the vocabularies."""


@pytest.fixture(scope="module")
def catalogue(shipped) -> Catalogue:
    return find_catalogue(shipped)


def find_meaning(catalogue: Catalogue, kind: str) -> tuple[str, bool]:
    """Return the offering of a kind, assumed if it is open, and whether the kind is a part of it."""
    match = catalogue.match(kind)
    likeliest = catalogue.likeliest.get(fold_type(kind), [""])[0]
    offering = likeliest or match.offering_id or catalogue.ordinary.get(match.service_id, "")
    return offering, is_belonging(kind, catalogue.part_endings)


@pytest.mark.slow
def test_kind_is_of_its_offering_and_assumed_only_if_several_have_it(shipped, tmp_path):
    kinds = pd.read_csv(SAME_KINDS.with_name("kinds.csv"), keep_default_na=False)
    for kind, offering, is_assumed, is_itself, after in kinds.itertuples(index=False):
        is_pulumi = kind.startswith(("aws:", "aws-native:"))
        source = write(tmp_path, "a.json", write_stack(kind)) if is_pulumi else [kind]
        [row] = read_estate(source, tables=shipped).to_dict("records")
        assert (row["offering_id"], row["assumed"]) == (offering, is_assumed == "yes"), kind
        assert is_itself in ("", "yes" if row["names_offering"] else "no"), kind
        assert row["alternatives"].startswith(after), kind


def test_same_kind_is_the_same_offering_and_part_in_every_vocabulary(catalogue):
    differ = []
    for row in pd.read_csv(SAME_KINDS, keep_default_na=False).to_dict("records"):
        kind, *others = filter(None, row.values())
        expected = find_meaning(catalogue, kind)
        found = {other: find_meaning(catalogue, other) for other in others}
        differ += [
            (kind, expected, other, meaning)
            for other, meaning in found.items()
            if meaning != expected and (kind, other) not in SHARED
        ]
    assert differ == []


def test_type_of_cloudformation_is_the_same_in_the_spellings_of_other_tools(shipped, catalogue):
    aliases = shipped["aliases"]
    types = aliases.loc[aliases["scheme"] == "cloudformation-type", "identifier"]
    differ = []
    for kind in types:
        _, service, name = kind.split("::")
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        words = [word for text in (service, name) for word in re.findall(WORDS, text)]
        finding = "Aws" + "".join(word.capitalize() for word in words)
        for other in (f"awscc_{service.lower()}_{snake}", finding):
            if find_meaning(catalogue, other) != find_meaning(catalogue, kind):
                differ.append((kind, other))
    assert differ == []


def test_namespace_and_prefix_of_one_name_mean_the_same_offering(shipped):
    aliases = shipped["aliases"]
    schemes = ["cloudformation-namespace", "iam-prefix", "botocore-client", "terraform-prefix"]
    is_name = aliases["scheme"].isin(schemes)
    is_name &= (aliases["scheme"] != "terraform-prefix") | aliases["identifier"].str.endswith("_")
    letters = aliases["identifier"].str.lower().str.replace("^aws(::|_)|[^a-z0-9]", "", regex=True)
    named = aliases[is_name].assign(letters=letters)
    meant = named.groupby(["service_id", "letters"])["offering_id"].nunique()
    assert set(meant[meant > 1].index.get_level_values("letters")) == set(SHARED_NAMES)


def test_kind_in_two_vocabularies_of_the_table_has_one_meaning_there(shipped):
    aliases = shipped["aliases"]
    is_kind = aliases["scheme"].isin(TYPE_SCHEMES) & (aliases["scheme"] != "cloudformation-namespace")
    is_kind &= ~aliases["identifier"].str.endswith("_")
    letters = aliases["identifier"].str.lower().str.replace("^aws|[^a-z0-9]", "", regex=True)
    meanings = (aliases["service_id"] + " " + aliases["offering_id"])[is_kind].groupby(letters)
    assert meanings.nunique().loc[lambda counts: counts > 1].index.tolist() == []


def write_stack(*kinds: str) -> dict[str, object]:
    """Return a Pulumi stack with a resource of each type."""
    resources = [{"urn": f"urn:pulumi:{kind}", "type": kind, "custom": True} for kind in kinds]
    return {"deployment": {"manifest": {}, "resources": resources}}


@pytest.mark.parametrize(
    ("kind", "service"),
    [
        ("route53recoverycontrol/cluster:Cluster", "application-recovery-controller"),
        ("bedrock/agentcoreGateway:AgentcoreGateway", "bedrock-agentcore"),
        ("chime/sdkvoiceSipRule:SdkvoiceSipRule", "chime-sdk"),
        ("costexplorer/costCategory:CostCategory", "billing-and-cost-management"),
        ("ec2/managedPrefixList:ManagedPrefixList", "vpc"),
        ("ec2/dedicatedHost:DedicatedHost", "ec2"),
        ("ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint", "ec2"),
        ("pinpoint/smsvoicev2PhoneNumber:Smsvoicev2PhoneNumber", "end-user-messaging"),
        ("ssm/contactsRotation:ContactsRotation", "incident-manager"),
    ],
)
def test_type_of_pulumi_is_that_of_terraform_though_modules_are_cut_otherwise(tmp_path, kind, service):
    [row] = read_estate(write(tmp_path, "a.json", write_stack(f"aws:{kind}"))).to_dict("records")
    assert row["service_id"] == service


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


def test_type_of_ec2_that_is_not_listed_is_no_instance(shipped):
    kinds = [
        "aws_ami",
        "aws_placement_group",
        "aws_ec2_instance_connect_endpoint",
        "AWS::EC2::EC2Fleet",
        "aws_lb_cookie_stickiness_policy",
    ]
    estate = read_estate([*kinds, "aws_ec2_tag", "aws_instance"], tables=shipped).set_index(
        "identifier"
    )
    assert set(estate.loc[kinds, "counted_by"]) == {"part"}
    assert estate.loc["aws_instance", "counted_by"] == "row"
    assert estate.loc["aws_ec2_tag", ["status", "note"]].tolist() == [
        "not a service", "a tag of another resource"
    ]  # fmt: skip


def test_long_name_that_only_begins_as_a_finding_takes_no_time():
    assert not is_belonging(f"Aws{'A' * 5000}-", ("subnet",))
