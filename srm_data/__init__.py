"""The AWS Shared Responsibility Model as data: who is responsible for what, and who says so.

>>> import srm_data
>>> model = srm_data.build_model()                    # one row per offering and duty
>>> matrix = srm_data.responsibility_matrix(model)    # offerings x duties
>>> counts = srm_data.duty_distribution(model, "category")

``load_tables`` gives the tables behind it, ``find_offerings`` what a name may mean, ``read_estate``
what an organisation runs and ``in_use`` the model of just that; ``plot_matrix`` and its siblings draw,
``write_workbook`` makes the Excel matrix, ``read_review`` reads it back from its reviewers. Nothing is
loaded until it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srm_data.agreement import (
        default_agreement,
        held_out_distribution,
        list_contradictions,
        list_held_out,
        measure_agreement,
    )
    from srm_data.catalogue import choose_offerings, find_offerings, narrow_tables
    from srm_data.changes import compare, describe_changes, move_counts
    from srm_data.charts import (
        plot_distribution,
        plot_handover,
        plot_matrix,
        plot_moves,
        plot_ranking,
        plot_stack,
        plot_stacks,
    )
    from srm_data.check import check_tables
    from srm_data.decisions import (
        apply_decisions,
        list_stale_decisions,
        read_decisions,
        write_decisions,
    )
    from srm_data.earlier import read_earlier
    from srm_data.estate import (
        in_use,
        list_customer_duties,
        list_offerings_in_use,
        read_estate,
    )
    from srm_data.exceptions import (
        EstateError,
        Fault,
        FrameError,
        InternalError,
        NotebookError,
        ReviewError,
        SkippedFileWarning,
        SpreadsheetError,
        SrmDataError,
        StaleDecisionWarning,
        TableError,
        UnknownKindError,
        WorkbookError,
    )
    from srm_data.findings import (
        describe_distribution,
        describe_estate,
        describe_handover,
        describe_held_out,
        describe_moves,
        describe_party,
        describe_resources,
        describe_stack,
        describe_stacks,
    )
    from srm_data.load import load_tables, read_table
    from srm_data.matrix import (
        basis_distribution,
        duty_distribution,
        group_labels,
        handover_steps,
        layer_stack,
        rank_customer_duties,
        resource_distribution,
        responsibility_matrix,
    )
    from srm_data.model import build_category_model, build_model
    from srm_data.owners import assign_owners, read_owners
    from srm_data.page import show_page, write_page
    from srm_data.present import embed_chart, save_chart, show_table
    from srm_data.register import build_register, read_remarks, write_remarks
    from srm_data.review import Review, read_review
    from srm_data.versions import list_versions, read_version
    from srm_data.workbook import write_workbook

MODULES = {
    "agreement": [
        "default_agreement",
        "held_out_distribution",
        "list_contradictions",
        "list_held_out",
        "measure_agreement",
    ],
    "catalogue": ["choose_offerings", "find_offerings", "narrow_tables"],
    "changes": ["compare", "describe_changes", "move_counts"],
    "charts": [
        "plot_distribution",
        "plot_handover",
        "plot_matrix",
        "plot_moves",
        "plot_ranking",
        "plot_stack",
        "plot_stacks",
    ],
    "check": ["check_tables"],
    "decisions": ["apply_decisions", "list_stale_decisions", "read_decisions", "write_decisions"],
    "earlier": ["read_earlier"],
    "estate": ["in_use", "list_customer_duties", "list_offerings_in_use", "read_estate"],
    "exceptions": [
        "EstateError",
        "Fault",
        "FrameError",
        "InternalError",
        "NotebookError",
        "ReviewError",
        "SkippedFileWarning",
        "SpreadsheetError",
        "SrmDataError",
        "StaleDecisionWarning",
        "TableError",
        "UnknownKindError",
        "WorkbookError",
    ],
    "findings": [
        "describe_distribution",
        "describe_estate",
        "describe_handover",
        "describe_held_out",
        "describe_moves",
        "describe_party",
        "describe_resources",
        "describe_stack",
        "describe_stacks",
    ],
    "load": ["load_tables", "read_table"],
    "matrix": [
        "basis_distribution",
        "duty_distribution",
        "group_labels",
        "handover_steps",
        "layer_stack",
        "rank_customer_duties",
        "resource_distribution",
        "responsibility_matrix",
    ],
    "model": ["build_category_model", "build_model"],
    "owners": ["assign_owners", "read_owners"],
    "page": ["show_page", "write_page"],
    "present": ["embed_chart", "save_chart", "show_table"],
    "register": ["build_register", "read_remarks", "write_remarks"],
    "review": ["Review", "read_review"],
    "versions": ["list_versions", "read_version"],
    "workbook": ["write_workbook"],
}

__all__ = [
    "EstateError",
    "Fault",
    "FrameError",
    "InternalError",
    "NotebookError",
    "Review",
    "ReviewError",
    "SkippedFileWarning",
    "SpreadsheetError",
    "SrmDataError",
    "StaleDecisionWarning",
    "TableError",
    "UnknownKindError",
    "WorkbookError",
    "apply_decisions",
    "assign_owners",
    "basis_distribution",
    "build_category_model",
    "build_model",
    "build_register",
    "check_tables",
    "choose_offerings",
    "compare",
    "default_agreement",
    "describe_changes",
    "describe_distribution",
    "describe_estate",
    "describe_handover",
    "describe_held_out",
    "describe_moves",
    "describe_party",
    "describe_resources",
    "describe_stack",
    "describe_stacks",
    "duty_distribution",
    "embed_chart",
    "find_offerings",
    "group_labels",
    "handover_steps",
    "held_out_distribution",
    "in_use",
    "layer_stack",
    "list_contradictions",
    "list_customer_duties",
    "list_held_out",
    "list_offerings_in_use",
    "list_stale_decisions",
    "list_versions",
    "load_tables",
    "measure_agreement",
    "move_counts",
    "narrow_tables",
    "plot_distribution",
    "plot_handover",
    "plot_matrix",
    "plot_moves",
    "plot_ranking",
    "plot_stack",
    "plot_stacks",
    "rank_customer_duties",
    "read_decisions",
    "read_earlier",
    "read_estate",
    "read_owners",
    "read_remarks",
    "read_review",
    "read_table",
    "read_version",
    "resource_distribution",
    "responsibility_matrix",
    "save_chart",
    "show_page",
    "show_table",
    "write_decisions",
    "write_page",
    "write_remarks",
    "write_workbook",
]


def __getattr__(name: str) -> Any:
    """Load the module that defines a public name when the name is first used (PEP 562)."""
    if name == "__version__":
        from srm_data.schema import read_package

        return read_package()["version"]
    for module, names in MODULES.items():
        if name in names:
            return getattr(import_module(f"srm_data.{module}"), name)
    raise AttributeError(f"module 'srm_data' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
