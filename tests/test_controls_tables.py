"""The tables of controls: equal to their sources, mapped in full, and a user's own checked alike."""

import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest

from srm_data.controls.frameworks import list_control_duties, list_organisation_controls
from srm_data.controls.ids import find_control_part, format_control_id
from srm_data.controls.tables import (
    check_controls,
    load_controls,
    read_control_schemas,
    shipped_controls,
)
from srm_data.exceptions import TableError
from srm_data.load import load_tables
from srm_data.workbook.book import SHEETS


@pytest.fixture(scope="module")
def controls():
    return load_controls()


@pytest.fixture
def copied(tmp_path):
    return Path(shutil.copytree(str(shipped_controls()), tmp_path / "tables"))


def digest(rows: list[tuple[str, ...]]) -> str:
    return hashlib.sha256("\n".join("\t".join(row) for row in rows).encode()).hexdigest()


def of(controls: dict[str, pd.DataFrame], framework_id: str) -> pd.DataFrame:
    rows = controls["controls"]
    return rows[rows["framework_id"] == framework_id]


def test_counts_are_those_of_nist(controls):
    nist = of(controls, "nist-800-53")
    active = nist[nist["status"] == "active"]
    held = {
        name: int(active["baselines"].str.split("; ").map(lambda names, name=name: name in names).sum())
        for name in ("low", "moderate", "high")
    }
    assert (len(active), len(nist) - len(active)) == (1014, 182)
    assert held == {"low": 149, "moderate": 287, "high": 370}
    assert len(of(controls, "nist-csf")) == 106


def test_baselines_and_parts_are_those_of_fedramp(controls):
    rows = controls["fedramp_controls"]
    parts = rows["parts"].str.split("; ").map(len)
    counts = {
        name: (int(is_in.sum()), int(parts[is_in].sum()))
        for name in ("fedramp-low", "fedramp-moderate", "fedramp-high")
        for is_in in [rows["baselines"].str.split("; ").map(lambda names, name=name: name in names)]
    }
    assert counts == {
        "fedramp-low": (156, 424), "fedramp-moderate": (323, 688), "fedramp-high": (410, 791),
    }  # fmt: skip


def test_ids_titles_and_status_are_those_of_the_source(controls):
    """The checksums were made of NIST's and FedRAMP's own labels and titles, not of these tables."""
    nist = of(controls, "nist-800-53")[["control_id", "title", "status"]]
    assert digest(list(nist.itertuples(index=False))) == (
        "89ab6ee2fde4f964996f4a3a74a469fd935a7e56b9276eafa0ca88a488f90e38"
    )
    outcomes = of(controls, "nist-csf")[["control_id", "title"]]
    assert digest(sorted(outcomes.itertuples(index=False))) == (
        "01fe844f17ce914196d7ef29ed41f9e555eaeea93b09a2d0bb4d0ec403f1d265"
    )
    indicators = of(controls, "fedramp-ksi")[["control_id", "title"]]
    assert digest(sorted(indicators.itertuples(index=False))) == (
        "84aa73ecff0ff8eb9d8e43f0ea1441ff062435291c6def24868647dc0cd0185a"
    )


def test_withdrawn_controls_say_what_took_their_place(controls):
    nist = of(controls, "nist-800-53")
    withdrawn = nist[nist["status"] == "withdrawn"]
    alone = withdrawn.loc[withdrawn["successors"] == "", "control_id"]
    assert alone.tolist() == ["CP-10(3)", "SC-19"]  # NIST names none
    assert (withdrawn["baselines"] == "").all()


def test_restricted_frameworks_have_no_column_for_text(controls):
    fields = [field["name"] for field in read_control_schemas()["control_ids"]["fields"]]
    assert fields == ["framework_id", "control_id", "position"]
    assert controls["control_ids"].columns.tolist() == fields
    frameworks = controls["frameworks"].set_index("framework_id")["titles"]
    restricted = set(frameworks.index[frameworks == "no"])
    assert restricted == {"bsi-c5", "csa-ccm", "grundschutz", "iso-27001", "iso-27017"}
    assert set(controls["control_ids"]["framework_id"]) == restricted
    assert restricted.isdisjoint(controls["controls"]["framework_id"])
    assert (
        controls["control_ids"]["control_id"]
        .str.fullmatch(r"[A-Z&]+[-.][\d.]+[A-Z]?|CLD\.[\d.]+|A\.[\d.]+")
        .all()
    )


@pytest.mark.parametrize("framework_id", ["nist-800-53", "nist-csf", "fedramp-ksi"])
def test_every_active_control_rests_on_duties_or_is_the_organisations(controls, framework_id):
    rows = of(controls, framework_id)
    active = set(rows.loc[rows["status"] == "active", "control_id"])
    carried = set(list_control_duties(framework_id, controls=controls)["control_id"])
    own = set(list_organisation_controls(framework_id, controls=controls)["control_id"])
    assert carried | own == active
    assert not carried & own


def test_every_mapping_has_a_sentence_for_its_reason(controls):
    reasons = pd.concat([controls["control_duties"], controls["organisation_controls"]])
    assert reasons["reason"].str.fullmatch(r"[A-Z].{15,}\.").all()


def test_every_duty_has_an_origination(controls, shipped):
    assert set(controls["duty_originations"]["duty_id"]) == set(shipped["duties"]["duty_id"])


