from .offerings import (
    choose_offerings as choose_offerings,
    find_offerings as find_offerings,
    narrow_tables as narrow_tables,
)
from .questions import (
    compare_offerings as compare_offerings,
    find_answers as find_answers,
)

__all__ = [
    "choose_offerings",
    "compare_offerings",
    "find_answers",
    "find_offerings",
    "narrow_tables",
]
