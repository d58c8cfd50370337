"""Compare with AWS's own security controls matrix, from a Quick Start published in 2017.

For one reference architecture, AWS published who is responsible for each control of NIST SP 800-53
revision 4. The file is not part of this package; a user's copy is read.
"""

from __future__ import annotations

import pandas as pd

from srm_data.cells import check_frame
from srm_data.controls.ids import format_control_id
from srm_data.controls.summary import SUMMARY
from srm_data.controls.tables import load_controls
from srm_data.exceptions import SpreadsheetError
from srm_data.schema import StrPath, Tables
from srm_data.xlsx.reader import read_sheets
from srm_data.xlsx.sheets import Sheet

SHEET = "Security Controls Matrix"
CONTROL, RESPONSIBILITY = "control (major)", "category: responsibility"
PARTIES = ["Customer", "Shared", "Inherited"]
"""Values of AWS's column that name a party."""

OURS = {
    "inherited": "Inherited",
    "configured": "Shared",
    "left": "Customer",
    "organisation": "Customer",
}
QUICKSTART = ["control_id", "party", "parts"]


def read_quickstart(path: StrPath) -> pd.DataFrame:
    """Read the responsibility for each control from AWS's Quick Start for NIST SP 800-53.

    Parameters
    ----------
    path
        Copy of ``NIST-800-53-Security-Controls-Mapping.xlsx``.

    Returns
    -------
    DataFrame
        One row per control of revision 4 that has a party: ``control_id``, ``party`` (``"Inherited"``,
        ``"Shared"`` or ``"Customer"``; shared if its parts differ) and ``parts`` (``int``, number of
        parts of the control statement that have a party).

    Raises
    ------
    srm_data.SpreadsheetError
        If it is not a workbook, or does not have the expected sheet and columns.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from openpyxl import Workbook
    >>> book = Workbook()
    >>> book.active.title = SHEET
    >>> book.active.append(["Control (Major)", "Category: Responsibility "])
    >>> book.active.append(["PE-3", "Inherited"])
    >>> path = Path(tempfile.mkdtemp()) / "quickstart.xlsx"
    >>> book.save(path)
    >>> read_quickstart(path).values.tolist()
    [['PE-3', 'Inherited', 1]]
    """
    sheets = {sheet.title.strip(): sheet for sheet in read_sheets(path)}
    if SHEET not in sheets:
        raise SpreadsheetError(f"{path}: no sheet {SHEET!r}, only {', '.join(map(repr, sheets))}")
    rows = _read_parts(sheets[SHEET], path)
    named = rows[rows["party"].isin(PARTIES)]
    grouped = named.groupby("control_id", sort=False)["party"]
    party = grouped.agg(lambda values: values.iloc[0] if values.nunique() == 1 else "Shared")
    return pd.DataFrame({"party": party.astype("str"), "parts": grouped.size()}).reset_index()


def _read_parts(sheet: Sheet, path: StrPath) -> pd.DataFrame:
    """Read the control and the party of every row below the heading."""
    for number, cells in enumerate(sheet.rows):
        names = [" ".join(str(cell).split()).casefold() for cell in cells]
        if CONTROL in names and RESPONSIBILITY in names:
            control, party = names.index(CONTROL), names.index(RESPONSIBILITY)
            read = [
                (format_control_id(str(row[control])), " ".join(str(row[party]).split()))
                for row in sheet.rows[number + 1 :]
                if max(control, party) < len(row)
            ]
            return pd.DataFrame(read, columns=["control_id", "party"], dtype="str")
    raise SpreadsheetError(
        f"{path}, sheet {SHEET!r}: no columns 'Control (Major)' and 'Category: Responsibility'"
    )


