"""Bills: cost and usage reports, FOCUS, Cost Explorer, and rows that are broken."""

import gzip

import pandas as pd
import pytest

from srm_data.estate import list_offerings_in_use, read_estate
from srm_data.exceptions import EstateError
from tests.inventories import ACCOUNT, state_4, write

CUR = """\
lineItem/ProductCode,lineItem/LineItemType,lineItem/UsageAccountId,product/region,lineItem/UnblendedCost,bill/BillingEntity
AmazonEC2,Usage,111111111111,eu-west-1,1.5,AWS
AmazonEC2,SavingsPlanCoveredUsage,222222222222,eu-west-1,0.25,AISPL
AmazonEC2,Tax,111111111111,,0.30,AWS
AWSSupportBusiness,Fee,111111111111,,100,AWS
4x7marketplace,Usage,111111111111,,9,AWS Marketplace
"""


def list_parts(estate: pd.DataFrame) -> set[str]:
    used = list_offerings_in_use(estate)
    return {*used.loc[used["counted"] == "parts", "offering_id"]}


def check_bill(estate: pd.DataFrame) -> None:
    by_id = estate.set_index("identifier")
    ec2 = by_id.loc["AmazonEC2"]
    assert (ec2["rows"], ec2["cost"], ec2["regions"]) == (2, 1.75, "eu-west-1")
    assert ec2["accounts"] == "111111111111; 222222222222"
    assert by_id["status"].drop("AmazonEC2").tolist() == ["not a service"] * 3
    assert by_id.loc["Tax", "note"] == "a charge, not a service: a tax"
    assert estate["rows"].sum() == 5


@pytest.mark.slow
def test_bill_in_csv_gzip_and_parquet_separates_usage_from_charges(tmp_path):
    names = CUR.splitlines()[0]
    new = names.replace("lineItem/", "line_item_").replace("product/region", "product_region_code")
    for old, now in (("ProductCode", "product_code"), ("LineItemType", "line_item_type"),
                     ("UsageAccountId", "usage_account_id"), ("UnblendedCost", "unblended_cost"),
                     ("bill/BillingEntity", "bill_billing_entity")):  # fmt: skip
        new = new.replace(old, now)
    text = CUR.replace(names, new)
    path = tmp_path / "cur.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    check_bill(read_estate(path))
    import duckdb

    check_bill(read_estate(write(tmp_path, "old.csv", CUR)))
    plain = write(tmp_path, "new.csv", text)
    duckdb.execute(f"COPY (SELECT * FROM read_csv('{plain}')) TO '{tmp_path}/cur.parquet'")
    check_bill(read_estate(tmp_path / "cur.parquet"))


def test_focus_sets_rows_of_other_clouds_apart(tmp_path):
    text = (
        "ProviderName,ServiceName,ChargeCategory,BilledCost,SubAccountId,RegionId\n"
        "AWS,Amazon Simple Queue Service,Usage,0.5,1,eu-west-1\n"
        "AWS,Amazon Simple Queue Service,Credit,-0.5,1,\n"
        "Microsoft,Virtual Machines,Usage,3,2,westeurope\n"
    )
    estate = read_estate(write(tmp_path, "focus.csv", text)).set_index("identifier")
    assert estate.loc["Amazon Simple Queue Service", "offering_id"] == "sqs"
    assert estate.loc["Credit", "status"] == "not a service"
    assert estate.loc["Virtual Machines", "note"] == "a row of another provider: Microsoft"


def test_lines_of_a_bill_by_day_without_ids_are_no_resources_though_they_have_a_type():
    rows = {"Service": "Amazon S3", "ResourceType": ["Storage", "Requests"], "Cost": [1, 2]}
    estate = read_estate(pd.DataFrame(rows | {"Date": ["2026-01-01", "2026-01-02"]}))
    assert estate[["offering_id", "rows", "resources", "counted_by"]].to_numpy().tolist() == [
        ["s3-general-purpose", 2, 1, "name"]
    ]


def test_service_beside_amounts_of_months_is_no_wide_export(tmp_path):
    table = "Service,Jan 2026 ($),Feb 2026 ($)\nAmazon S3,12.5,1\nAmazon SQS,3.2,1\n"
    estate = read_estate(write(tmp_path, "months.csv", table)).set_index("identifier")
    assert sorted(estate.index) == ["Amazon S3", "Amazon SQS"]


def test_usage_type_alone_names_its_product_and_leaves_open_what_several_have(tmp_path):
    wide = "Usage type,EUC1-BoxUsage:t3.large($),EU-TimedStorage-ByteHrs($),Total costs($)\n"
    wide += "Usage type total,7,2,9\n2026-10-01,7,2,9\n"
    estate = read_estate(write(tmp_path, "a.csv", wide)).set_index("offering_id")
    assert estate.loc["ec2-instance", ["cost", "counted_by", "assumed"]].tolist() == [7, "name", False]
    assert estate.loc["s3-general-purpose", ["cost", "assumed"]].tolist() == [2, True]


