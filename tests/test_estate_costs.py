"""Costs are read as people and programs write them; bills are read as they are delivered."""

import gzip
import json
import zipfile

import pandas as pd
import pytest
from openpyxl import Workbook

from srm_data.estate import read_estate
from srm_data.exceptions import EstateError, SkippedFileWarning

CUR = "lineItem/ProductCode,lineItem/UsageType,lineItem/ResourceId,lineItem/UnblendedCost"
ONE = f"{CUR}\nAWSQueueService,Requests-Tier1,arn:aws:sqs:eu-west-1:111111111111:a,1.5\n"
TWO = f"{CUR}\nAWSQueueService,Requests-Tier1,arn:aws:sqs:eu-west-1:111111111111:a,2\n"


HEADERS = ["amount", "Cost ($)", "Total cost (EUR)", "Unblended Cost", "Betrag"]
FURTHER = [
    "Cost per month (EUR)", "Cost per month", "Kosten / Monat", "Monatliche Kosten (CHF)", "Cost/mo",
    "Co\u00fbt mensuel", "Coste mensual (\u20ac)", "Estimated monthly cost [USD]", "Cost per year",
]  # fmt: skip
AMOUNTS = [
    (["$1.50", "2"], 3.5),
    (['"1,200.50"', "2"], 1202.5),
    (['"1.200,50 €"', '"2,5"'], 1203.0),
    (['"1 200,50"', "2"], 1202.5),
    (["(3.00)", "5"], 2.0),
    (["-1.5", "2e-06"], -1.499998),
    (["1.5.2", "2"], 2.0),
    (['"EUR 7,25"', '"0,75-"'], 6.5),
]


# Every fourth case has each format once, and each header.
@pytest.mark.parametrize(
    ("header", "amounts", "total"),
    [(header, *amounts) for header in HEADERS for amounts in AMOUNTS],
)
@pytest.mark.slow
def test_cost_is_read_in_any_format(tmp_path, header, amounts, total):
    lines = [f"service,{header}", *(f"Amazon SQS,{amount}" for amount in amounts)]
    path = tmp_path / "costs.csv"
    path.write_text("\n".join(lines))
    [found] = read_estate(path).to_dict("records")
    assert (found["rows"], found["cost"]) == (2, pytest.approx(total))


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        (["1,234"], 1234.0), (["1.234"], 1234.0), (["1.234", "12.345"], 13579.0),
        (["1.234", "0.5"], 1.734), (["1,234", "5,25"], 6.484), (["0.234"], 0.234), ([1.234], 1.234),
        (["1.234,56", "2.50"], 1237.06), (["1,234.56", "12,5", "5,5"], 1252.56),
    ],
)  # fmt: skip
def test_sign_before_three_digits_is_of_thousands_unless_another_cell_is_decimal(amounts, total):
    rows = [{"service": "SQS", "cost": amount} for amount in amounts]
    assert read_estate(pd.DataFrame(rows))["cost"].sum() == pytest.approx(total)


@pytest.mark.slow
def test_number_of_a_sheet_or_of_json_has_a_decimal_dot(tmp_path):
    book = Workbook()
    for row in (["service", "cost"], ["SQS", 1.234]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.json").write_text('[{"service": "SQS", "cost": 1.234}]')
    assert [read_estate(tmp_path / name)["cost"].sum() for name in ("a.xlsx", "a.json")] == [1.234] * 2


@pytest.mark.slow
@pytest.mark.parametrize("header", FURTHER)
def test_cost_is_read_whatever_its_currency_and_period(header):
    assert read_estate(pd.DataFrame({"service": ["SQS"], header: ["7,25"]}))["cost"].tolist() == [7.25]


@pytest.mark.parametrize(
    ("cells", "header", "cost"),
    [(["12", "3"], "Total", None), (["12.5", "3"], "Total", 15.5), (["12", "3"], "Total (EUR)", 15)],
)
def test_total_is_a_cost_only_if_its_header_or_its_cells_are_of_money(tmp_path, cells, header, cost):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([f"service,{header}", f"SQS,{cells[0]}", f"SNS,{cells[1]}"]))
    estate = read_estate(path)
    is_named = ["not read as a cost" in remark for remark in estate.attrs["not_read"]]
    is_read = estate["cost"].sum(min_count=1) == cost
    assert (is_read, is_named) == (cost is not None, [True] * (not cost))


@pytest.mark.parametrize("total", ["Summe,52", "Total:,52", ",52", "Grand total,52", "合计,52"])
def test_total_of_a_table_is_no_second_cost(tmp_path, total):
    (tmp_path / "a.csv").write_text(f"Dienst,Kosten\nAmazon S3,12\nAmazon SQS,40\n{total}\n")
    assert read_estate(tmp_path / "a.csv")["cost"].sum() == 52


