from .beside import (
    compare_offerings as compare_offerings,
)
from .find import (
    find_answers as find_answers,
)
from .offerings import (
    choose_offerings as choose_offerings,
    find_offerings as find_offerings,
    narrow_tables as narrow_tables,
)

__all__ = [
    "choose_offerings",
    "compare_offerings",
    "find_answers",
    "find_offerings",
    "narrow_tables",
]
