"""Owners: rules of an organisation, the last that fits holds, and wrong ids are named."""

import io

import pandas as pd
import pytest

from srm_data.estate import in_use, list_customer_duties, read_estate
from srm_data.exceptions import FrameError, TableError
from srm_data.organisation.decisions import apply_decisions, make_decisions
from srm_data.organisation.owners import assign_owners, read_owners
from srm_data.page.content import build_content
from srm_data.page.write import make_page

HEADER = "service_id,offering_id,layer_id,duty_id,owner\n"


@pytest.fixture
def owned(tables, small_model):
    """Assign the cells of the small model by rules, and give its owners by cell."""

    def assign(*rules: str) -> pd.Series:
        owners = pd.DataFrame([rule.split(",") for rule in rules], columns=HEADER.strip().split(","))
        owned = assign_owners(small_model, owners, tables=tables)
        return owned.set_index(["offering_id", "duty_id"])["owner"]

    return assign


def test_last_rule_that_fits_holds(owned):
    owners = owned(",,,,Everybody", ",,data,,Data team", "paint,,,,Painters", ",,,backup,Keepers")
    assert owners["run-far", "backup"] == "Keepers"
    assert owners["run-home", "patching"] == "Data team"
    assert owners["run-home", "hardware"] == "Everybody"


def test_what_no_rule_fits_is_nobodys_yet(owned):
    owners = owned("paint,,,,Painters")
    assert owners["run-home", "backup"] == "nobody yet"


def test_owner_is_told_of_what_is_the_customers_after_decisions(shipped, shipped_model):
    owners = pd.DataFrame([["", "", "", "", "Zebra team"]], columns=HEADER.strip().split(","))
    model = shipped_model
    model = assign_owners(model[model["offering_id"] == "sqs"], owners, tables=shipped)
    row = {"offering_id": "sqs", "reason": "Why", "decided_by": "Ada", "decided_on": "2026-11-02"}
    decisions = make_decisions(
        [
            row | {"duty_id": "backup", "expected": "Customer", "decision": "AWS"},
            row | {"duty_id": "physical-security", "expected": "AWS", "decision": "Customer"},
        ]
    )
    data = build_content(apply_decisions(model, decisions), shipped, estate=None, is_internal=True)[
        "data"
    ]
    owner_of = {
        data["duties"][cell[0]][0]: data["owners"][cell[4] if len(cell) > 4 else 0]
        for cell in data["cells"][0]
    }
    assert (owner_of["backup"], owner_of["physical-security"]) == ("", "Zebra team")


@pytest.mark.slow
def test_unknown_ids_are_named_with_line_and_nearest(tmp_path):
    path = tmp_path / "owners.csv"
    path.write_text(HEADER + ",,,,Cloud\nrdss,,,,Databases\n,,,backups,Keepers\n")
    with pytest.raises(TableError) as error:
        read_owners(path)
    assert (
        "owners.csv, line 3, column service_id: 'rdss', expected a service_id of services (nearest: rds"
        in (str(error.value))
    )
    assert "line 4, column duty_id: 'backups', expected a duty_id of duties (nearest: backup" in str(
        error.value
    )


def test_rule_without_an_owner_is_refused(tmp_path):
    path = tmp_path / "owners.csv"
    path.write_text(HEADER + "rds,,,,\n")
    with pytest.raises(TableError, match="line 2, column owner"):
        read_owners(path)


@pytest.mark.slow
def test_owner_in_two_spellings_is_refused_with_both_places(owned, tmp_path):
    path = tmp_path / "owners.csv"
    path.write_text(HEADER + ",,,,SOC\n,,data,,Key team\n,,,backup,soc\n")
    with pytest.raises(TableError) as error:
        read_owners(path)
    (fault,) = str(error.value).splitlines()[1:]
    assert fault == "owners.csv, line 4, column owner: 'soc', expected 'SOC', as in line 2"
    with pytest.raises(FrameError, match="row 1, owner: expected 'SOC', as in row 0; got 'SoC'"):
        owned(",,,,SOC", ",,,backup,SoC")


def test_owner_stands_in_the_list_of_duties_and_on_the_page_but_not_for_others(
    shipped, tmp_path, shipped_model
):
    path = tmp_path / "owners.csv"
    path.write_text(HEADER + ",,,,Zebra team\n")
    estate = read_estate(["Amazon SQS"])
    used = assign_owners(in_use(shipped_model, estate), read_owners(path))
    assert set(list_customer_duties(used)["owner"]) == {"Zebra team"}
    assert "Zebra team" in make_page(used, tables=shipped)
    assert "Zebra team" not in make_page(used, tables=shipped, audience="publishable")


def test_rules_that_pandas_read_hold_as_those_of_read_owners(tables, small_model):
    rules = pd.read_csv(io.StringIO(f"{HEADER},,,,Cloud team\n,,data,,Data team\n"))
    owners = assign_owners(small_model, rules, tables=tables)["owner"]
    assert set(owners) == {"Cloud team", "Data team"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("paintt,,,,A", r"row 1, service_id: expected a service_id of services \(nearest: paint"),
        (" paint ,,,,A", "row 1, service_id: expected a service_id"),
        (",,,backups,A", r"row 1, duty_id: .* \(nearest: backup"),
        (
            "paint,run-far,,,A",
            "row 1, service_id: expected '.*', or blank, as the offering_id is 'run-far'",
        ),
        (",,data,hardware,A", "row 1, layer_id: expected '.*', or blank, as the duty_id is 'hardware'"),
        ("run,,,,", "row 1, owner: expected the name of an owner; got a blank one"),
        ("run,,,, ", "row 1, owner: expected the name of an owner; got a blank one"),
    ],
)
def test_rule_in_a_frame_that_cannot_hold_is_refused_as_in_a_file(owned, rule, expected):
    with pytest.raises(FrameError, match=expected):
        owned(",,,,Everybody", rule)


def test_ids_that_never_occur_together_are_refused_with_their_line(tmp_path):
    path = tmp_path / "owners.csv"
    path.write_text(HEADER + "rds,sqs,,,Team\n")
    with pytest.raises(
        TableError, match="line 2, column service_id: 'rds', expected 'sqs', or blank, as"
    ):
        read_owners(path)
