"""Frameworks: their names, their controls, and the duties that carry each control."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from srm_data.cells import check_frame
from srm_data.controls.tables import CONTROL, load_controls
from srm_data.exceptions import describe_nearest
from srm_data.schema import Tables

TARGET = {"framework_id": "to_framework_id", "control_id": "to_control_id"}
"""Columns of a control, as the table of links calls them where it is the target."""

FRAMEWORK = "framework"
"""Key in the ``attrs`` of a control matrix, for what the matrix was made from."""

BASELINES_OF = {"nist-800-53": "SP 800-53B"}
"""Documents that define the baselines of a framework."""
FEDRAMP = "fedramp-"
"""What the names of FedRAMP's baselines begin with."""
NOT_FEDRAMP = "FedRAMP's baselines of the same names have other controls."


def find_framework(name: str, *, controls: Tables | None = None) -> str:
    """Find a framework by id or name, in any case, and return its id.

    Parameters
    ----------
    name
        Id or name of a framework: ``"nist-800-53"``, ``"NIST SP 800-53"``.
    controls
        Frames from :func:`~srm_data.controls.load_controls`; loaded if not given.

    Raises
    ------
    LookupError
        If no framework with a mapping has this name; the message lists those that exist.
    TypeError
        If the name is no text.

    Examples
    --------
    >>> find_framework("NIST SP 800-53"), find_framework("NIST-CSF")
    ('nist-800-53', 'nist-csf')
    """
    if not isinstance(name, str):
        raise TypeError(f"expected the name of a framework as text; got a {type(name).__name__}")
    controls = load_controls() if controls is None else controls
    mapped = set(controls["controls"]["framework_id"])
    wanted = " ".join(name.split()).casefold()
    for row in controls["frameworks"].to_dict("records"):
        if wanted in (row["framework_id"].casefold(), row["framework"].casefold()):
            if row["framework_id"] in mapped:
                return str(row["framework_id"])
            raise LookupError(
                f"{row['framework']}: only its ids may be redistributed, so there is no mapping "
                "here; pass a folder with your own"
            )
    # a name of no framework: the nearest one, then all
    choices = sorted(mapped)
    near = describe_nearest(wanted, choices)
    raise LookupError(f"no framework is called {name!r}{near}; available: {', '.join(choices)}")


def list_framework_controls(
    framework: str = "nist-800-53", *, baseline: str | None = None, controls: Tables | None = None
) -> pd.DataFrame:
    """List the active controls of a framework, in the publisher's order.

    Parameters
    ----------
    framework, controls
        As for :func:`find_framework`.
    baseline
        Baseline to restrict the controls to, such as ``"moderate"`` of NIST SP 800-53B, or FedRAMP's
        ``"fedramp-moderate"``.

    Returns
    -------
    DataFrame
        ``framework_id``, ``control_id``, ``title``, ``family``, ``parent_id`` and ``baselines``,
        all ``str``.

    Raises
    ------
    LookupError
        If the framework or the baseline is unknown.

    Examples
    --------
    >>> len(list_framework_controls(baseline="moderate"))
    287
    >>> len(list_framework_controls(baseline="fedramp-moderate"))
    323
    """
    controls = load_controls() if controls is None else controls
    framework_id = find_framework(framework, controls=controls)
    rows = controls["controls"]
    is_active = (rows["framework_id"] == framework_id) & (rows["status"] != "withdrawn")
    columns = [*CONTROL, "title", "family", "parent_id", "baselines"]
    rows = rows.loc[is_active, columns].reset_index(drop=True)
    if baseline is None:
        return rows

    # FedRAMP chooses from the controls of NIST, in a table of its own
    fedramp = controls["fedramp_controls"][[*CONTROL, "baselines"]]
    joined = rows[CONTROL].merge(fedramp, on=CONTROL, how="left", validate="one_to_one")
    baselines = (rows["baselines"] + "; " + joined["baselines"].fillna("")).str.split("; ")
    wanted = baseline.strip().casefold()
    is_in = baselines.map(lambda names: wanted in [name.casefold() for name in names])
    if not is_in.any():
        names = sorted({name for of_control in baselines for name in of_control if name})
        has = f"it has {', '.join(names)}" if names else "it has none"
        raise LookupError(f"{framework_id} has no baseline {baseline!r}; {has}")
    return rows[is_in].reset_index(drop=True)


