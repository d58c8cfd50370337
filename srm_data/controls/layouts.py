"""A control matrix in common layouts: agency SSP, FedRAMP CIS and CRM, CAIQ.

All layouts derive their values from the column ``addressed`` by way of the table ``addressed``, so they
cannot contradict each other.
"""

from __future__ import annotations

import json

import pandas as pd

from srm_data.cells import check_frame
from srm_data.controls.frameworks import find_fedramp_level
from srm_data.controls.matrix import A_MATRIX, MATRIX, STATEMENTS, build_control_summary
from srm_data.controls.tables import load_controls
from srm_data.exceptions import FrameError
from srm_data.load import read_table
from srm_data.register.entries import SEPARATOR
from srm_data.schema import Tables

CONTROL_ID, INHERITED = "Control ID", "Can Be Inherited from CSP"
RESPONSIBILITIES = "Specific Inheritance and Customer Agency/CSP Responsibilities"
STATUSES = [
    "Implemented", "Partially Implemented", "Planned", "Alternative Implementation", "N/A",
]  # fmt: skip
ORIGINATIONS = [
    "Service Provider Corporate",
    "Service Provider System Specific",
    "Service Provider Hybrid (Corporate and System Specific)",
    "Configured by Customer (Customer System Specific)",
    "Provided by Customer (Customer System Specific)",
    "Shared (Service Provider and Customer Responsibility)",
    "Inherited from Pre-Existing Authorization",
]
CORPORATE, SYSTEM, HYBRID, CONFIGURED, PROVIDED, SHARED, _ = ORIGINATIONS
"""Column names, from FedRAMP's template of SSP Appendix J."""

CCM = "csa-ccm"
SEAT_OF_LAYOUTS = (
    "Service provider (CSP) is AWS, customer is the organisation that runs its system on AWS."
)
MOST_TEXT = 30_000  # characters of a cell of a workbook
FEW = 3  # services that are named where all others do the same
NO_REPORT = "No report that shows it is entered: AWS Artifact has AWS's reports."


def describe_lines(
    matrix: pd.DataFrame, *, most: int | None = None, in_words: bool = False
) -> pd.Series[str]:
    """Describe each control in words, with one line per service or group of equal services.

    A line has which duties are AWS's, shared and the customer's, or which are inherited and what each
    side does, and which of these answers are decisions; the organisation's own controls have the
    reason.
    """
    check_frame(matrix, MATRIX, A_MATRIX)
    columns = ["addressed", "aws", "shared", "customer", "decided", "reason"]
    statements = json.loads(matrix.attrs.get(STATEMENTS, "{}")) if in_words else {}
    rows = list(matrix[["service", *columns]].itertuples(index=False, name=None))
    cases = {
        row: _describe_words(
            {side: of[row[0]] for side, of in statements.items() if row[0] in of}, *row[1:]
        )
        if statements
        else _describe_line(*row[1:])
        for row in set(rows)
    }
    lines = matrix[["control_id", "service"]].assign(sentence=[cases[row] for row in rows])

    # services with the same sentence share a line, which names them before it
    groups = lines.groupby(["control_id", "sentence"], sort=False)["service"]
    grouped = groups.agg(", ".join).reset_index()
    if most is not None:
        grouped = _count_services(grouped.assign(number=groups.size().to_numpy()), most)
    named = grouped["service"].where(grouped["service"] == "", grouped["service"] + ": ")
    texts = (named + grouped["sentence"]).groupby(grouped["control_id"], sort=False).agg("\n".join)
    return texts.astype("str")


def _count_services(grouped: pd.DataFrame, most: int) -> pd.DataFrame:
    """Count the services in the longest line of each control, if they are too many to be named."""
    by_control = grouped.groupby("control_id", sort=False)["number"]
    is_long = (by_control.rank(method="first", ascending=False) == 1) & (grouped["number"] > most)
    is_long &= grouped["service"] != ""
    is_alone = by_control.transform("size") == 1
    counted = grouped["number"].astype("str") + " services"
    counted = ("All " + counted).where(is_alone, "The other " + counted)
    shown = grouped.assign(service=grouped["service"].mask(is_long, counted))
    return pd.concat([shown[~is_long], shown[is_long]])


