"""The public names, each once: ``srm_data.<name>`` loads the module that is named here."""

from .agreement import (
    default_agreement as default_agreement,
)
from .agreement import (
    held_out_distribution as held_out_distribution,
)
from .agreement import (
    list_contradictions as list_contradictions,
)
from .agreement import (
    list_held_out as list_held_out,
)
from .agreement import (
    measure_agreement as measure_agreement,
)
from .charts.controls import (
    plot_controls as plot_controls,
)
from .charts.counts import (
    plot_distribution as plot_distribution,
)
from .charts.counts import (
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
)
from .charts.stacks import (
    plot_stacks as plot_stacks,
)
from .charts.steps import (
    plot_handover as plot_handover,
)
from .charts.steps import (
    plot_moves as plot_moves,
)
from .charts.titles import (
    describe_actions as describe_actions,
)
from .charts.titles import (
    describe_defaults as describe_defaults,
)
from .charts.titles import (
    describe_differences as describe_differences,
)
from .charts.titles import (
    describe_documented as describe_documented,
)
from .charts.titles import (
    describe_matrix as describe_matrix,
)
from .charts.titles import (
    describe_panels as describe_panels,
)
from .charts.titles import (
    describe_spread as describe_spread,
)
from .check import (
    check_tables as check_tables,
)
from .controls.crm import (
    compare_crm as compare_crm,
)
from .controls.crm import (
    read_crm as read_crm,
)
from .controls.duties import (
    find_control as find_control,
)
from .controls.duties import (
    list_control_duties as list_control_duties,
)
from .controls.duties import (
    list_controls_of_cells as list_controls_of_cells,
)
from .controls.duties import (
    list_framework_controls as list_framework_controls,
)
from .controls.ids import (
    format_control_id as format_control_id,
)
from .controls.layouts import (
    build_caiq as build_caiq,
)
from .controls.layouts import (
    build_cis as build_cis,
)
from .controls.layouts import (
    build_crm as build_crm,
)
from .controls.layouts import (
    build_how_addressed as build_how_addressed,
)
from .controls.matrix import (
    build_control_matrix as build_control_matrix,
)
from .controls.quickstart import (
    compare_quickstart as compare_quickstart,
)
from .controls.quickstart import (
    quickstart_agreement as quickstart_agreement,
)
from .controls.quickstart import (
    read_quickstart as read_quickstart,
)
from .controls.summary import (
    build_control_summary as build_control_summary,
)
from .controls.summary import (
    control_distribution as control_distribution,
)
from .controls.summary import (
    describe_controls as describe_controls,
)
from .controls.summary import (
    list_controls_left as list_controls_left,
)
from .controls.tables import (
    load_controls as load_controls,
)
from .counts import (
    action_distribution as action_distribution,
)
from .counts import (
    list_spread as list_spread,
)
from .describe import (
    describe_distribution as describe_distribution,
)
from .describe import (
    describe_estate as describe_estate,
)
from .describe import (
    describe_handover as describe_handover,
)
from .describe import (
    describe_held_out as describe_held_out,
)
from .describe import (
    describe_moves as describe_moves,
)
from .describe import (
    describe_party as describe_party,
)
from .describe import (
    describe_resources as describe_resources,
)
from .describe import (
    describe_stack as describe_stack,
)
from .describe import (
    describe_stacks as describe_stacks,
)
from .display.charts import (
    embed_chart as embed_chart,
)
from .display.charts import (
    save_chart as save_chart,
)
from .display.tables import (
    embed_search as embed_search,
)
from .display.tables import (
    show_table as show_table,
)
from .display.texts import (
    show_text as show_text,
)
from .estate import (
    in_use as in_use,
)
from .estate import (
    list_customer_duties as list_customer_duties,
)
from .estate import (
    list_effects as list_effects,
)
from .estate import (
    list_offerings_in_use as list_offerings_in_use,
)
from .estate import (
    list_unsettled as list_unsettled,
)
from .estate import (
    read_corrections as read_corrections,
)
from .estate import (
    read_estate as read_estate,
)
from .estate import (
    write_corrections as write_corrections,
)
from .exceptions import (
    EstateError as EstateError,
)
from .exceptions import (
    Fault as Fault,
)
from .exceptions import (
    FrameError as FrameError,
)
from .exceptions import (
    InternalError as InternalError,
)
from .exceptions import (
    NotebookError as NotebookError,
)
from .exceptions import (
    ReviewError as ReviewError,
)
from .exceptions import (
    SkippedFileWarning as SkippedFileWarning,
)
from .exceptions import (
    SpreadsheetError as SpreadsheetError,
)
from .exceptions import (
    SrmDataError as SrmDataError,
)
from .exceptions import (
    StaleDecisionWarning as StaleDecisionWarning,
)
from .exceptions import (
    TableError as TableError,
)
from .exceptions import (
    UnknownKindError as UnknownKindError,
)
from .exceptions import (
    WorkbookError as WorkbookError,
)
from .formats.database import (
    write_database as write_database,
)
from .history.compare import (
    compare as compare,
)
from .history.compare import (
    describe_changes as describe_changes,
)
from .history.compare import (
    move_counts as move_counts,
)
from .history.earlier import (
    read_earlier as read_earlier,
)
from .history.versions import (
    list_formerly_documented as list_formerly_documented,
)
from .history.versions import (
    list_versions as list_versions,
)
from .history.versions import (
    read_version as read_version,
)
from .load import (
    load_tables as load_tables,
)
from .load import (
    read_table as read_table,
)
from .matrix import (
    basis_distribution as basis_distribution,
)
from .matrix import (
    duty_distribution as duty_distribution,
)
from .matrix import (
    group_labels as group_labels,
)
from .matrix import (
    handover_steps as handover_steps,
)
from .matrix import (
    layer_stack as layer_stack,
)
from .matrix import (
    rank_customer_duties as rank_customer_duties,
)
from .matrix import (
    resource_distribution as resource_distribution,
)
from .matrix import (
    responsibility_matrix as responsibility_matrix,
)
from .model import (
    build_category_model as build_category_model,
)
from .model import (
    build_model as build_model,
)
from .offerings import (
    choose_offerings as choose_offerings,
)
from .offerings import (
    find_offerings as find_offerings,
)
from .offerings import (
    narrow_tables as narrow_tables,
)
from .organisation.cell_status import (
    read_cell_status as read_cell_status,
)
from .organisation.cell_status import (
    write_cell_status as write_cell_status,
)
from .organisation.decisions import (
    apply_decisions as apply_decisions,
)
from .organisation.decisions import (
    list_stale_decisions as list_stale_decisions,
)
from .organisation.decisions import (
    read_decisions as read_decisions,
)
from .organisation.decisions import (
    write_decisions as write_decisions,
)
from .organisation.owners import (
    assign_owners as assign_owners,
)
from .organisation.owners import (
    read_owners as read_owners,
)
from .organisation.register import (
    build_register as build_register,
)
from .organisation.remarks import (
    read_remarks as read_remarks,
)
from .organisation.remarks import (
    write_remarks as write_remarks,
)
from .organisation.sign_off import (
    read_sign_off as read_sign_off,
)
from .organisation.sign_off import (
    write_sign_off as write_sign_off,
)
from .page import (
    show_page as show_page,
)
from .page import (
    write_page as write_page,
)
from .questions import (
    compare_offerings as compare_offerings,
)
from .questions import (
    find_answers as find_answers,
)
from .review import (
    Review as Review,
)
from .review import (
    merge_reviews as merge_reviews,
)
from .review import (
    read_review as read_review,
)
from .workbook import (
    write_workbook as write_workbook,
)
from .workbook.appendix_j import (
    write_crm as write_crm,
)

__version__: str
