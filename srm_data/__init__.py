"""The AWS Shared Responsibility Model as data: who is responsible for what, and who says so.

>>> import srm_data
>>> model = srm_data.build_model()                    # one row per offering and duty
>>> matrix = srm_data.responsibility_matrix(model)    # offerings x duties
>>> counts = srm_data.duty_distribution(model, "category")

The calls, by what they are for. Frames are those of pandas; ``help(srm_data.in_use)`` explains a call.

model      build_model, build_category_model (the defaults); load_tables (what both are built from)
find       find_answers (a question in words), find_offerings (a name), compare_offerings (two names)
narrow     choose_offerings (a model, by names), narrow_tables (the tables, by names)
estate     read_estate (inventory, bill, Terraform ...), in_use (the model of it), describe_estate,
           list_offerings_in_use (with resources and cost), list_customer_duties, describe_resources
count      responsibility_matrix, duty_distribution, action_distribution (who must act), list_spread,
           basis_distribution (what is documented), resource_distribution, handover_steps, layer_stack
draw       plot_matrix, plot_distribution; plot_stack, plot_stacks (a layer_stack); group_labels
teams      read_register (what you decided, assigned and approved, for build_model and write_workbook),
           register.state (what of it holds on a day), register.assign_accountable (whose each cell is)
write      write_workbook (Excel, for reviewers), write_page (HTML), write_database (SQLite, Parquet)
review     read_review (a returned workbook: what was entered), register.merge, register.write_register
over time  compare, read_earlier (a released version, or a workbook of yours), list_versions
notebook   show_table, show_text, show_page, embed_search
controls   controls.build_control_matrix (NIST SP 800-53 and others), controls.write_oscal,
           controls.build_crm (a frame), workbook.write_crm (its Excel file)
errors     SrmDataError is the base of all, EstateError that of inventories

``help(srm_data.build_model)`` lists the columns of a model: party, action, both parts, basis, sources,
encryption. More stands in folders and modules: ``srm_data.charts`` (more plots), ``controls``,
``register``, ``estate`` (``list_unsettled``, corrections), ``describe`` (sentences), ``changes``,
``maintain`` (trust), ``exceptions``.
"""

from __future__ import annotations

import pkgutil
from typing import Any

import lazy_loader

# Names and modules are listed in __init__.pyi. A module is loaded when one of its names is first used.
_load, _, _names = lazy_loader.attach_stub(__name__, __file__)
_modules = {module.name for module in pkgutil.iter_modules(__path__)}
__all__ = [name for name in _names if name not in _modules]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from srm_data.schema import read_package

        return read_package()["version"]
    return _load(name)


def __dir__() -> list[str]:
    return [*_names, "__version__"]
