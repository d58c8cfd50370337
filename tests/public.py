"""The public names: those at the top of the package, and those of its folders and modules."""

import inspect
from types import ModuleType
from typing import Any

import srm_data


def list_public() -> dict[str, Any]:
    """Return every public name with its place, such as ``"controls.build_crm"``, and its object.

    A folder lists its names in ``__all__``. Of a module, those are public that show an example.
    """
    public = {name: getattr(srm_data, name) for name in srm_data.__all__}
    for folder, module in inspect.getmembers(srm_data, inspect.ismodule):
        for name in getattr(module, "__all__", _list_shown(module)):
            if name not in public:
                public[f"{folder}.{name}"] = getattr(module, name)
    return {
        place: thing
        for place, thing in public.items()
        if inspect.isroutine(thing) or inspect.isclass(thing)
    }


def _list_shown(module: ModuleType) -> list[str]:
    return [
        name
        for name, thing in vars(module).items()
        if getattr(thing, "__module__", "") == module.__name__ and ">>> " in (thing.__doc__ or "")
    ]


PUBLIC = list_public()
