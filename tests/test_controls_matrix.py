"""Who addresses a control, derived from the duties that carry it."""

import pandas as pd
import pytest

import srm_data
from srm_data.controls.matrix import ADDRESSED


@pytest.fixture(scope="module")
def controls():
    return srm_data.controls.load_controls()


@pytest.fixture(scope="module")
def used(sample_in_use):
    return sample_in_use


@pytest.fixture(scope="module")
def summary(used, controls):
    return srm_data.controls.build_control_summary(
        srm_data.controls.build_control_matrix(used, controls=controls)
    )


@pytest.fixture(scope="module")
def cell(shipped, shipped_model):
    """Make a model of one cell of SQS per duty, each with a party of one's choice."""
    model = srm_data.choose_offerings(shipped_model, "Amazon SQS", tables=shipped)

    def make(**parties: str) -> pd.DataFrame:
        named = {duty.replace("_", "-"): party for duty, party in parties.items()}
        rows = model[model["duty_id"].isin(named)].reset_index(drop=True)
        order = model["responsibility"].cat.categories
        given = pd.Categorical(rows["duty_id"].map(named), categories=order, ordered=True)
        return rows.assign(responsibility=given)

    return make


@pytest.fixture(scope="module")
def mapping(controls):
    """Make tables of one control that rests on backup directly and is supported by availability."""
    rows = [("own", "X-1", 1, "One", "Family", "", "", "active", "")]
    duties = [
        ("own", "X-1", "backup", "direct", "Copies.", ""),
        ("own", "X-1", "availability", "supports", "Zones.", ""),
    ]
    return controls | {
        "frameworks": pd.DataFrame([("own", "Own")], columns=["framework_id", "framework"]),
        "controls": pd.DataFrame(rows, columns=controls["controls"].columns),
        "control_duties": pd.DataFrame(duties, columns=controls["control_duties"].columns),
    }


@pytest.mark.parametrize(
    ("backup", "availability", "addressed"),
    [
        ("AWS", "AWS", "inherited"),
        ("AWS", "Not applicable", "inherited"),
        ("AWS", "Customer", "configured"),
        ("Shared", "AWS", "configured"),
        ("Not applicable", "AWS", "configured"),  # only supported: the control asks for more
        ("Customer", "Customer", "left"),
        ("Not applicable", "Customer", "left"),
        ("Not applicable", "Not applicable", "not applicable"),
    ],
)  # fmt: skip
def test_control_is_addressed_as_its_duties_say(cell, mapping, backup, availability, addressed):
    model = cell(backup=backup, availability=availability)
    matrix = srm_data.controls.build_control_matrix(model, "own", controls=mapping)
    assert matrix["addressed"].tolist() == [addressed]
    assert srm_data.controls.build_control_summary(matrix)["addressed"].tolist() == [addressed]


def test_services_that_differ_make_a_control_configured(shipped, shipped_model, controls):
    model = srm_data.choose_offerings(shipped_model, ["Amazon EBS", "Amazon S3"], tables=shipped)
    for service, party in {"ebs": "Customer", "s3": "AWS"}.items():
        cells = (model["service_id"] == service) & (model["duty_id"] == "encryption-at-rest")
        model.loc[cells, "responsibility"] = party
    matrix = srm_data.controls.build_control_matrix(model, controls=controls)
    lines = matrix[matrix["control_id"] == "SC-28"].set_index("service")["addressed"].astype(str)
    assert lines.to_dict() == {"Amazon EBS": "left", "Amazon S3": "inherited"}
    row = srm_data.controls.build_control_summary(matrix).set_index("control_id").loc["SC-28"]
    assert (row["addressed"], row["inherited"], row["left"]) == (
        "configured",
        "Amazon S3",
        "Amazon EBS",
    )


def test_basis_is_the_weakest_and_documented_cells_are_counted(cell, mapping):
    model = cell(backup="AWS", availability="AWS")
    order = model["basis"].cat.categories
    for bases, weakest, documented in (
        (["documented", "documented"], "documented", 2),
        (["documented", "category"], "category", 1),
    ):
        marked = model.assign(basis=pd.Categorical(bases, categories=order, ordered=True))
        row = srm_data.controls.build_control_matrix(marked, "own", controls=mapping).iloc[0]
        assert (row["basis"], row["cells"], row["documented"]) == (weakest, 2, documented)