def _describe_line(
    addressed: str, aws: str, shared: str, customer: str, decided: str, reason: str
) -> str:
    """Describe how one service addresses a control, using the names of its duties."""
    parts = {"AWS": aws, "shared": shared, "yours": customer}
    listed = "; ".join(f"{who}: {_list(names)}" for who, names in parts.items() if names)
    if addressed == "organisation":
        sentence = reason
    elif addressed == "not applicable":
        sentence = "does not have what the control is about."
    elif addressed == "inherited":
        sentence = f"inherited ({_list(aws)})."
    else:  # duties of AWS's alone, which merely support the control
        rest = "" if shared or customer or decided else "; the control asks for more than that"
        sentence = f"{listed}{rest}."
    return f"{sentence} Decided by the organisation: {_list(decided)}." if decided else sentence


def _describe_words(statements: dict[str, dict[str, str]], *line: str) -> str:
    """Describe what one service leaves to its customer for a control, in sentences by duty.

    What AWS does alone is described as well: nobody else says it.
    """
    addressed, aws, shared, customer, decided, _ = line
    if addressed in ("organisation", "not applicable"):
        return _describe_line(*line)

    # what is inherited: AWS's sentences where that is all of the control
    names = [name for text in (aws, shared) for name in _split(text) if name not in _split(decided)]
    inherited = f"Inherited from AWS, all or in part: {', '.join(names)}." if names else ""
    if addressed == "inherited":
        inherited = f"Inherited from AWS. {_name_sentences(names, statements.get('aws', {}))}"
    if aws and addressed == "configured" and not (shared or customer or decided):
        inherited += " The control asks for more than that."

    # then what the customer does, and what it decided
    duties = [name for text in (aws, shared, customer) for name in _split(text)]
    words = _name_sentences(duties, statements.get("customer", {}))
    why = f"Decided by the organisation: {_list(decided)}." if decided else ""
    return " ".join(filter(None, [inherited.strip(), words, why]))


def _name_sentences(duties: list[str], sentences: dict[str, str]) -> str:
    """Name the duties before what a side does for them; duties with one sentence share it."""
    named: dict[str, list[str]] = {}
    for duty in duties:
        if duty in sentences:
            named.setdefault(sentences[duty], []).append(duty)
    return " ".join(f"{', '.join(of)}: {sentence}" for sentence, of in named.items())


def shorten(text: str, most: int = MOST_TEXT) -> str:
    """Cut a text after its last whole line that a cell can hold, and add how many lines it lacks."""
    if len(text) <= most:
        return text
    kept = text[:most].rpartition("\n")[0]
    rest = text[len(kept) :].strip("\n").count("\n") + 1
    return f"{kept}\n... and {rest:,} more lines of services: choose fewer to see them"


def _list(names: str) -> str:
    return names.replace(SEPARATOR, ", ")


def list_decided_controls(matrix: pd.DataFrame) -> list[str]:
    """List the ids of the controls of a matrix that rest on a decision of the organisation."""
    ids: list[str] = matrix.loc[matrix["decided"] != "", "control_id"].unique().tolist()
    return ids


def describe_decided(matrix: pd.DataFrame) -> str:
    """Describe which duties the organisation has decided, and how many controls rest on them.

    Returns one or two sentences, or an empty string if there are no decisions.
    """
    check_frame(matrix, MATRIX, A_MATRIX)
    decided = matrix[matrix["decided"] != ""]
    if decided.empty:
        return ""
    of_services = decided.groupby("service", sort=False)["decided"].agg(SEPARATOR.join)
    listed = "; ".join(f"{name} ({', '.join(_split(duties))})" for name, duties in of_services.items())
    count, total = len(list_decided_controls(matrix)), matrix["control_id"].nunique()
    rest = "rests" if count == 1 else "rest"
    return (
        f"Decided by the organisation, beside what AWS's documents say: {listed}. {count:,} of "
        f"{total:,} controls {rest} on these decisions."
    )


def build_how_addressed(matrix: pd.DataFrame, *, controls: Tables | None = None) -> pd.DataFrame:
    """Build a table of how an agency addresses each control, with the five values of its SSP.

    Parameters
    ----------
    matrix
        Frame from :func:`~srm_data.controls.build_control_matrix`.
    controls
        Frames from :func:`~srm_data.controls.load_controls`; loaded if not given.

    Returns
    -------
    DataFrame
        One row per control: ``control_id``, ``title``, ``how_addressed`` and ``what_to_document``, all
        ``str``.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "Amazon SQS")
    >>> matrix = srm_data.controls.build_control_matrix(model, baseline="low")
    >>> build_how_addressed(matrix).set_index("control_id").loc["AC-1", "how_addressed"]
    'Inherits a common control of the organisation'
    """
    rows = _describe_controls(matrix, controls)
    return rows[["control_id", "title", "agency", "text"]].set_axis(
        ["control_id", "title", "how_addressed", "what_to_document"], axis="columns"
    )


