"""Find the duties that carry a control, directly or through another framework."""

from __future__ import annotations

import pandas as pd

from srm_data.cells import check_frame
from srm_data.controls.ids import fold_control_id
from srm_data.controls.tables import load_controls
from srm_data.schema import Tables
from srm_data.search import describe_nearest

CONTROL = ["framework_id", "control_id"]


def find_framework(name: str, *, controls: Tables | None = None) -> str:
    """Find a framework by id or name.

    Parameters
    ----------
    name
        Id or name of a framework, in any case: ``"nist-800-53"``, ``"NIST SP 800-53"``.
    controls
        Frames from :func:`~srm_data.load_controls`; loaded if not given.

    Returns
    -------
    str
        Its id.

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
    frameworks, mapped = controls["frameworks"], set(controls["controls"]["framework_id"])
    wanted = " ".join(name.split()).casefold()
    for row in frameworks.to_dict("records"):
        if wanted in (row["framework_id"].casefold(), row["framework"].casefold()):
            if row["framework_id"] in mapped:
                return str(row["framework_id"])
            raise LookupError(
                f"{row['framework']}: only its ids may be redistributed, so there is no mapping "
                "here; pass a folder with your own"
            )
    choices = sorted(mapped)
    near = describe_nearest(wanted, choices)
    raise LookupError(f"no framework is called {name!r}{near}; available: {', '.join(choices)}")


def name_framework(framework: str, *, controls: Tables | None = None) -> str:
    """Return the name and edition of a framework, such as ``"NIST SP 800-53 Rev 5.2.0"``."""
    controls = load_controls() if controls is None else controls
    frameworks = controls["frameworks"].set_index("framework_id")
    named = frameworks.loc[find_framework(framework, controls=controls)]
    return f"{named['framework']} {named.get('edition', '')}".strip()


def find_control(
    control_id: str, framework: str = "nist-800-53", *, controls: Tables | None = None
) -> str:
    """Find a control by its id in any usual spelling.

    Parameters
    ----------
    control_id
        Id of a control, such as ``"AC-2(1)"``, ``"ac-2.1"`` or ``"AC-02 (01)"``.
    framework
        Id or name of a framework, as for :func:`find_framework`.
    controls
        Frames from :func:`~srm_data.load_controls`; loaded if not given.

    Returns
    -------
    str
        The id in the usual spelling of its framework.

    Raises
    ------
    LookupError
        If the framework does not have this control, or the control is withdrawn. The message names the
        nearest ids or the successors.

    Examples
    --------
    >>> find_control("ac-02 (01)")
    'AC-2(1)'
    """
    controls = load_controls() if controls is None else controls
    framework_id = find_framework(framework, controls=controls)
    rows = controls["controls"]
    rows = rows[rows["framework_id"] == framework_id]
    found = rows[rows["control_id"].map(fold_control_id) == fold_control_id(control_id)]
    if found.empty:
        near = describe_nearest(control_id, rows["control_id"])
        raise LookupError(f"{framework_id} has no control {control_id!r}{near}")
    control = found.iloc[0]
    if control["status"] == "withdrawn":
        now = f"; see {control['successors']}" if control["successors"] else ""
        raise LookupError(f"{control['control_id']} ({control['title']}) is withdrawn{now}")
    return str(control["control_id"])


def list_framework_controls(
    framework: str = "nist-800-53", *, baseline: str | None = None, controls: Tables | None = None
) -> pd.DataFrame:
    """List the active controls of a framework, in the publisher's order.

    Parameters
    ----------
    framework
        Id or name of a framework, as for :func:`find_framework`.
    baseline
        Baseline to restrict the controls to, such as ``"moderate"``.
    controls
        Frames from :func:`~srm_data.load_controls`; loaded if not given.

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
    """
    controls = load_controls() if controls is None else controls
    framework_id = find_framework(framework, controls=controls)
    rows = controls["controls"]
    is_active = (rows["framework_id"] == framework_id) & (rows["status"] != "withdrawn")
    columns = [*CONTROL, "title", "family", "parent_id", "baselines"]
    rows = rows.loc[is_active, columns].reset_index(drop=True)
    if baseline is None:
        return rows

    held = rows["baselines"].str.split("; ")
    wanted = baseline.strip().casefold()
    is_held = held.map(lambda names: wanted in [name.casefold() for name in names])
    if not is_held.any():
        names = sorted({name for names in held for name in names if name})
        has = f"it has {', '.join(names)}" if names else "it has none"
        raise LookupError(f"{framework_id} has no baseline {baseline!r}; {has}")
    return rows[is_held].reset_index(drop=True)


def list_control_duties(
    framework: str = "nist-800-53", *, controls: Tables | None = None
) -> pd.DataFrame:
    """List the duties that carry each control of a framework.

    A control that is linked to controls of another framework has the duties of those controls. Such a
    duty is direct only if every linked control has a direct duty.

    Parameters
    ----------
    framework
        Id or name of a framework, as for :func:`find_framework`.
    controls
        Frames from :func:`~srm_data.load_controls`; loaded if not given.

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
    own = controls["control_duties"]
    own = own.loc[own["framework_id"] == framework_id, columns]
    both = own
    if (controls["control_links"]["framework_id"] == framework_id).any():
        linked = _list_linked_duties(framework_id, controls)
        both = pd.concat([own, linked[columns]], ignore_index=True)
    return both.drop_duplicates([*CONTROL, "duty_id"], ignore_index=True)