def test_cost_explorer_wide_long_and_api(tmp_path):
    wide = "Service,SQS($),Tax($),Total costs($)\nService total,1.5,0.1,1.6\n2026-01-01,1.5,0.1,1.6\n"
    estate = read_estate(write(tmp_path, "wide.csv", wide)).set_index("identifier")
    assert estate.loc["SQS", ["offering_id", "rows", "cost"]].tolist() == ["sqs", 1, 1.5]
    assert (estate["status"] == "not a service").sum() == 2
    long = "Start,End,Service,Cost\n2026-01-01,2026-02-01,Amazon SQS,2.5\n"
    assert read_estate(write(tmp_path, "long.csv", long)).loc[0, "cost"] == 2.5
    metrics = {"UnblendedCost": {"Amount": "4.5", "Unit": "USD"}}
    groups = [{"Keys": [ACCOUNT, "Amazon Simple Queue Service"], "Metrics": metrics}]
    answer = {
        "GroupDefinitions": [{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}, {"Key": "SERVICE"}],
        "ResultsByTime": [{"Groups": groups}, {"Groups": groups}],
    }
    estate = read_estate(write(tmp_path, "ce.json", answer))
    assert estate.loc[0, ["offering_id", "rows", "cost"]].tolist() == ["sqs", 2, 9.0]
    for grouping in ({"Key": "LINKED_ACCOUNT"}, {"Type": "TAG", "Key": "service"}):
        answer["GroupDefinitions"] = [grouping]
        with pytest.raises(EstateError, match="expected a grouping by SERVICE"):
            read_estate(write(tmp_path, "other.json", answer))
    (tmp_path / "a.csv").write_text('"Linked account","Dev (1)($)"\n"Linked account total","2"\n')
    with pytest.raises(EstateError, match="expected it grouped by Service"):
        read_estate(tmp_path / "a.csv")
    total = {"ResultsByTime": [{"Groups": [], "Total": metrics}]}
    with pytest.raises(EstateError, match="not grouped by service; expected a grouping by SERVICE"):
        read_estate(write(tmp_path, "total.json", total))


@pytest.mark.parametrize("cost", ["n/a", "1.5.2", ""])
def test_cost_that_is_no_number_loses_no_row(tmp_path, cost):
    text = f"service,amount\nAmazon SQS,{cost}\nAmazon SQS,2\n"
    estate = read_estate(write(tmp_path, "costs.csv", text))
    assert estate.loc[0, ["rows", "cost"]].tolist() == [2, 2.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('service,note\nAmazon SQS,"open\nAmazon SNS,x\n', "a quoted cell that does not end"),
    ],
)
def test_broken_rows_are_named_and_none_is_swallowed(tmp_path, text, message):
    good = "".join(f"Amazon SQS,row {number}\n" for number in range(30_000))
    header, _, rest = text.partition("\n")
    with pytest.raises(EstateError, match=rf"broken.csv, line \d+: {message}"):
        read_estate(write(tmp_path, "broken.csv", f"{header}\n{good}{rest}"))


def test_lines_of_a_bill_are_no_resources_to_weigh(tmp_path):
    bill = write(tmp_path, "bill.csv", "service,cost\n" + "Amazon SQS,1\n" * 700)
    state = write(
        tmp_path, "a.tfstate", state_4(("aws_dynamodb_table", {}), ("aws_dynamodb_table_item", {}))
    )
    weights = list_offerings_in_use(read_estate([bill, state])).set_index("offering_id")["weight"]
    assert weights.to_dict() == {"sqs": 1, "dynamodb": 1}


@pytest.mark.parametrize(
    ("usage", "parts"), [("PublicIPv4:InUseAddress", {"vpc"}), ("IPAddressManager-IP-Hours", set())]
)
def test_address_on_a_bill_is_a_part_of_a_vpc(usage, parts):
    line = {"lineItem/ProductCode": ["AmazonVPC"], "lineItem/UsageType": [f"EUC1-{usage}"]}
    line |= {"lineItem/ResourceId": ["eni-0a1b2c3d"], "lineItem/UnblendedCost": ["1.5"]}
    estate = read_estate(pd.DataFrame(line))
    assert list_parts(estate) == parts


def read_usage(*lines: tuple[str, str, str]) -> pd.DataFrame:
    columns = ["lineItem/ProductCode", "lineItem/UsageType", "lineItem/ResourceId"]
    return read_estate(pd.DataFrame(lines, columns=columns))


