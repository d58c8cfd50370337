from .appendix_j import (
    write_crm as write_crm,
)
from .read import (
    read_book as read_book,
)
from .write import (
    write_workbook as write_workbook,
)

__all__ = [
    "read_book",
    "write_crm",
    "write_workbook",
]