def _list_linked_duties(framework_id: str, controls: Tables) -> pd.DataFrame:
    """List the duties of controls that are linked to controls of another framework."""
    links = _follow_successors(controls, framework_id)
    duties = controls["control_duties"].rename(
        columns={"framework_id": "to_framework_id", "control_id": "to_control_id"}
    )
    target = ["to_framework_id", "to_control_id"]
    found = links.merge(duties, on=target, how="left")
    found = found.assign(direct=found["strength"] == "direct")
    is_direct = found.groupby([*CONTROL, *target])["direct"].any()
    whole = is_direct.groupby(CONTROL).all().rename("whole").reset_index()
    found = found[found["duty_id"].notna()].merge(whole, on=CONTROL, how="left", validate="many_to_one")
    by_duty = found.groupby([*CONTROL, "duty_id"], sort=False)
    listed = by_duty.agg(
        names=("to_control_id", lambda names: ", ".join(dict.fromkeys(names))),
        direct=("direct", "any"),
        whole=("whole", "all"),
    ).reset_index()
    strength = (listed["direct"] & listed["whole"]).map({True: "direct", False: "supports"})
    return listed.assign(strength=strength.astype("str"), reason="Through " + listed["names"] + ".")


def _follow_successors(controls: Tables, framework_id: str) -> pd.DataFrame:
    """List the links of a framework, with withdrawn controls replaced by their successors.

    FedRAMP's indicators name a few controls that NIST has withdrawn. A successor that is a family, or
    is itself withdrawn, is left out; the other controls of the indicator are kept.
    """
    links, rows = controls["control_links"], controls["controls"]
    links = links[links["framework_id"] == framework_id]
    if links.empty:
        return links[[*CONTROL, "to_framework_id", "to_control_id"]]
    known = rows[["framework_id", "control_id", "status", "successors"]].rename(
        columns={"framework_id": "to_framework_id", "control_id": "to_control_id"}
    )
    named = links.merge(
        known, on=["to_framework_id", "to_control_id"], how="left", validate="many_to_one"
    )
    is_withdrawn = named["status"] == "withdrawn"
    now = named["to_control_id"].where(~is_withdrawn, named["successors"])
    followed = named.assign(to_control_id=now.str.split("; ")).explode("to_control_id")
    active = rows.loc[rows["status"] != "withdrawn", CONTROL].rename(
        columns={"framework_id": "to_framework_id", "control_id": "to_control_id"}
    )
    kept = followed.merge(active, on=["to_framework_id", "to_control_id"], how="inner")
    return kept[[*CONTROL, "to_framework_id", "to_control_id"]].drop_duplicates(ignore_index=True)


def list_organisation_controls(
    framework: str = "nist-800-53", *, controls: Tables | None = None
) -> pd.DataFrame:
    """List the controls of a framework that no duty of a cloud service carries.

    Parameters
    ----------
    framework
        Id or name of a framework, as for :func:`find_framework`.
    controls
        Frames from :func:`~srm_data.load_controls`; loaded if not given.

    Returns
    -------
    DataFrame
        One row per control: ``framework_id``, ``control_id``, ``kind`` (of work; blank for a control
        that is linked to others) and ``reason``, all ``str``.

    Examples
    --------
    >>> own = list_organisation_controls().set_index("control_id")
    >>> own.loc["PS-3", "kind"]
    'people'
    """
    controls = load_controls() if controls is None else controls
    framework_id = find_framework(framework, controls=controls)
    own = controls["organisation_controls"]
    own = own.loc[own["framework_id"] == framework_id, [*CONTROL, "kind", "reason"]]

    links = _follow_successors(controls, framework_id)
    carried = list_control_duties(framework_id, controls=controls)["control_id"]
    bare = links[~links["control_id"].isin(carried)]
    named = bare.groupby(CONTROL, sort=False)["to_control_id"].agg(", ".join).reset_index()
    named = named.assign(
        kind="", reason="Through " + named["to_control_id"] + ", the organisation's own."
    )
    return pd.concat([own, named[own.columns]], ignore_index=True)


def list_controls_of_cells(
    model: pd.DataFrame, framework: str = "nist-800-53", *, controls: Tables | None = None
) -> pd.Series[str]:
    """List, for every cell of a model, the controls that its duty carries.

    Controls that the duty carries directly come before those that it supports.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, or any frame with a column ``duty_id``.
    framework
        Id or name of a framework, as for :func:`find_framework`.
    controls
        Frames from :func:`~srm_data.load_controls`; loaded if not given.

    Returns
    -------
    Series
        Ids separated by ``"; "`` (``str``), with the index of the model; empty if there are none. For
        SP 800-53, base controls only, because there are too many enhancements.

    Examples
    --------
    >>> from srm_data import build_model
    >>> model = build_model().query("offering_id == 'sqs' and duty_id == 'media-sanitization'")
    >>> list_controls_of_cells(model, "nist-csf").item()
    'ID.AM-08'
    """
    check_frame(model, ["duty_id"], "a model, from build_model or in_use")
    listed = list_controls_of_duties(framework, controls=controls)
    texts = {duty_id: "; ".join(ids) for duty_id, ids in listed.items()}
    return model["duty_id"].map(lambda duty_id: texts.get(duty_id, "")).astype("str").rename("controls")


def list_controls_of_duties(framework: str, *, controls: Tables | None = None) -> dict[str, list[str]]:
    """List, for every duty, the base controls that it carries, direct ones before supported ones."""
    controls = load_controls() if controls is None else controls
    rows = list_framework_controls(framework, controls=controls)
    base = rows.loc[rows["parent_id"] == "", "control_id"].tolist()
    duties = list_control_duties(framework, controls=controls)
    duties = duties[duties["control_id"].isin(base)]
    order = {control_id: place for place, control_id in enumerate(base)}
    duties = duties.assign(
        place=duties["control_id"].map(order), later=duties["strength"] != "direct"
    ).sort_values(["later", "place"])
    listed = duties.groupby("duty_id")["control_id"].agg(list)
    return {str(duty_id): ids for duty_id, ids in listed.items()}