@pytest.mark.slow
def test_every_control_of_a_framework_has_a_line_per_service_or_one_of_the_organisation(used, controls):
    services = used["service_id"].nunique()
    matrix = srm_data.controls.build_control_matrix(used, baseline="moderate", controls=controls)
    counts = matrix.groupby("control_id").size()
    own = matrix.loc[matrix["addressed"] == "organisation", "control_id"]
    assert len(counts) == 287
    assert counts[own].eq(1).all()
    assert counts.drop(own).eq(services).all()
    assert matrix.loc[matrix["addressed"] == "organisation", "reason"].ne("").all()


@pytest.mark.slow
def test_sample_estate_inherits_the_data_centre_and_is_left_its_accounts(summary):
    addressed = summary.set_index("control_id")["addressed"]
    assert (addressed[["PE-3", "PE-13", "MA-6", "MP-6", "SC-4"]] == "inherited").all()
    assert (addressed[["AC-3", "AC-6", "SI-10"]] == "left").all()
    assert (addressed[["PS-3", "PL-2", "PM-9"]] == "organisation").all()
    assert (addressed[["SC-28", "SI-2", "CP-9"]] == "configured").all()


@pytest.mark.slow
def test_what_is_left_leaves_out_what_is_inherited(used, controls, summary):
    left = srm_data.controls.list_controls_left(used, controls=controls)
    assert set(left["addressed"]) == {"left", "organisation", "configured"}
    order = left["addressed"].astype(str).drop_duplicates().tolist()
    assert order == ["left", "organisation", "configured"]
    assert len(left) == 1014 - (summary["addressed"] == "inherited").sum()


def test_indicator_has_the_duties_of_its_controls_and_is_direct_only_if_all_are(controls):
    duties = srm_data.controls.list_control_duties("fedramp-ksi", controls=controls)
    mla = duties[duties["control_id"] == "KSI-SVC-PRR"]
    assert mla[["duty_id", "strength"]].values.tolist() == [["virtualization", "direct"]]
    mixed = duties[duties["control_id"] == "KSI-CNA-ULN"]
    assert set(mixed["strength"]) == {"supports"}  # AC-12, among others, is only supported


def test_indicator_that_names_a_withdrawn_control_has_the_duties_of_its_successor(controls):
    links = pd.DataFrame(
        [("fedramp-ksi", "KSI-CNA-DFP", "nist-800-53", "SI-3(2)")],
        columns=controls["control_links"].columns,
    )
    duties = srm_data.controls.list_control_duties(
        "fedramp-ksi", controls=controls | {"control_links": links}
    )
    through = duties[duties["control_id"] == "KSI-CNA-DFP"]
    assert set(through["duty_id"]) == {"guest-os-configuration", "service-configuration"}
    assert set(through["reason"]) == {"Through SI-3."}


def test_distribution_counts_every_control_once(used, controls):
    matrix = srm_data.controls.build_control_matrix(used, "nist-csf", controls=controls)
    counts = srm_data.controls.control_distribution(srm_data.controls.build_control_summary(matrix))
    assert counts.columns.tolist() == ADDRESSED
    assert counts.to_numpy().sum() == 106
    assert srm_data.controls.describe_controls(counts).startswith("Of 106 controls, ")


def test_decision_changes_how_a_control_is_addressed(used, controls):
    cells = (used["duty_id"] == "media-sanitization") & (used["offering_id"] == "sqs")
    decided = used.copy()
    decided.loc[cells, "responsibility"] = "Customer"
    decided.loc[cells, "basis"] = "decision"
    row = srm_data.controls.build_control_summary(
        srm_data.controls.build_control_matrix(decided, controls=controls)
    )
    row = row.set_index("control_id").loc["MP-6"]
    assert (row["addressed"], row["left"], row["basis"]) == ("configured", "Amazon SQS", "decision")


@pytest.mark.parametrize(("framework", "baseline", "said"), [
    ("iso-27001", None, "only its ids may be redistributed"),
    ("nist-800-54", None, r"nearest: nist-800-53"),
    ("nist-csf", "low", "has no baseline 'low'; it has none"),
    ("nist-800-53", "lowest", "fedramp-moderate, high, low, moderate, privacy"),
])  # fmt: skip
def test_unknown_framework_or_baseline_is_refused_with_the_choices(used, framework, baseline, said):
    with pytest.raises(LookupError, match=said):
        srm_data.controls.build_control_matrix(used, framework, baseline=baseline)