def list_control_duties(
    framework: str = "nist-800-53", *, controls: Tables | None = None
) -> pd.DataFrame:
    """List the duties that carry each control of a framework.

    A control that is linked to controls of another framework has the duties of those controls. Such a
    duty is direct only if every linked control has a direct duty.

    Parameters
    ----------
    framework, controls
        As for :func:`find_framework`.

    Returns
    -------
    DataFrame
        One row per control and duty: ``framework_id``, ``control_id``, ``duty_id``, ``strength``
        (``"direct"`` or ``"supports"``) and ``reason``, ``str``.

    Examples
    --------
    >>> duties = list_control_duties().set_index("control_id")
    >>> duties.loc["PE-3", "duty_id"], duties.loc["PE-3", "strength"]
    ('physical-security', 'direct')
    """
    controls = load_controls() if controls is None else controls
    framework_id = find_framework(framework, controls=controls)
    columns = [*CONTROL, "duty_id", "strength", "reason"]
    duties = controls["control_duties"]
    own = duties.loc[duties["framework_id"] == framework_id, columns]
    links = _follow_links(controls, framework_id)
    if not links.empty:
        own = pd.concat([own, _list_linked_duties(links, duties)[columns]], ignore_index=True)
    return own.drop_duplicates([*CONTROL, "duty_id"], ignore_index=True)


def _list_linked_duties(links: pd.DataFrame, duties: pd.DataFrame) -> pd.DataFrame:
    target = list(TARGET.values())
    linked = links.merge(duties.rename(columns=TARGET), on=target, how="left", validate="many_to_many")
    linked = linked.assign(direct=linked["strength"] == "direct")

    # "whole": every linked control has a direct duty
    is_direct = linked.groupby([*CONTROL, *target])["direct"].any()
    whole = is_direct.groupby(CONTROL).all().rename("whole").reset_index()
    linked = linked[linked["duty_id"].notna()].merge(whole, on=CONTROL, validate="many_to_one")
    listed = linked.groupby([*CONTROL, "duty_id"], sort=False, as_index=False).agg(
        names=("to_control_id", lambda names: ", ".join(dict.fromkeys(names))),
        direct=("direct", "any"),
        whole=("whole", "all"),
    )
    strength = (listed["direct"] & listed["whole"]).map({True: "direct", False: "supports"})
    return listed.assign(strength=strength.astype("str"), reason="Through " + listed["names"] + ".")


def _follow_links(controls: Tables, framework_id: str) -> pd.DataFrame:
    """List the links of a framework, with withdrawn controls replaced by their successors.

    FedRAMP's indicators name a few controls that NIST has withdrawn. A successor that is a family, or
    is itself withdrawn, is left out; the other controls of the indicator are kept.
    """
    links, target = controls["control_links"], list(TARGET.values())
    links = links[links["framework_id"] == framework_id]
    if links.empty:
        return links[[*CONTROL, *target]]
    rows = controls["controls"].rename(columns=TARGET)[[*target, "status", "successors"]]
    named = links.merge(rows, on=target, how="left", validate="many_to_one")
    is_withdrawn = named["status"] == "withdrawn"
    now = named["to_control_id"].where(~is_withdrawn, named["successors"])
    followed = named.assign(to_control_id=now.str.split("; ")).explode("to_control_id")
    active = rows.loc[rows["status"] != "withdrawn", target]
    kept = followed.merge(active, on=target, validate="many_to_one")
    return kept[[*CONTROL, *target]].drop_duplicates(ignore_index=True)


def list_organisation_controls(
    framework: str = "nist-800-53", *, controls: Tables | None = None
) -> pd.DataFrame:
    """List the controls of a framework that no duty of a cloud service carries.

    Parameters
    ----------
    framework, controls
        As for :func:`find_framework`.

    Returns
    -------
    DataFrame
        One row per control: ``framework_id``, ``control_id``, ``kind`` (of work; blank for a control
        that is linked to others) and ``reason``, all ``str``.

    Examples
    --------
    >>> list_organisation_controls().set_index("control_id").loc["PS-3", "kind"]
    'people'
    """
    controls = load_controls() if controls is None else controls
    framework_id = find_framework(framework, controls=controls)
    own = controls["organisation_controls"]
    own = own.loc[own["framework_id"] == framework_id, [*CONTROL, "kind", "reason"]]

    # a control whose linked controls have no duty either is the organisation's, too
    links = _follow_links(controls, framework_id)
    carried = list_control_duties(framework_id, controls=controls)["control_id"]
    bare = links[~links["control_id"].isin(carried)]
    named = bare.groupby(CONTROL, sort=False)["to_control_id"].agg(", ".join).reset_index()
    reason = "Through " + named["to_control_id"] + ", the organisation's own."
    return pd.concat([own, named.assign(kind="", reason=reason)[own.columns]], ignore_index=True)


