"""Rules for bills: the answers of a person, and lines of every kind of bill."""

from pathlib import Path

import pandas as pd
import pytest

from srm_data.estate import read_estate

BILLS = Path(__file__).parent / "bills"
ANSWERS = ["lines", "status", "offering_id", "open"]


def list_lines() -> list[tuple[str, dict[str, str], dict[str, str]]]:
    lines = []
    for path in sorted(BILLS.glob("*.csv")):
        more = {"ProviderName": "AWS"} if path.stem == "focus" else {}
        for row in pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records"):
            line = {str(name): str(text) for name, text in row.items() if name not in ANSWERS}
            lines.append((path.stem, line | more, {name: str(row[name]) for name in ANSWERS}))
    return lines


def judge(line: dict[str, str], answer: dict[str, str], tables: dict[str, pd.DataFrame]) -> str:
    """Return whether a line is certain and right, left open, or certain and wrong."""
    [found] = read_estate([line], tables=tables).to_dict("records")
    is_same = (found["status"], found["offering_id"]) == (answer["status"], answer["offering_id"])
    if found["assumed"]:
        return "open"
    return "right" if is_same and answer["open"] == "no" else f"wrong: {line}, {found['offering_id']}"


def measure(lines, tables) -> tuple[dict[str, float], list[str]]:
    counts: dict[str, dict[str, int]] = {}
    wrong = []
    for name, line, answer in lines:
        verdict = judge(line, answer, tables)
        wrong += [verdict] if verdict.startswith("wrong") else []
        of_bill = counts.setdefault(name, {"right": 0, "all": 0})
        of_bill["all"] += int(answer["lines"])
        of_bill["right"] += int(answer["lines"]) * (verdict == "right")
    return {name: count["right"] / count["all"] for name, count in counts.items()}, wrong


@pytest.mark.slow
@pytest.mark.no_cover
def test_nine_lines_of_ten_of_public_bills_are_certain_and_right_and_none_is_wrong(shipped):
    shares, wrong = measure(list_lines(), shipped)
    assert wrong == []
    assert min(shares.values()) >= 0.9, shares


CUR = ["lineItem/ProductCode", "lineItem/UsageType", "lineItem/Operation", "lineItem/ResourceId"]
EC2 = "arn:aws:ec2:eu-west-1:000000000000:"


@pytest.mark.slow
def test_line_of_a_bill_means_what_a_person_reads_in_it(shipped):
    lines = pd.read_csv(BILLS.with_name("bill_lines.csv"), dtype=str, keep_default_na=False)
    for *line, offering, is_open, another in lines.itertuples(index=False):
        row = dict(zip(CUR, line, strict=True))
        [found] = read_estate([row], tables=shipped).to_dict("records")
        assert (found["offering_id"], found["assumed"]) == (offering, is_open == "yes"), line
        assert found["status"] == ("recognised" if offering else "not a service"), line
        assert another in ["", *found["alternatives"].split("; ")], line


def test_service_with_nothing_but_data_transfer_is_in_use_beside_others_and_assumed(shipped):
    rows = [(name, "EU-DataTransfer-Out-Bytes", "", "") for name in ("AmazonApiGateway", "AmazonS3")]
    rows.append(("AmazonS3", "EU-Requests-Tier1", "PutObject", ""))
    estate = read_estate(pd.DataFrame(rows, columns=CUR), tables=shipped)
    used = estate[estate["status"] == "recognised"].set_index("offering_id")["assumed"].to_dict()
    assert used == {"api-gateway-rest": True, "s3-general-purpose": False}
    alone = read_estate(pd.DataFrame(rows[:1], columns=CUR), tables=shipped)
    assert alone["status"].tolist() == ["not a service"]


def focus(service: str, resource: str = "", **more: str) -> dict[str, str]:
    row = {"ServiceName": service, "ChargeCategory": "Usage", "ProviderName": "AWS"} | more
    return row | ({"ResourceId": f"arn:aws:{resource}"} if resource else {})


IN, EC2_NAME = "eu-west-1:000000000000", "Amazon Elastic Compute Cloud"
RESERVED = {"CommitmentDiscountId": "ri-1"}