def compare_quickstart(
    quickstart: pd.DataFrame, summary: pd.DataFrame, *, controls: Tables | None = None
) -> pd.DataFrame:
    """Compare AWS's column with ours, control by control.

    Parameters
    ----------
    quickstart
        Frame from :func:`read_quickstart`.
    summary
        Frame from :func:`~srm_data.build_control_summary` for NIST SP 800-53.
    controls
        Frames from :func:`~srm_data.load_controls`; loaded if not given.

    Returns
    -------
    DataFrame
        One row per control of the Quick Start: ``control_id``, ``title``, ``family``, ``aws`` (its
        party), ``ours`` (blank if withdrawn since revision 4), ``agrees`` (``bool``, missing if
        withdrawn), ``successors`` and ``why`` (the reasons given in our mapping, which explain a
        difference).

    Examples
    --------
    >>> from srm_data import build_control_matrix, build_control_summary, build_model, choose_offerings
    >>> model = choose_offerings(build_model(), "Amazon EC2")
    >>> summary = build_control_summary(build_control_matrix(model))
    >>> theirs = pd.DataFrame([["PE-3", "Inherited", 7]], columns=QUICKSTART)
    >>> compare_quickstart(theirs, summary)["agrees"].tolist()
    [True]
    """
    check_frame(quickstart, QUICKSTART, "AWS's column, from read_quickstart")
    check_frame(summary, SUMMARY, "controls, from build_control_summary")
    controls = load_controls() if controls is None else controls
    known = controls["controls"]
    known = known[known["framework_id"] == "nist-800-53"]
    rows = quickstart.merge(
        known[["control_id", "title", "family", "successors"]],
        on="control_id",
        how="left",
        validate="many_to_one",
    )

    ours = summary.set_index("control_id")["addressed"].astype("str").map(OURS)
    rows = rows.assign(
        ours=rows["control_id"].map(ours), why=rows["control_id"].map(_list_reasons(controls))
    )
    agrees = (rows["ours"] == rows["party"]).astype("boolean").where(rows["ours"].notna())
    rows = rows.rename(columns={"party": "aws"}).assign(agrees=agrees)
    texts = ["title", "family", "ours", "successors", "why"]
    rows[texts] = rows[texts].fillna("").astype("str")
    return rows[["control_id", "title", "family", "aws", "ours", "agrees", "successors", "why"]]


def _list_reasons(controls: Tables) -> pd.Series:
    """List the reasons for the mapping of each SP 800-53 control, by control id."""
    duties, own = controls["control_duties"], controls["organisation_controls"]
    duties = duties.assign(
        reason=duties["strength"] + " " + duties["duty_id"] + ": " + duties["reason"]
    )
    reasons = pd.concat([duties, own.assign(reason="the organisation's own: " + own["reason"])])
    reasons = reasons[reasons["framework_id"] == "nist-800-53"]
    return reasons.groupby("control_id")["reason"].agg(" ".join)


def quickstart_agreement(compared: pd.DataFrame) -> pd.DataFrame:
    """Count, per family, the controls for which AWS's column and ours agree.

    Parameters
    ----------
    compared
        Frame from :func:`compare_quickstart`.

    Returns
    -------
    DataFrame
        One row per family: ``controls`` and ``agree`` (``int``), ``share`` (``float``). Withdrawn
        controls are not counted.

    Examples
    --------
    >>> rows = [("Maintenance", True), ("Maintenance", False), ("Planning", None)]
    >>> compared = pd.DataFrame(rows, columns=["family", "agrees"]).astype({"agrees": "boolean"})
    >>> quickstart_agreement(compared).loc["Maintenance"].tolist()
    [2.0, 1.0, 0.5]
    """
    check_frame(compared, ["family", "agrees"], "a comparison, from compare_quickstart")
    known = compared[compared["agrees"].notna()]
    grouped = known.groupby("family", sort=False)["agrees"]
    counts = pd.DataFrame({"controls": grouped.size(), "agree": grouped.sum()}).astype("int64")
    return counts.assign(share=counts["agree"] / counts["controls"])
