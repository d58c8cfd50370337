"""Controls of security frameworks: which duties carry them, who addresses each, common layouts."""

from srm_data.controls.ciso_assistant import (
    build_applied_controls,
    build_ciso_assistant,
    write_ciso_assistant,
)
from srm_data.controls.crm import compare_crm, read_crm
from srm_data.controls.frameworks import (
    find_framework,
    list_control_duties,
    list_framework_controls,
    list_organisation_controls,
)
from srm_data.controls.ids import format_control_id
from srm_data.controls.layouts import build_caiq, build_cis, build_crm, build_how_addressed
from srm_data.controls.matrix import (
    build_control_matrix,
    build_control_summary,
    control_distribution,
    describe_controls,
    list_controls_left,
)
from srm_data.controls.oscal import build_oscal, write_oscal
from srm_data.controls.references import check_oscal
from srm_data.controls.tables import check_controls, load_controls
from srm_data.controls.tasks import build_raci, build_task_list, read_task_list

__all__ = [
    "build_applied_controls",
    "build_caiq",
    "build_cis",
    "build_ciso_assistant",
    "build_control_matrix",
    "build_control_summary",
    "build_crm",
    "build_how_addressed",
    "build_oscal",
    "build_raci",
    "build_task_list",
    "check_controls",
    "check_oscal",
    "compare_crm",
    "control_distribution",
    "describe_controls",
    "find_framework",
    "format_control_id",
    "list_control_duties",
    "list_controls_left",
    "list_framework_controls",
    "list_organisation_controls",
    "load_controls",
    "read_crm",
    "read_task_list",
    "write_ciso_assistant",
    "write_oscal",
]