@pytest.mark.parametrize(("row", "offering", "is_open"), [
    # a resource of a line without usage, which names a thing
    (focus("Amazon Relational Database Service", f"rds:{IN}:cluster:c-A"), "aurora-provisioned", True),
    (focus("Amazon Elastic Kubernetes Service", f"eks:{IN}:pod/prod/shop/pod/0a"), "eks-fargate", True),
    (focus("Amazon Elastic Container Service", f"ecs:{IN}:task/prod/0a"), "ecs-fargate", True),
    (focus("Amazon EKS", f"eks:{IN}:nodegroup/prod/a/b"), "eks-managed-node-groups", False),
    (focus("AWS Database Migration Service", f"dms:{IN}:rep:ABC"), "dms-replication-instance", False),
    (focus("Amazon SageMaker", f"sagemaker:{IN}:training-job/a"), "sagemaker-training-job", False),
    (focus("VPC"), "vpc", True),
    # what is bought, and what of it is used
    (focus(EC2_NAME, ChargeCategory="Purchase", **RESERVED), "", False),
    (focus("AWS Shield", ChargeCategory="Purchase", CommitmentDiscountId=""), "shield-advanced", True),
    (focus(EC2_NAME, CommitmentDiscountStatus="Unused", **RESERVED), "", False),
    (focus(EC2_NAME, CommitmentDiscountStatus="Used", **RESERVED), "ec2-instance", True),
    # a product of an estimate
    ({"Service": "Network Load Balancer", "Monthly": "1"}, "network-load-balancer", False),
    ({"Service": "Amazon RDS Custom for SQL Server", "Monthly": "1"}, "rds-custom-sqlserver", False),
    ({"Service": "AWS Fargate", "Monthly": "1"}, "ecs-fargate", True),
    ({"Service": "Elastic Load Balancing", "Monthly": "1"}, "application-load-balancer", True),
    ({"Service": "Amazon Aurora PostgreSQL-Compatible DB", "Monthly": "1"}, "aurora-provisioned", True),
])  # fmt: skip
def test_line_without_usage_is_what_its_words_say_and_else_open(shipped, row, offering, is_open):
    [found] = read_estate([row], tables=shipped).to_dict("records")
    assert (found["offering_id"], found["assumed"]) == (offering, is_open)


RI = "arn:aws:{}:eu-west-1:000000000000:{}"


def test_fee_that_names_a_reservation_is_no_resource_but_usage_is(shipped):
    names = ["lineItem/LineItemType", *CUR, "reservation/ReservationARN"]
    arn = RI.format("ec2", "reserved-instances/0a")
    rows = [
        ("Fee", "AmazonEC2", "", "", "", arn),
        ("Fee", "AWSShield", "Global-ShieldAdvanced-Monthly", "", "", ""),
        (
            "DiscountedUsage",
            "AmazonEC2",
            "BoxUsage:t3.micro",
            "RunInstances",
            "i-0123456789abcdef",
            arn,
        ),
    ]
    estate = read_estate(pd.DataFrame(rows, columns=names), tables=shipped).set_index("identifier")
    assert estate["offering_id"].to_dict() == {
        "Commitment fee": "", "AWSShield": "shield-advanced", "AmazonEC2": "ec2-instance"
    }  # fmt: skip
    assert "a fee for reserved capacity" in estate.loc["Commitment fee", "note"]


@pytest.mark.parametrize(
    "kind",
    [
        RI.format("ec2", "reserved-instances/0a"), RI.format("rds", "ri:ri-2026"),
        "AWS::EC2::CapacityReservation", "aws_elasticache_reserved_cache_node",
    ],
)  # fmt: skip
def test_reservation_in_an_inventory_is_no_resource(shipped, kind):
    [found] = read_estate([kind], tables=shipped).to_dict("records")
    assert found["status"] == "not a service" and "reserved" in found["note"]


def test_totals_and_fees_of_bills_are_no_service(shipped):
    rows = [
        ("LineItem", "Amazon Simple Queue Service", "Requests-Tier1", "1"),
        ("InvoiceTotal", "", "", "2"),
        ("Rounding", "", "", "0"),
    ]
    columns = ["RecordType", "ProductName", "UsageType", "UnblendedCost"]
    estate = read_estate(pd.DataFrame(rows, columns=columns), tables=shipped)
    assert sorted(estate["status"]) == ["not a service", "not a service", "recognised"]


def test_resource_that_is_written_as_null_is_no_resource(shipped):
    rows = [("AmazonS3", "Requests-Tier1", "PutObject", "NULL")] * 2
    [found] = read_estate(pd.DataFrame(rows, columns=CUR), tables=shipped).to_dict("records")
    assert (found["rows"], found["resources"], found["counted_by"]) == (2, 1, "name")