def build_crm(
    matrix: pd.DataFrame, *, controls: Tables | None = None, evidence: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Build FedRAMP's Customer Responsibility Matrix, as in the legacy Appendix J.

    Parameters
    ----------
    matrix, controls
        As for :func:`build_how_addressed`.
    evidence
        Frame from :func:`~srm_data.register.list_evidence`: reports of AWS that are in force for all
        services are named wherever something is inherited.

    Returns
    -------
    DataFrame
        One row per control with the columns and values of FedRAMP's template, and one per part of it
        that the template has if the matrix is of a baseline of FedRAMP. The text has the customer's
        sentences; where the value is Yes, AWS's, what the customer may do, and the reports that show
        AWS's part, or that none is entered.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "Amazon SQS")
    >>> matrix = srm_data.controls.build_control_matrix(model, baseline="low")
    >>> build_crm(matrix).set_index("Control ID").loc["PE-3", "Can Be Inherited from CSP"]
    'Yes'
    """
    controls = load_controls() if controls is None else controls
    rows = _describe_controls(matrix, controls)
    # what is inherited says AWS's part, mostly alike for all services, and the report that shows it
    is_yes = rows["crm"] == "Yes"
    in_short = rows["control_id"].map(describe_lines(matrix, most=FEW, in_words=True))
    text = rows["text"].mask(is_yes, in_short).map(shorten)
    reports = _name_reports(evidence)
    text = text.mask(is_yes, text + "\n" + (reports or NO_REPORT))
    text = text.mask((rows["crm"] == "Partial") & (reports != ""), text + "\n" + reports)
    crm = pd.DataFrame({CONTROL_ID: rows["control_id"], INHERITED: rows["crm"], RESPONSIBILITIES: text})
    return _expand_parts(crm, matrix, controls)


def _name_reports(evidence: pd.DataFrame | None) -> str:
    """Return a sentence with the reports of AWS that hold for all services, or an empty string."""
    if evidence is None:
        return ""
    columns = ["offering_id", "duty_id", "value", "reason", "valid_until", "state"]
    check_frame(evidence, columns, "evidence, from list_evidence")
    of_all = evidence["offering_id"].eq("*") & evidence["duty_id"].eq("*")
    rows = evidence[of_all & evidence["state"].eq("in force")]
    until = rows["valid_until"].map(lambda day: f"valid until {day}" if day else "")
    facts = zip(rows["value"], rows["reason"], until, strict=True)
    reports = [", ".join(filter(None, texts)) for texts in facts]
    return f"AWS's part is shown by: {SEPARATOR.join(reports)}." if reports else ""


def _expand_parts(rows: pd.DataFrame, matrix: pd.DataFrame, controls: Tables) -> pd.DataFrame:
    """Repeat the row of each control for the parts that FedRAMP asks about, in its own baselines."""
    if not find_fedramp_level(matrix):
        return rows
    parts = controls["fedramp_controls"].set_index("control_id")["parts"]
    listed = rows[CONTROL_ID].map(parts).str.split(SEPARATOR)
    rows = rows.assign(part=listed).explode("part", ignore_index=True)
    rows[CONTROL_ID] = rows[CONTROL_ID] + rows["part"]
    return rows.drop(columns="part")


def build_caiq(matrix: pd.DataFrame, *, controls: Tables | None = None) -> pd.DataFrame:
    """Build a table of the ownership of each control, in CAIQ terms.

    The texts of CCM and CAIQ may not be redistributed. Load your own copy as a framework, with a
    mapping: :func:`~srm_data.controls.load_controls`.

    Parameters
    ----------
    matrix, controls
        As for :func:`build_how_addressed`, of your own copy of CCM.

    Returns
    -------
    DataFrame
        One row per control: ``CCM Control ID``, ``SSRM Control Ownership`` and ``CSC Responsibilities
        (Optional/Recommended)``, which is blank if AWS owns the control.

    Raises
    ------
    srm_data.exceptions.FrameError
        If an id is none of CCM.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "Amazon SQS")
    >>> matrix = srm_data.controls.build_control_matrix(model, baseline="low")
    >>> ours = matrix.assign(control_id="DCS-09")[:1]  # of a framework of your own
    >>> build_caiq(ours)["SSRM Control Ownership"].tolist()
    ['CSC-owned']
    """
    check_frame(matrix, MATRIX, A_MATRIX)
    controls = load_controls() if controls is None else controls
    # a later edition may have more controls, of the same domains
    ids = controls["control_ids"]
    domains = ids.loc[ids["framework_id"] == CCM, "control_id"].str.partition("-")[0]
    is_ccm = matrix["control_id"].str.partition("-")[0].isin(domains)
    if not is_ccm.all():
        other = matrix.loc[~is_ccm, "control_id"].iloc[0]
        raise FrameError(
            f"{other!r} is no id of CCM, which CAIQ asks about; load your own copy of CCM with its "
            "mapping: load_controls(folder), --controls FOLDER"
        )
    rows = _describe_controls(matrix, controls)
    text = rows["text"].mask(rows["caiq"] == "CSP-owned", "")
    columns = [
        "CCM Control ID",
        "SSRM Control Ownership",
        "CSC Responsibilities (Optional/Recommended)",
    ]
    return rows[["control_id", "caiq"]].assign(text=text).set_axis(columns, axis="columns")


def _describe_controls(matrix: pd.DataFrame, controls: Tables | None) -> pd.DataFrame:
    check_frame(matrix, MATRIX, A_MATRIX)
    controls = load_controls() if controls is None else controls
    summary = build_control_summary(matrix)
    # the table says what each answer is called in each layout, so that they cannot contradict
    terms = controls["addressed"].set_index("addressed")
    values = terms.loc[summary["addressed"].astype("str").tolist(), ["agency", "crm", "caiq"]]
    return summary.join(values.set_axis(summary.index)).assign(
        text=summary["control_id"].map(describe_lines(matrix, in_words=True))
    )


def build_cis(matrix: pd.DataFrame, *, controls: Tables | None = None) -> pd.DataFrame:
    """Build FedRAMP's Control Implementation Summary, as in the legacy Appendix J.

    The columns for control origination are marked, with AWS as the service provider. Those for
    implementation status are left blank except for N/A, because this package knows who does something
    but not whether it has been done.

    Parameters
    ----------
    matrix, controls
        As for :func:`build_how_addressed`.

    Returns
    -------
    DataFrame
        One row per control or part, as :func:`build_crm`, with the columns of FedRAMP's template;
        values are ``"X"`` or blank.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "Amazon SQS")
    >>> matrix = srm_data.controls.build_control_matrix(model, baseline="low")
    >>> marks = build_cis(matrix).set_index("Control ID").loc["PE-3"]
    >>> marks[marks == "X"].index.tolist()
    ['Service Provider Corporate']
    """
    check_frame(matrix, MATRIX, A_MATRIX)
    controls = load_controls() if controls is None else controls
    summary = build_control_summary(matrix)
    originations = _find_originations(matrix, summary, controls)
    marked = {name: originations == name for name in ORIGINATIONS}
    # of the statuses, only that there is nothing to implement is known
    is_none = summary["addressed"] == "not applicable"
    marked = {name: is_none & (name == "N/A") for name in STATUSES} | marked
    marks = pd.DataFrame(marked, index=summary.index).replace({True: "X", False: ""}).astype("str")
    marks.insert(0, CONTROL_ID, summary["control_id"])
    return _expand_parts(marks, matrix, controls)


def _find_originations(matrix: pd.DataFrame, summary: pd.DataFrame, controls: Tables) -> pd.Series:
    duties = read_table("duties").merge(
        controls["duty_originations"], on="duty_id", how="left", validate="one_to_one"
    )
    of_aws = dict(zip(duties["duty"], duties["of_aws"], strict=True))
    of_customer = dict(zip(duties["duty"], duties["of_customer"], strict=True))
    names = matrix.groupby("control_id", sort=False)[["aws", "customer"]].agg(SEPARATOR.join)

    # what AWS has inherits its origination from the duties; what is left, from the customer's
    originations = []
    for control_id, addressed in zip(summary["control_id"], summary["addressed"], strict=True):
        by_aws = {of_aws.get(duty, "system") for duty in _split(names["aws"][control_id])}
        by_customer = {of_customer.get(duty) for duty in _split(names["customer"][control_id])}
        if addressed == "inherited":
            alone = CORPORATE if by_aws == {"corporate"} else SYSTEM
            originations.append(HYBRID if len(by_aws) > 1 else alone)
        elif addressed == "left":
            originations.append(CONFIGURED if "configured" in by_customer else PROVIDED)
        else:
            others = {"configured": SHARED, "organisation": PROVIDED}
            originations.append(others.get(addressed, ""))
    return pd.Series(originations, index=summary.index, dtype="str")


def _split(text: str) -> list[str]:
    """Split a text into its names, each listed once."""
    return list(dict.fromkeys(name for name in text.split(SEPARATOR) if name))
