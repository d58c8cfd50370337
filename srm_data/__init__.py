"""The AWS Shared Responsibility Model as data: who is responsible for what, and who says so.

>>> import srm_data
>>> model = srm_data.build_model()                    # one row per offering and duty
>>> matrix = srm_data.responsibility_matrix(model)    # offerings x duties
>>> counts = srm_data.duty_distribution(model, "category")

``load_tables`` returns the tables behind the model, ``find_offerings`` finds services by name,
``read_estate`` reads what an organisation runs and ``in_use`` narrows the model to it. ``plot_matrix``
and the other ``plot_`` functions draw, ``write_workbook`` writes the Excel matrix, and ``read_review``
reads it back from its reviewers. Modules are loaded when they are first used.
"""

from __future__ import annotations

from typing import Any

import lazy_loader

# Names and modules are listed in __init__.pyi. A module is loaded when one of its names is first used.
_load, _, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from srm_data.schema import read_package

        return read_package()["version"]
    return _load(name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
