"""A framework that a user adds: five controls in CSV, and what is wrong with them."""

import matplotlib.pyplot as plt
import pytest

import srm_data
from srm_data.controls.tables import load_controls
from srm_data.exceptions import TableError
from srm_data.xlsx.reader import read_sheets

FRAMEWORKS = "framework_id,framework\nhouse-rules,House rules\n"
CONTROLS = """\
framework_id,control_id,title
house-rules,H-1,Doors
house-rules,H-2,Backups
house-rules,H-3,Accounts
house-rules,H-4,Staff
house-rules,H-5,Accounts of the government
"""
DUTIES = """\
framework_id,control_id,duty_id,strength,reason
house-rules,H-1,physical-security,direct,Doors of data centres.
house-rules,h-2,backup,direct,Copies.
house-rules,H-3,identity-access,direct,Rights.
"""
OWN = "framework_id,control_id,kind,reason\nhouse-rules,H-4,people,People.\n"
LINKS = """\
framework_id,control_id,to_framework_id,to_control_id
house-rules,H-5,nist-800-53,ac-02 (01)
"""


@pytest.fixture
def house(tmp_path):
    texts = {
        "frameworks": FRAMEWORKS, "controls": CONTROLS, "control_duties": DUTIES,
        "organisation_controls": OWN, "control_links": LINKS,
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


@pytest.fixture(scope="module")
def queues(shipped, shipped_model):
    return srm_data.choose_offerings(shipped_model, "Amazon SQS", tables=shipped)


@pytest.mark.slow
def test_own_framework_gives_matrix_sheet_and_chart(house, queues, tmp_path):
    controls = load_controls(house)
    matrix = srm_data.controls.build_control_matrix(queues, "House rules", controls=controls)
    summary = srm_data.controls.build_control_summary(matrix)
    assert summary["control_id"].tolist() == ["H-1", "H-2", "H-3", "H-4", "H-5"]
    assert summary["addressed"].tolist() == ["inherited", "left", "left", "organisation", "left"]

    path = srm_data.write_workbook(tmp_path / "ours.xlsx", queues, controls=matrix)
    (sheet,) = (s for s in read_sheets(path) if s.title == "Controls")
    assert [row[0] for row in sheet.rows[-5:]] == ["H-1", "H-2", "H-3", "H-4", "H-5"]

    _, ax = plt.subplots()
    srm_data.charts.plot_controls(srm_data.controls.control_distribution(summary, "title"), ax=ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == summary["title"].tolist()
    plt.close("all")


def test_three_faults_of_an_own_framework_are_told_at_once_with_file_and_line(house):
    duties = DUTIES.replace("backup,direct", "backups,direct").replace("H-3,identity", "H-9,identity")
    (house / "control_duties.csv").write_text(duties)
    (house / "organisation_controls.csv").write_text(OWN.replace("people,P", "persons,P"))
    with pytest.raises(TableError) as caught:
        load_controls(house)
    said = str(caught.value)
    assert (
        "control_duties.csv, line 3, column duty_id: 'backups', expected a value (nearest: backup"
        in said
    )
    assert "control_duties.csv, line 4, column control_id: 'H-9', expected one of: H-1 | H-2" in said
    assert "organisation_controls.csv, line 2, column kind: 'persons'" in said
    assert "controls.csv, line 4, column control_id: 'H-3', expected a row of it in" in said
    assert len(caught.value.faults) == 4


@pytest.mark.parametrize(("file", "text", "said"), [
    ("frameworks", "framework_id,framework\nnist-csf,Ours\n", "an id that no framework of the package"),
    ("controls", CONTROLS.replace("title", "titel"), "title: \"missing ('titel' is there)\""),
    ("control_links", LINKS.replace("ac-02 (01)", "AC-2(99)"), "(nearest: AC-2(9)"),
    ("control_links", LINKS.replace("ac-02 (01)", "ia-5.4"), "(IA-5(4) is withdrawn; see IA-5(1))"),
    ("control_duties", DUTIES.replace(",direct,Copies.", ",direct"), "5 cells, found 4"),
])  # fmt: skip
def test_fault_of_an_own_framework_names_what_was_expected(house, file, text, said):
    (house / f"{file}.csv").write_text(text)
    with pytest.raises(TableError) as caught:
        load_controls(house)
    assert said in str(caught.value)


def test_framework_without_a_mapping_is_refused(house):
    for name in ("control_duties", "organisation_controls", "control_links"):
        (house / f"{name}.csv").unlink()
    with pytest.raises(TableError, match="5 faults"):
        load_controls(house)
    with pytest.raises(NotADirectoryError, match=r"expected one with frameworks\.csv"):
        load_controls(house / "missing")


def test_own_framework_does_not_change_the_shipped_ones(house):
    ours, shipped = load_controls(house), load_controls()
    assert len(ours["controls"]) == len(shipped["controls"]) + 5
    kept = ours["controls"].iloc[: len(shipped["controls"])]
    assert kept.equals(shipped["controls"])