def record_framework(
    matrix: pd.DataFrame, framework: str, *, baseline: str | None, controls: Tables
) -> pd.DataFrame:
    """Record in the ``attrs`` of a control matrix what it was made from, and return the matrix.

    A matrix has control ids and names of duties. A workbook needs more, also for a user's own
    framework; as text, it stays with the frame in a file.
    """
    framework_id = find_framework(framework, controls=controls)
    facts = _describe_framework(framework_id, controls)
    # baselines of the same names are FedRAMP's or NIST's
    if baseline:
        name = baseline.strip().casefold()
        level = name.removeprefix(FEDRAMP)
        is_fedramp = level != name
        of = "FedRAMP Rev 5" if is_fedramp else BASELINES_OF.get(framework_id, "")
        facts["name"] += f", baseline {level} of {of}" if of else f", baseline {level}"
        facts["level"] = level.capitalize() if is_fedramp else ""
        facts["note"] = NOT_FEDRAMP if of in BASELINES_OF.values() else ""
    matrix.attrs[FRAMEWORK] = json.dumps(facts)
    return matrix


def _describe_framework(framework: str, controls: Tables) -> dict[str, Any]:
    framework_id = find_framework(framework, controls=controls)
    row = controls["frameworks"].set_index("framework_id").loc[framework_id]
    name = f"{row['framework']} {row.get('edition', '')}".strip()

    # of each duty, the base controls that it carries directly, then the others, as the publisher orders
    rows = list_framework_controls(framework_id, controls=controls)
    duties = rows.loc[rows["parent_id"] == "", CONTROL].merge(
        list_control_duties(framework_id, controls=controls), on=CONTROL, validate="one_to_many"
    )
    in_order = duties.sort_values("strength", kind="stable")
    of_duties = in_order.groupby("duty_id")["control_id"].agg(list).to_dict()
    return {"name": name, "of_duties": of_duties}


def _read_frameworks(matrix: pd.DataFrame) -> list[dict[str, Any]]:
    if FRAMEWORK in matrix.attrs:
        return [json.loads(matrix.attrs[FRAMEWORK])]
    # a matrix that was read back from a file: look its frameworks up in the tables
    controls, frameworks = load_controls(), []
    for framework_id in matrix["framework_id"].unique():
        try:
            frameworks.append(_describe_framework(framework_id, controls))
        except LookupError:  # a framework of the user's own: its id names it
            frameworks.append({"name": framework_id, "of_duties": {}})
    return frameworks


def list_matrix_controls(model: pd.DataFrame, matrix: pd.DataFrame) -> pd.Series[str]:
    """List, for every cell of a model, the ids of the controls of a matrix that its duty carries.

    Those that the duty carries directly come before those that it supports. Of SP 800-53 these are base
    controls only, because there are too many enhancements.
    """
    check_frame(model, ["duty_id"], "a model, from build_model or in_use")
    in_matrix = set(matrix["control_id"])
    of_duties: dict[str, list[str]] = {}
    for facts in _read_frameworks(matrix):
        for duty_id, ids in facts["of_duties"].items():
            of_duties.setdefault(duty_id, []).extend(name for name in ids if name in in_matrix)
    texts = {duty_id: "; ".join(ids) for duty_id, ids in of_duties.items()}
    named = model["duty_id"].map(lambda duty_id: texts.get(duty_id, ""))
    return named.astype("str").rename("control")


def name_frameworks(matrix: pd.DataFrame) -> str:
    """Return the framework of a matrix, with its edition and baseline."""
    return " and ".join(facts["name"] for facts in _read_frameworks(matrix))


def describe_framework(matrix: pd.DataFrame) -> str:
    """Describe the framework of a matrix, and how many of its controls the matrix has."""
    count = len(matrix[CONTROL].drop_duplicates())
    return f"{name_frameworks(matrix)}: {count:,} {'control' if count == 1 else 'controls'}"


def describe_baseline(matrix: pd.DataFrame) -> str:
    """Describe whose baselines those of SP 800-53 are not, or return an empty string."""
    return max((facts.get("note", "") for facts in _read_frameworks(matrix)), default="")


def find_fedramp_level(matrix: pd.DataFrame) -> str:
    """Return the level of FedRAMP's baseline of a matrix, such as ``Moderate``, or an empty string."""
    return max((facts.get("level", "") for facts in _read_frameworks(matrix)), default="")