def test_instances_on_a_dedicated_host_are_no_hosts():
    guests = [("AmazonEC2", "HostBoxUsage:m5.large", f"i-0a1b2c3{number}") for number in range(3)]
    estate = read_usage(("AmazonEC2", "HostUsage:m5", "h-0a1b2c3d"), *guests)
    used = list_offerings_in_use(estate).set_index("offering_id")
    assert used["resources"].to_dict() == {"ec2-dedicated-host": 1} and estate["rows"].sum() == 4
    assert list_parts(read_usage(*guests)) == {"ec2-dedicated-host"}


def test_instance_on_a_dedicated_host_costs_nothing_of_its_own():
    line = {"lineItem/ProductCode": ["AmazonEC2"], "lineItem/UsageType": ["HostBoxUsage:m5.large"]}
    estate = read_estate(pd.DataFrame(line | {"lineItem/UnblendedCost": ["0"]}))
    assert estate["note"].tolist() == [""]


def test_pods_among_which_the_cost_of_machines_is_split_are_parts():
    pods = [f"arn:aws:eks:eu-west-1:000000000000:pod/prod/shop/pod-{n}/0a" for n in range(3)]
    estate = read_usage(*(("AmazonEKS", "EU-EKS-EC2-vCPU-Hours", pod) for pod in pods))
    assert list_parts(estate) == {"eks-managed-node-groups"}


CLUSTERS = [f"arn:aws:rds:eu-west-1:000000000000:cluster:cluster-{name}" for name in "AB"]


def list_counts(estate: pd.DataFrame) -> dict[tuple[str, bool], int]:
    columns = (estate[name].tolist() for name in ("offering_id", "assumed", "resources"))
    return {(offering, assumed): number for offering, assumed, number in zip(*columns, strict=True)}


def test_storage_of_a_cluster_is_that_of_the_offering_that_the_same_id_proves():
    capacity = ("AmazonRDS", "EU-Aurora:ServerlessV2Usage", CLUSTERS[0])
    storage = [("AmazonRDS", "EU-Aurora:StorageUsage", cluster) for cluster in CLUSTERS]
    backup = ("AmazonRDS", "EU-Aurora:BackupUsage", CLUSTERS[0])
    estate = read_usage(capacity, storage[0], backup)
    assert list_counts(estate) == {("aurora-serverless-v2", False): 1} and estate["rows"].sum() == 3
    estate = read_usage(capacity, *storage, backup)
    assert list_counts(estate) == {
        ("aurora-serverless-v2", False): 1, ("aurora-provisioned", True): 1
    }  # fmt: skip


def test_storage_of_clusters_of_two_offerings_is_counted_in_neither_twice():
    lines = [("AmazonRDS", "EU-Aurora:ServerlessV2Usage", CLUSTERS[0])]
    lines += [("AmazonRDS", "EU-Aurora:LimitlessUsage", CLUSTERS[1])]
    estate = read_usage(*lines, *(("AmazonRDS", "EU-Aurora:StorageUsage", one) for one in CLUSTERS))
    assert list_counts(estate) == {
        ("aurora-serverless-v2", False): 1, ("aurora-limitless", False): 1
    }  # fmt: skip


def test_cluster_that_may_run_things_in_several_ways_stays_open():
    cluster = "arn:aws:eks:eu-west-1:000000000000:cluster/prod"
    lines = [("AmazonEKS", f"EU-{usage}", cluster) for usage in ("AmazonEKS-Hours", "Hybrid-Node-vCPU")]
    assert ("eks-managed-node-groups", True) in list_counts(read_usage(*lines))


@pytest.mark.slow
@pytest.mark.parametrize(("product", "usage", "offering"), [
    ("AmazonRDS", "EU-Aurora:StorageUsage", "aurora-provisioned"),
    ("AmazonDocDB", "EU-StorageUsage", "documentdb-instance-based"),
])  # fmt: skip
def test_instances_of_a_cluster_on_a_bill_count_only_without_the_cluster(product, usage, offering):
    columns = [
        "lineItem/ProductCode",
        "lineItem/UsageType",
        "lineItem/Operation",
        "lineItem/ResourceId",
    ]
    instance = "arn:aws:rds:eu-west-1:000000000000:db:{}"
    run = "EU-InstanceUsage:db.r5.large", "CreateDBInstance:0021"
    rows = [(product, *run, instance.format(name)) for name in "xyz"]
    estate = read_estate(pd.DataFrame(rows, columns=columns))
    assert list_offerings_in_use(estate)["resources"].tolist() == [3]
    rows.append((product, usage, "", CLUSTERS[0]))
    used = list_offerings_in_use(read_estate(pd.DataFrame(rows, columns=columns)))
    assert used.set_index("offering_id")["resources"].to_dict() == {offering: 1}
