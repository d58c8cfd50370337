from .corrections import (
    list_unsettled as list_unsettled,
    read_corrections as read_corrections,
    write_corrections as write_corrections,
)
from .read import read_estate as read_estate
from .use import (
    in_use as in_use,
    list_customer_duties as list_customer_duties,
    list_effects as list_effects,
    list_offerings_in_use as list_offerings_in_use,
)

__all__ = [
    "in_use",
    "list_customer_duties",
    "list_effects",
    "list_offerings_in_use",
    "list_unsettled",
    "read_corrections",
    "read_estate",
    "write_corrections",
]
