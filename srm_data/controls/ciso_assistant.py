"""Files for CISO Assistant: duties as a library, their mapping to its frameworks, tasks as controls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.atomic import write_new_files
from srm_data.cells import find_marks, list_marks
from srm_data.controls.frameworks import list_control_duties
from srm_data.controls.matrix import list_layers, restore_undecided
from srm_data.controls.tables import load_controls
from srm_data.controls.tasks import build_task_list
from srm_data.load import ALL_SETS, given_tables, load_some
from srm_data.register.entries import Row, has_keys, list_rows
from srm_data.register.state import State
from srm_data.schema import StrPath, Tables, read_package

Library = dict[str, Any]
NAME = "aws-duties"
FRAMEWORK = f"urn:srm-data:risk:framework:{NAME}"
NODE, CONTROL = f"urn:srm-data:risk:req_node:{NAME}", f"urn:srm-data:risk:function:{NAME}"
THEIRS = {"nist-800-53": "nist-sp-800-53-rev5", "nist-csf": "nist-csf-2.0"}
"""Our frameworks, as the libraries of CISO Assistant name them."""
NOT_THEIRS = ("IA-13", "IA-13(1)", "IA-13(2)", "IA-13(3)", "SA-15(13)", "SA-24", "SI-2(7)")
"""Controls that NIST added since the edition in its library: a mapping to one would not load."""
CATEGORIES = {
    "physical-security": "physical", "hardware-maintenance": "physical",
    "media-sanitization": "physical", "awareness-training": "process",
    "incident-response": "process", "compliance": "process",
}  # fmt: skip
"""Categories of duties that are not technical."""
FUNCTIONS = {
    "logging-monitoring": "detect", "incident-response": "respond", "backup": "recover",
    "compliance": "govern",
}  # fmt: skip
"""Functions of CSF of the duties that do not protect."""
NEEDED = [
    "offering_id", "offering", "duty_id", "duty", "layer", "responsibility", "customer_action",
    "aws_part", "customer_part", "basis", "source_ids",
]  # fmt: skip
NEEDED_TABLES = {"duties": ["duty_id"], "layers": ["layer_id"], "sources": ["source_id", "url"]}
APPLIED = [
    "ref_id", "name", "description", "domain", "status", "category", "priority", "csf_function", "eta",
    "link", "observation", "filtering_labels", "reference_control", "owner",
]  # fmt: skip


def build_ciso_assistant(
    model: pd.DataFrame, *, controls: Tables | None = None, tables: Tables | None = None
) -> dict[str, Library]:
    """Build the libraries of CISO Assistant for the offerings in scope.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, :func:`~srm_data.choose_offerings` or
        :func:`~srm_data.in_use`, without decisions.
    controls
        Frames from :func:`~srm_data.controls.load_controls`; loaded if not given.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    dict of str to dict
        Libraries by file name: the framework of duties, with a reference control for each cell in which
        the customer must or may act, which has both halves and its pages; and a mapping to each of its
        own libraries of SP 800-53 and CSF.

    Raises
    ------
    srm_data.exceptions.FrameError
        If the model is none, or has decisions.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> libraries = build_ciso_assistant(model)
    >>> libraries["aws-duties.yaml"]["objects"]["reference_controls"][0]["ref_id"]
    'sqs.service-configuration'
    """
    model = restore_undecided(model, NEEDED)
    controls = load_controls() if controls is None else controls
    tables = load_some(NEEDED_TABLES, duty_sets=ALL_SETS) if tables is None else tables
    tables = given_tables(tables, NEEDED_TABLES)
    urls = dict(zip(tables["sources"]["source_id"], tables["sources"]["url"], strict=True))
    asked = model[model["customer_action"].isin(["required", "optional"])]
    labels = find_marks(asked).astype("str").map(list_marks()["label"])
    cells = list_rows(asked[NEEDED].assign(label=labels))
    references = [_build_reference(cell, urls) for cell in cells]

    # layers, and below each its duties, with what offerings ask for
    nodes = []
    for layer, duties in list_layers(model, tables):
        urn = f"{NODE}:{layer['layer_id']}"
        nodes.append({"urn": urn, "assessable": False, "depth": 1, "ref_id": layer["layer_id"],
                      "name": layer["layer"], "description": layer["description"]})  # fmt: skip
        for duty in duties:
            own = [cell["offering_id"] for cell in cells if cell["duty_id"] == duty["duty_id"]]
            node = {"urn": f"{NODE}:{duty['duty_id']}", "assessable": bool(own), "depth": 2,
                    "parent_urn": urn, "ref_id": duty["duty_id"], "name": duty["duty"],
                    "description": duty["description"]}  # fmt: skip
            ids = [f"{CONTROL}:{offering}.{duty['duty_id']}" for offering in own]
            nodes.append(node | ({"reference_controls": ids} if ids else {}))

    # the library of duties, then a mapping to each of its own libraries, without what it lacks
    title = "AWS Shared Responsibility Model: duties"
    framework = {"urn": FRAMEWORK, "ref_id": NAME, "name": title, "requirement_nodes": nodes}
    objects = {"reference_controls": references, "framework": framework}
    libraries = {f"{NAME}.yaml": _build_library(NAME, title, objects)}
    for framework_id, theirs in THEIRS.items():
        rows = list_control_duties(framework_id, controls=controls)
        rows = rows[rows["duty_id"].isin(model["duty_id"]) & ~rows["control_id"].isin(NOT_THEIRS)]
        name = f"mapping-{NAME}-to-{theirs}"
        libraries[f"{name}.yaml"] = _build_mapping(name, theirs, rows)
    return libraries


def _build_reference(cell: Row, urls: dict[str, str]) -> dict[str, str]:
    pages = [urls[source] for source in cell["source_ids"].split("; ") if source in urls]
    halves = {"You": cell["customer_part"], "AWS": cell["aws_part"]}
    answer = f"{cell['responsibility']}, {cell['customer_action']} for you. Basis: {cell['label']}."
    return {
        "urn": f"{CONTROL}:{cell['offering_id']}.{cell['duty_id']}",
        "ref_id": f"{cell['offering_id']}.{cell['duty_id']}",
        "name": f"{cell['offering']}: {cell['duty']}",
        "category": CATEGORIES.get(cell["duty_id"], "technical"),
        "csf_function": FUNCTIONS.get(cell["duty_id"], "protect"),
        "description": "\n".join(f"{who}: {text}" for who, text in halves.items() if text),
        "annotation": " ".join([answer, *pages]),
    }


def _build_mapping(name: str, theirs: str, rows: pd.DataFrame) -> Library:
    title, target = f"Duties on AWS -> {theirs}", f"urn:intuitem:risk:req_node:{theirs}"
    mappings = [
        {
            "source_requirement_urn": f"{NODE}:{row['duty_id']}",
            "target_requirement_urn": f"{target}:{row['control_id'].lower()}",
            "relationship": "intersect",
            "rationale": "functional",
            "annotation": f"{row['strength']}: {row['reason']}",
        }
        for row in rows.to_dict("records")
    ]
    mapping = {
        "urn": f"urn:srm-data:risk:req_mapping_set:{name}",
        "ref_id": name,
        "name": title,
        "source_framework_urn": FRAMEWORK,
        "target_framework_urn": f"urn:intuitem:risk:framework:{theirs}",
        "requirement_mappings": mappings,
    }
    # its loader asks for both libraries before the mapping
    needs = [f"urn:srm-data:risk:library:{NAME}", f"urn:intuitem:risk:library:{theirs}"]
    return _build_library(name, title, {"requirement_mapping_sets": [mapping]}, needs)


def _build_library(
    name: str, title: str, objects: dict[str, Any], needs: list[str] | None = None
) -> Library:
    package = read_package()
    day = package["created"][:10]
    return {
        "urn": f"urn:srm-data:risk:library:{name}",
        "locale": "en",
        "ref_id": name,
        "name": title,
        "description": (
            f"Made by srm_data {package['version']} from AWS's documentation. AWS did not write it and "
            "does not endorse it."
        ),
        "copyright": "CC BY 4.0; ids of NIST are works of the United States government",
        # its loader compares versions as whole numbers
        "version": int(day.replace("-", "")),
        "publication_date": day,
        "provider": "srm_data",
        "packager": "srm_data",
        **({"dependencies": needs} if needs else {}),
        "objects": objects,
    }


def write_ciso_assistant(
    folder: StrPath,
    model: pd.DataFrame,
    *,
    controls: Tables | None = None,
    tables: Tables | None = None,
) -> Path:
    """Write the libraries of CISO Assistant for the offerings in scope to a folder, as YAML.

    Parameters
    ----------
    folder
        Folder to write to.
    model, controls, tables
        As for :func:`build_ciso_assistant`.

    Returns
    -------
    pathlib.Path
        ``folder``. The same input gives the same bytes.

    Raises
    ------
    FileExistsError
        If one of the files is there; none is replaced.

    Examples
    --------
    >>> import tempfile
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> folder = write_ciso_assistant(tempfile.mkdtemp(), model)
    >>> sorted(path.name for path in folder.iterdir())[0]
    'aws-duties.yaml'
    """
    import yaml

    libraries = build_ciso_assistant(model, controls=controls, tables=tables)
    texts = {
        name: yaml.safe_dump(library, sort_keys=False, allow_unicode=True, width=100).encode()
        for name, library in libraries.items()
    }
    return write_new_files(Path(folder), texts)


def build_applied_controls(now: State, owner: str = "", *, address: str = "") -> pd.DataFrame:
    """Build the applied controls that CISO Assistant imports: what is to be done, by whom.

    Parameters
    ----------
    now, owner, address
        As for :func:`~srm_data.controls.build_task_list`.

    Returns
    -------
    DataFrame
        One row per task, with the columns of its import, all ``str``. ``status`` is ``active`` if it is
        implemented, ``on_hold`` with an exception in force, ``in_progress`` with another word about its
        implementation, and else ``to_do``; ``priority`` is 1 for what needs attention, 2 if the
        customer must act and 3 if not. ``domain`` is blank: the import asks for one.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> now = srm_data.register.state(srm_data.register.make_entries([]), model)
    >>> applied = build_applied_controls(now).set_index("ref_id")
    >>> applied.loc["sqs/backup", ["status", "priority"]].tolist()
    ['to_do', '2']
    """
    # the strongest word comes last: what is implemented is active, whatever else is said
    tasks = build_task_list(now, owner, address=address)
    excepted = now.cells[now.cells["field"].eq("exception") & now.cells["value"].ne("")]
    status = pd.Series("to_do", index=tasks.index, dtype="str")
    status = status.mask(tasks["implementation"].ne(""), "in_progress")
    status = status.mask(has_keys(tasks, excepted), "on_hold")
    status = status.mask(tasks["implementation"].eq("implemented"), "active")
    # what needs attention comes before what is merely required
    priority = tasks["customer_action"].map({"required": "2", "optional": "3"})
    applied = tasks.assign(
        ref_id=tasks["task_id"],
        name=tasks["title"],
        description=tasks["task"],
        domain="",
        status=status,
        category=tasks["duty_id"].map(CATEGORIES).fillna("technical"),
        priority=priority.mask(tasks["attention"].ne(""), "1"),
        csf_function=tasks["duty_id"].map(FUNCTIONS).fillna("protect"),
        eta=tasks["due"],
        observation=tasks["comment"],
        filtering_labels=tasks["where"],
        reference_control=tasks["offering_id"] + "." + tasks["duty_id"],
        owner=tasks["accountable"],
    )
    return applied[APPLIED].astype("str")