CLAUDE = "Claude 3 Sonnet (Amazon Bedrock Edition)"
SOLD = ["lineItem/ProductCode", "lineItem/UsageType", "bill/BillingEntity", "lineItem/UnblendedCost"]
BOUGHT = [
    ("b4vyt5cbi7zhn3iyq9bfg9q2s", "EUW1-MP:EUW1_InputTokenCount-Units", "AWS Marketplace", 100),
    ("8xvj3k2l1m0n8xvj3k2l1m0n8", "EUW1-SoftwareUsage:m5.large", "AWS Marketplace", 9),
    ("AmazonEC2", "EUW1-BoxUsage:m5.large", "AWS", 1),
]
NAMES = [CLAUDE, "Firewall of a vendor", "Amazon Elastic Compute Cloud"]


def read_bought(shipped, frame) -> dict[str, list[object]]:
    estate = read_estate(frame, tables=shipped)
    columns = (estate[name] for name in ("identifier", "status", "offering_id", "assumed"))
    return {name: rest for name, *rest in zip(*columns, strict=True)}


@pytest.mark.slow
@pytest.mark.parametrize("form", ["column", "json", "map"])
def test_model_of_bedrock_in_a_report_is_known_by_the_name_of_its_product(shipped, tmp_path, form):
    frame = pd.DataFrame(BOUGHT, columns=SOLD)
    if form == "column":
        found = read_bought(shipped, frame.assign(**{"product/ProductName": NAMES}))
    elif form == "json":
        cells = [f'{{"region": "eu-west-1", "product_name": "{name}"}}' for name in NAMES]
        path = tmp_path / "cur.csv"
        frame.assign(product=cells).to_csv(path, index=False)
        found = read_bought(shipped, path)
    else:
        import duckdb

        made = "* EXCLUDE name, MAP {'region': 'eu-west-1', 'product_name': name} AS product"
        bill = duckdb.from_df(frame.assign(name=NAMES)).project(made)
        bill.write_parquet(str(tmp_path / "cur.parquet"))
        found = read_bought(shipped, tmp_path / "cur.parquet")
    assert found == {
        CLAUDE: ["recognised", "bedrock", False],
        "Firewall of a vendor": ["not a service", "", False],
        "AmazonEC2": ["recognised", "ec2-instance", False],
    }


def test_model_of_bedrock_is_assumed_by_its_tokens_if_its_product_has_no_name(shipped):
    found = read_bought(shipped, pd.DataFrame(BOUGHT, columns=SOLD))
    assert found[BOUGHT[0][0]] == ["recognised", "bedrock", True]
    assert found[BOUGHT[1][0]] == ["not a service", "", False]


def test_service_without_rules_is_assumed_with_all_its_offerings(shipped):
    offerings, rules = shipped["offerings"], set(shipped["bill_rules"]["service_id"])
    of_service = offerings.groupby("service_id")["offering_id"].agg(set)
    services = shipped["services"].set_index("service_id")["service"]
    open_ones = [name for name, ids in of_service.items() if len(ids) > 1 and name not in rules]
    rows = [{"service": services[name], "usage type": "EU-Hours", "cost": "1"} for name in open_ones]
    estate = read_estate(rows, tables=shipped)
    estate = estate[estate["service_id"].isin(open_ones)]
    assert estate["assumed"].all() and len(estate) > 20
    for row in estate.to_dict("records"):
        listed = {row["offering_id"], *row["alternatives"].split("; ")}
        assert listed == of_service[row["service_id"]]


def test_no_service_of_two_public_cost_explorer_answers_is_certain_and_wrong(shipped):
    answers = pd.read_csv(BILLS / "by_service" / "cost_explorer.csv", dtype=str, keep_default_na=False)
    answers = answers.drop_duplicates("service").set_index("service").to_dict("index")
    estate = read_estate([{"service": name, "cost": "1"} for name in answers], tables=shipped)
    certain = estate[~estate["assumed"]].set_index("identifier")
    assert set(certain["status"]) == {"recognised", "not a service"} and len(certain) > 15
    for name, row in certain.iterrows():
        answer = answers[name]
        assert (row["status"], row["offering_id"], "no") == (
            answer["status"], answer["offering_id"], answer["open"]
        ), name  # fmt: skip