def test_clause_names_a_sheet_if_one_answers_it_and_words_only_if_its_text_was_read(controls):
    """Fault 5 of the audit of governance: four clauses named a sheet that does not answer them."""
    clauses = controls["clauses"].set_index("clause_id")
    is_answered = clauses["answer"].isin(["answered", "in part"])
    assert (clauses["sheet"].ne("") == is_answered).all()
    assert set(clauses["sheet"]) - {""} <= {"Summary", "Review here", *SHEETS}
    is_read = clauses["answer"].ne("not read")
    for column in ("asks", "how", "read_from"):
        assert (clauses[column].ne("") == is_read).all()
    unanswered = ["dora-rts-settings", "ens-op-nub-1", "grundschutz-bes-1-7"]
    assert set(clauses.loc[unanswered, "answer"]) == {"not"}
    assert clauses.loc["grundschutz-bes-1-5", ["answer", "sheet"]].tolist() == ["in part", "Services"]


def test_every_duty_of_ai_helps_with_nist_and_iso_and_no_mapping_of_controls_names_one(controls):
    duties = load_tables(duty_sets=("ai",))["duties"]["duty_id"]
    references = controls["ai_references"]
    for standard in ("NIST AI RMF 1.0", "ISO/IEC 42001:2023 Annex A"):
        assert set(references.loc[references["framework"] == standard, "duty_id"]) == set(duties)
    assert references["helps"].str.fullmatch(r"[A-Z].{20,}\.").all()
    assert not controls["control_duties"]["duty_id"].isin(duties).any()


def test_shipped_tables_of_controls_have_no_fault():
    check_controls()


@pytest.mark.slow  # frictionless takes seconds to import
def test_contract_of_the_tables_is_a_valid_data_package():
    from frictionless import Package

    report = Package(str(shipped_controls() / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "message"])[:3]


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("control_duties", "physical-security,direct", "physical-securty,direct", "physical-security)"),
        ("control_duties", ",direct,", ",mostly,", "one of: direct | supports"),
        ("organisation_controls", "nist-800-53,AC-1,", "nist-800-53,AC-999,", "nearest: AC-"),
        ("organisation_controls", ",policy,", ",polcy,", "nearest: policy"),
        ("controls", ",AC-2,moderate", ",AC-99,moderate", "in controls.csv"),
        ("duty_originations", "backup,", "backups,", "nearest: backup"),
        ("ai_references", "prompt-security", "promt-security", "nearest: prompt-security"),
        ("control_links", "nist-800-53,AC-3\n", "nist-800-53,AC-99\n", "in controls.csv"),
        ("controls", ",active,", ",actve,", "one of: active | withdrawn"),
    ],
)  # fmt: skip
def test_planted_fault_is_told_with_file_and_line(copied, table, old, new, said):
    path = copied / f"{table}.csv"
    text = path.read_text()
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(TableError) as caught:
        check_controls(copied)
    assert any(
        fault.file == path.name and fault.line == line and said in fault.expected
        for fault in caught.value.faults
    ), str(caught.value)


def test_control_that_nobody_addresses_and_one_that_two_tables_address_are_faults(copied):
    own = copied / "organisation_controls.csv"
    lines = own.read_text().splitlines()
    place = next(n for n, line in enumerate(lines) if ",AC-1," in line)
    lines[place] = "nist-800-53,AC-2,policy,It is not."
    own.write_text("\n".join(lines) + "\n")
    with pytest.raises(TableError) as caught:
        check_controls(copied)
    found = {(fault.file, fault.value, fault.expected) for fault in caught.value.faults}
    assert any(file == "controls.csv" and value == "AC-1" for file, value, _ in found)
    assert any(value == "AC-2" and "in one table only" in said for _, value, said in found)


@pytest.mark.parametrize(("text", "control_id", "part"), [
    ("AC-2(1)", "AC-2(1)", ""),
    ("ac-2.1", "AC-2(1)", ""),
    ("AC-02 (01)", "AC-2(1)", ""),
    ("AC-2(3)(a)", "AC-2(3)", "a"),
    ("AC-02 (07) (a)", "AC-2(7)", "a"),
    ("AC-1 (b)", "AC-1", "b"),
    ("AC-1a.1", "AC-1", "a.1"),
    (" sc-7b. ", "SC-7", "b"),
    ("pr.aa-1", "PR.AA-01", ""),
    ("OIS-03.01B", "OIS-03.01B", ""),
    ("AC\N{EN DASH}2 (1)", "AC-2(1)", ""),
    ("ac\N{NON-BREAKING HYPHEN}1a.1", "AC-1", "a.1"),
    ("PR.AA\N{EN DASH}1", "PR.AA-01", ""),
    ("A&A-02", "A&A-02", ""),
    ("AC-100", "AC-100", ""),
])  # fmt: skip
def test_ids_in_any_usual_spelling_are_understood(text, control_id, part):
    assert format_control_id(text) == control_id
    assert find_control_part(text) == part
    assert format_control_id(control_id) == control_id


def test_every_shipped_id_is_printed_as_it_is_stored(controls):
    ids = controls["controls"]["control_id"]
    assert (ids.map(format_control_id) == ids).all()
    oscal = ids.str.lower().str.replace(r"\((\d+)\)", r".\1", regex=True)
    nist = controls["controls"]["framework_id"] == "nist-800-53"
    assert (oscal[nist].map(format_control_id) == ids[nist]).all()
