"""The public names, each once: ``srm_data.<name>`` loads the module that is named here."""

from .agreement import (
    default_agreement as default_agreement,
    held_out_distribution as held_out_distribution,
    list_contradictions as list_contradictions,
    list_held_out as list_held_out,
    measure_agreement as measure_agreement,
)
from .changes import (
    compare as compare,
    describe_changes as describe_changes,
    list_formerly_documented as list_formerly_documented,
    list_versions as list_versions,
    move_counts as move_counts,
    read_earlier as read_earlier,
    read_version as read_version,
)
from .charts.controls import (
    plot_controls as plot_controls,
)
from .charts.counts import (
    plot_distribution as plot_distribution,
    plot_ranking as plot_ranking,
)
from .charts.frame import (
    describe_chart as describe_chart,
)
from .charts.matrices import (
    plot_matrix as plot_matrix,
)
from .charts.panels import (
    plot_actions as plot_actions,
)
from .charts.quality import (
    plot_defaults as plot_defaults,
)
from .charts.spread import (
    plot_spread as plot_spread,
)
from .charts.stacks import (
    plot_stack as plot_stack,
    plot_stacks as plot_stacks,
)
from .charts.steps import (
    plot_handover as plot_handover,
    plot_moves as plot_moves,
)
from .charts.titles import (
    describe_documented as describe_documented,
)
from .check import (
    check_tables as check_tables,
)
from .controls.crm import (
    compare_crm as compare_crm,
    read_crm as read_crm,
)
from .controls.frameworks import (
    list_control_duties as list_control_duties,
    list_framework_controls as list_framework_controls,
)
from .controls.ids import (
    format_control_id as format_control_id,
)
from .controls.layouts import (
    build_caiq as build_caiq,
    build_cis as build_cis,
    build_crm as build_crm,
    build_how_addressed as build_how_addressed,
)
from .controls.matrix import (
    build_control_matrix as build_control_matrix,
    build_control_summary as build_control_summary,
    control_distribution as control_distribution,
    describe_controls as describe_controls,
    list_controls_left as list_controls_left,
)
from .controls.tables import (
    load_controls as load_controls,
)
from .describe import (
    describe_actions as describe_actions,
    describe_defaults as describe_defaults,
    describe_distribution as describe_distribution,
    describe_estate as describe_estate,
    describe_handover as describe_handover,
    describe_held_out as describe_held_out,
    describe_matrix as describe_matrix,
    describe_moves as describe_moves,
    describe_party as describe_party,
    describe_resources as describe_resources,
    describe_spread as describe_spread,
    describe_stack as describe_stack,
    describe_stacks as describe_stacks,
)
from .display.charts import (
    embed_chart as embed_chart,
    save_chart as save_chart,
)
from .display.tables import (
    embed_search as embed_search,
    show_table as show_table,
)
from .display.texts import (
    show_text as show_text,
)
from .estate import (
    in_use as in_use,
    list_customer_duties as list_customer_duties,
    list_effects as list_effects,
    list_offerings_in_use as list_offerings_in_use,
    list_unsettled as list_unsettled,
    read_corrections as read_corrections,
    read_estate as read_estate,
    write_corrections as write_corrections,
)
from .exceptions import (
    EstateError as EstateError,
    Fault as Fault,
    FrameError as FrameError,
    InternalError as InternalError,
    NotebookError as NotebookError,
    ReviewError as ReviewError,
    SkippedFileWarning as SkippedFileWarning,
    SpreadsheetError as SpreadsheetError,
    SrmDataError as SrmDataError,
    StaleDecisionWarning as StaleDecisionWarning,
    TableError as TableError,
    UnknownKindError as UnknownKindError,
    UnusedCorrectionWarning as UnusedCorrectionWarning,
    WorkbookError as WorkbookError,
)
from .formats import (
    write_database as write_database,
)
from .load import (
    load_tables as load_tables,
    read_table as read_table,
)
from .matrix import (
    action_distribution as action_distribution,
    basis_distribution as basis_distribution,
    duty_distribution as duty_distribution,
    group_labels as group_labels,
    handover_steps as handover_steps,
    layer_stack as layer_stack,
    list_spread as list_spread,
    rank_customer_duties as rank_customer_duties,
    resource_distribution as resource_distribution,
    responsibility_matrix as responsibility_matrix,
)
from .model import (
    build_category_model as build_category_model,
    build_model as build_model,
)
from .offerings import (
    choose_offerings as choose_offerings,
    find_offerings as find_offerings,
    narrow_tables as narrow_tables,
)
from .organisation.cell_status import (
    read_cell_status as read_cell_status,
    write_cell_status as write_cell_status,
)
from .organisation.decisions import (
    apply_decisions as apply_decisions,
    list_stale_decisions as list_stale_decisions,
    read_decisions as read_decisions,
    write_decisions as write_decisions,
)
from .organisation.owners import (
    assign_owners as assign_owners,
    read_owners as read_owners,
)
from .organisation.register import (
    build_register as build_register,
)
from .organisation.remarks import (
    read_remarks as read_remarks,
    write_remarks as write_remarks,
)
from .organisation.sign_off import (
    read_sign_off as read_sign_off,
    write_sign_off as write_sign_off,
)
from .page import (
    show_page as show_page,
    write_page as write_page,
)
from .questions import (
    compare_offerings as compare_offerings,
    find_answers as find_answers,
)
from .review import (
    Review as Review,
    merge_reviews as merge_reviews,
    read_review as read_review,
)
from .workbook import (
    write_workbook as write_workbook,
)
from .workbook.appendix_j import (
    write_crm as write_crm,
)

__version__: str
