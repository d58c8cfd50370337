"""Record what a control matrix was made from: its framework and the controls of each duty.

A matrix has control ids and names of duties. A workbook needs more, also for a user's own framework.
This information is stored as text in the ``attrs``, which stay with the frame.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from srm_data.controls.duties import find_framework, list_controls_of_duties, name_framework
from srm_data.schema import Tables

FRAMEWORK = "framework"
"""Key in the ``attrs`` of a control matrix."""

BASELINES_OF = {"nist-800-53": "SP 800-53B"}
"""Documents that define the baselines of a framework."""
NOT_FEDRAMP = "FedRAMP's baselines of the same names have other controls."


def record_framework(
    matrix: pd.DataFrame, framework: str, *, baseline: str | None, controls: Tables
) -> pd.DataFrame:
    """Record the framework of a control matrix in its ``attrs``, and return the matrix."""
    facts = {
        "name": name_framework(framework, controls=controls),
        "baseline": baseline.strip().casefold() if baseline else "",
        "baselines_of": BASELINES_OF.get(find_framework(framework, controls=controls), ""),
        "of_duties": list_controls_of_duties(framework, controls=controls),
    }
    matrix.attrs[FRAMEWORK] = json.dumps(facts)
    return matrix


def list_matrix_controls(model: pd.DataFrame, matrix: pd.DataFrame) -> pd.Series[str]:
    """List, for every cell of a model, the controls in a matrix that its duty carries.

    Parameters
    ----------
    model
        Any frame with a column ``duty_id``.
    matrix
        Frame from :func:`~srm_data.build_control_matrix`, or a part of it.

    Returns
    -------
    Series
        As :func:`~srm_data.list_controls_of_cells`, but only controls in the matrix, for example those
        of its baseline.

    Examples
    --------
    >>> from srm_data import build_control_matrix, build_model, choose_offerings
    >>> model = choose_offerings(build_model(), "Amazon SQS")
    >>> matrix = build_control_matrix(model, "nist-csf")
    >>> list_matrix_controls(model, matrix)[(model["duty_id"] == "media-sanitization").array].item()
    'ID.AM-08'
    """
    held = set(matrix["control_id"])
    of_duties: dict[str, list[str]] = {}
    for facts in _read_frameworks(matrix):
        for duty_id, ids in facts["of_duties"].items():
            of_duties.setdefault(duty_id, []).extend(name for name in ids if name in held)
    texts = {duty_id: "; ".join(ids) for duty_id, ids in of_duties.items()}
    return model["duty_id"].map(lambda duty_id: texts.get(duty_id, "")).astype("str").rename("control")


def describe_framework(matrix: pd.DataFrame) -> str:
    """Describe the framework of a matrix, and how many of its controls the matrix has.

    Examples
    --------
    >>> from srm_data import build_control_matrix, build_model, choose_offerings
    >>> model = choose_offerings(build_model(), "Amazon SQS")
    >>> describe_framework(build_control_matrix(model, baseline="low"))
    'NIST SP 800-53 Rev 5.2.0, baseline low of SP 800-53B: 149 controls'
    """
    count = len(matrix[["framework_id", "control_id"]].drop_duplicates())
    return f"{name_frameworks(matrix)}: {count:,} {'control' if count == 1 else 'controls'}"


def name_frameworks(matrix: pd.DataFrame) -> str:
    """Return the framework of a matrix, with its edition and baseline.

    Examples
    --------
    >>> from srm_data import build_control_matrix, build_model, choose_offerings
    >>> model = choose_offerings(build_model(), "Amazon SQS")
    >>> name_frameworks(build_control_matrix(model, baseline="low"))
    'NIST SP 800-53 Rev 5.2.0, baseline low of SP 800-53B'
    """
    names = []
    for facts in _read_frameworks(matrix):
        of = f" of {facts['baselines_of']}" if facts.get("baselines_of") else ""
        baseline = f", baseline {facts['baseline']}{of}" if facts["baseline"] else ""
        names.append(f"{facts['name']}{baseline}")
    return " and ".join(names)


def describe_baseline(matrix: pd.DataFrame) -> str:
    """Describe whose baselines those of SP 800-53 are not, or return an empty string.

    Examples
    --------
    >>> from srm_data import build_control_matrix, build_model, choose_offerings
    >>> model = choose_offerings(build_model(), "Amazon SQS")
    >>> describe_baseline(build_control_matrix(model, baseline="low"))
    "FedRAMP's baselines of the same names have other controls."
    """
    facts = _read_frameworks(matrix)
    return NOT_FEDRAMP if any(it["baseline"] and it.get("baselines_of") for it in facts) else ""


def _read_frameworks(matrix: pd.DataFrame) -> list[dict[str, Any]]:
    """Read the recorded framework; for a matrix read back from a file, look it up in the tables."""
    if FRAMEWORK in matrix.attrs:
        return [json.loads(matrix.attrs[FRAMEWORK])]
    found = []
    for framework_id in matrix["framework_id"].unique():
        facts: dict[str, Any] = {"name": framework_id, "baseline": "", "of_duties": {}}
        try:
            facts["name"] = name_framework(framework_id)
            facts["of_duties"] = list_controls_of_duties(framework_id)
        except LookupError:
            pass  # a framework of the user's own: its id names it
        found.append(facts)
    return found
