"""The public names at the top, each once, and the folders and modules that hold the others."""

from . import (
    changes as changes,
    charts as charts,
    check as check,
    controls as controls,
    describe as describe,
    display as display,
    estate as estate,
    exceptions as exceptions,
    load as load,
    maintain as maintain,
    matrix as matrix,
    register as register,
    workbook as workbook,
)
from .changes import (
    compare as compare,
    list_versions as list_versions,
    read_earlier as read_earlier,
)
from .charts import (
    plot_distribution as plot_distribution,
    plot_matrix as plot_matrix,
    plot_stack as plot_stack,
    plot_stacks as plot_stacks,
)
from .describe import (
    describe_estate as describe_estate,
    describe_resources as describe_resources,
)
from .display import (
    embed_search as embed_search,
    show_table as show_table,
    show_text as show_text,
)
from .estate import (
    in_use as in_use,
    list_customer_duties as list_customer_duties,
    list_offerings_in_use as list_offerings_in_use,
    read_estate as read_estate,
)
from .exceptions import (
    EstateError as EstateError,
    SrmDataError as SrmDataError,
)
from .formats import (
    write_database as write_database,
)
from .load import (
    load_tables as load_tables,
)
from .matrix import (
    action_distribution as action_distribution,
    basis_distribution as basis_distribution,
    duty_distribution as duty_distribution,
    group_labels as group_labels,
    handover_steps as handover_steps,
    layer_stack as layer_stack,
    list_spread as list_spread,
    resource_distribution as resource_distribution,
    responsibility_matrix as responsibility_matrix,
)
from .model import (
    build_category_model as build_category_model,
    build_model as build_model,
)
from .names import (
    choose_offerings as choose_offerings,
    compare_offerings as compare_offerings,
    find_answers as find_answers,
    find_offerings as find_offerings,
    narrow_tables as narrow_tables,
)
from .page import (
    show_page as show_page,
    write_page as write_page,
)
from .register import (
    read_register as read_register,
)
from .workbook import (
    read_review as read_review,
    write_workbook as write_workbook,
)

__all__: list[str]
__version__: str