def test_column_of_money_that_is_not_read_is_named(tmp_path):
    path = tmp_path / "costs.csv"
    path.write_text("service,Forecast spend per seat,Cost center\nAmazon SQS,1,2\n")
    with pytest.warns(SkippedFileWarning, match="not read as a cost: Forecast spend per seat"):
        estate = read_estate(path)
    assert estate["cost"].isna().all()


@pytest.mark.slow
def test_zipped_bill_is_read_and_a_resource_of_two_files_is_one(tmp_path):
    path = tmp_path / "bill.csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", ONE)
        archive.writestr("b.csv.gz", gzip.compress(TWO.encode()))
    [found] = read_estate(path).to_dict("records")
    assert [found[name] for name in ("offering_id", "rows", "resources", "cost")] == ["sqs", 2, 1, 3.5]
    assert found["place"].startswith("bill.csv.zip, file 1")


def test_manifest_leads_to_its_parts_and_a_missing_part_is_named(tmp_path):
    folder = tmp_path / "reports" / "20260101"
    folder.mkdir(parents=True)
    (folder / "a-1.csv").write_text(ONE)
    manifest = tmp_path / "reports" / "a-Manifest.json"
    manifest.write_text(json.dumps({"reportKeys": ["p/reports/20260101/a-1.csv"]}))
    [found] = read_estate(manifest).to_dict("records")
    assert (found["offering_id"], found["rows"]) == ("sqs", 1)
    manifest.write_text(json.dumps({"reportKeys": ["20260101/a-1.csv", "20260101/a-2.csv"]}))
    with pytest.raises(EstateError, match="part 2 of 2"):
        read_estate(manifest)


