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
from .page import (
    show_page as show_page,
)
from .page import (
    write_page as write_page,
)
from .review import (
    Review as Review,
)
from .review import (
    read_review as read_review,
)
from .workbook import (
    write_workbook as write_workbook,
)

__version__: str