def test_manifest_beside_all_its_parts_leaves_nothing_out(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a-1.csv").write_text(ONE)
    manifest = tmp_path / "a-Manifest.json"
    for keys in ({"reportKeys": ["p/data/a-1.csv"]}, {"dataFiles": ["s3://bucket/p/data/a-1.csv"]}):
        manifest.write_text(json.dumps(keys))
        estate = read_estate(tmp_path, strict=True)
        assert (estate.attrs["not_read"], estate["rows"].sum()) == ([], 1)


@pytest.mark.slow
def test_part_that_is_named_beside_its_manifest_is_read_once(tmp_path):
    part, manifest = tmp_path / "a-1.csv", tmp_path / "a-Manifest.json"
    part.write_text(ONE)
    manifest.write_text(json.dumps({"reportKeys": ["p/a-1.csv"]}))
    for names in ([manifest, part], [part, manifest], [tmp_path / "*"]):
        [found] = read_estate(names).to_dict("records")
        assert (found["rows"], found["place"].partition(",")[0]) == (1, "a-1.csv")


@pytest.mark.parametrize(
    "text",
    [json.dumps({"reportKeys": ["a-1.csv", "a-2.csv"]}), "{}", "[", '{"reportKeys": []}'],
)
def test_manifest_without_all_its_parts_is_listed_as_not_read(tmp_path, text):
    (tmp_path / "a-1.csv").write_text(ONE)
    (tmp_path / "a-Manifest.json").write_text(text)
    with pytest.raises(EstateError, match=r"not read: a-Manifest.json"):
        read_estate(tmp_path, strict=True)


def test_estimates_of_the_pricing_calculator_are_read_in_json_and_csv(tmp_path):
    services = [{"Service Name": "Amazon SQS ", "Service Cost": {"monthly": "40.24"}}]
    document = {"Name": "Ours", "Groups": {"Services": services, "Web": {"Services": services}}}
    (tmp_path / "ours.json").write_text(json.dumps(document))
    [found] = read_estate(tmp_path / "ours.json").to_dict("records")
    assert (found["offering_id"], found["rows"], found["cost"]) == ("sqs", 2, 80.48)

    text = (
        "Estimate summary\n"
        "Upfront cost,Monthly cost,Total 12 months cost,Currency\n0,158.79,19,USD\n"
        ",,* Includes upfront cost\n\n\nDetailed Estimate\n"
        "Group hierarchy,Region,Description,Service,Upfront,Monthly,First 12 months total,Currency\n"
        "Ours,EU,x,Network Address Translation (NAT) Gateway,0,32.89,394.68,USD\n\n\nAcknowledgement\n"
        '"* AWS Pricing Calculator provides only an estimate"\n'
    )
    (tmp_path / "ours.csv").write_text(text)
    with pytest.warns(SkippedFileWarning):
        estate = read_estate(tmp_path / "ours.csv")
    gateway = estate.set_index("identifier").loc["Network Address Translation (NAT) Gateway"]
    assert (gateway["offering_id"], gateway["cost"]) == ("nat-gateway", 32.89)


def test_second_grouping_of_cost_explorer_says_the_offering(tmp_path):
    groups = [
        {
            "Keys": ["EC2 - Other", "EUC1-NatGateway-Hours"],
            "Metrics": {"UnblendedCost": {"Amount": "3"}},
        }
    ]
    definitions = [{"Type": "DIMENSION", "Key": kind} for kind in ("SERVICE", "USAGE_TYPE")]
    document = {"GroupDefinitions": definitions, "ResultsByTime": [{"Groups": groups}]}
    (tmp_path / "ce.json").write_text(json.dumps(document))
    [found] = read_estate(tmp_path / "ce.json").to_dict("records")
    assert (found["offering_id"], found["assumed"]) == ("nat-gateway", False)
    (tmp_path / "ce.csv").write_text("Service,Usage type,Cost\nEC2-Other,EU-EBS:VolumeUsage.gp3,2\n")
    [found] = read_estate(tmp_path / "ce.csv").to_dict("records")
    assert (found["offering_id"], found["assumed"]) == ("ebs-volume", False)


FOCUS = "ServiceName,ChargeCategory,ProviderName,BilledCost,EffectiveCost"


@pytest.mark.parametrize(
    ("billed", "effective", "note"), [("2", "0", ""), ("0", "3", ""), ("0", "0", "costs nothing here")]
)
def test_cost_of_focus_is_what_was_billed_and_nothing_is_free_that_has_another_cost(
    tmp_path, billed, effective, note
):
    path = tmp_path / "focus.csv"
    path.write_text(f"{FOCUS}\nAmazon SQS,Usage,AWS,{billed},{effective}\n")
    [found] = read_estate(path).to_dict("records")
    assert found["cost"] == float(billed)
    assert found["note"].startswith(note) and bool(found["note"]) == bool(note)


def test_usage_that_a_savings_plan_covers_is_not_free(tmp_path):
    path = tmp_path / "cur.csv"
    covered = "savingsPlan/SavingsPlanEffectiveCost"
    path.write_text(f"{CUR},{covered}\nAWSQueueService,Requests-Tier1,,0,0.7\n")
    [found] = read_estate(path).to_dict("records")
    assert (found["cost"], found["note"]) == (0.0, "")


def test_charge_and_refund_of_one_service_are_not_free(tmp_path):
    path = tmp_path / "costs.csv"
    path.write_text("service,cost\nAmazon SQS,2\nAmazon SQS,-2\n")
    [found] = read_estate(path).to_dict("records")
    assert (found["cost"], found["note"]) == (0.0, "")


@pytest.mark.slow
def test_bill_with_more_ids_than_can_be_kept_is_counted_at_most(tmp_path, monkeypatch):
    queue = "arn:aws:sqs:eu-west-1:111111111111:a"
    path = tmp_path / "cur.csv"
    path.write_text(f"{CUR}\n" + "".join(f"AWSQueueService,{kind},{queue},1\n" for kind in "ab"))
    [exact] = read_estate(path).to_dict("records")
    monkeypatch.setattr("srm_data.estate.counting.MOST_IDS", 1)
    [bound] = read_estate(path).to_dict("records")
    assert (exact["resources"], exact["counted_by"]) == (1, "id")
    assert (bound["resources"], bound["counted_by"]) == (2, "at most")


def test_missing_cost_is_not_said_to_be_nothing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("service,cost\nAmazon SQS,1\nAmazon SNS,\nAWS KMS,0\n")
    notes = read_estate(path).set_index("identifier")["note"]
    assert notes["Amazon SNS"] == "" and notes["AWS KMS"].startswith("costs nothing")


def test_files_of_an_archive_that_are_no_tables_are_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("services.csv", "service\nAmazon SQS\n")
        archive.writestr("state.tfstate", "{}")
        archive.writestr("__MACOSX/._services.csv", "")
    with pytest.warns(
        SkippedFileWarning, match="not read: 1 file of other kinds than tables: state.tfstate$"
    ):
        assert read_estate(tmp_path / "a.zip")["identifier"].tolist() == ["Amazon SQS"]
    with pytest.raises(EstateError, match="not read completely"):
        read_estate(tmp_path / "a.zip", strict=True)


@pytest.mark.parametrize(
    "header",
    [("Q1", "Q2", "Q3"), ("Kosten Jan", "Kosten Feb", "Kosten Mar"), ("Oct 2026", "Nov 2026", "Q1 27")],
)
def test_costs_of_several_periods_are_added_up_unless_a_column_has_their_sum(header):
    table = pd.DataFrame([["Amazon SQS", "1,5", "2", ""]], columns=["Service", *header])
    with pytest.warns(SkippedFileWarning, match="read as the cost by its cells"):
        assert read_estate(table).loc[0, "cost"] == 3.5
    assert read_estate(table.assign(**{"Total FY26": ["4,5"]})).loc[0, "cost"] == 4.5
