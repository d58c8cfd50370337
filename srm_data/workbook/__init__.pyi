from .appendix_j import (
    read_returned_crm as read_returned_crm,
    write_crm as write_crm,
)
from .book import (
    write_workbook as write_workbook,
)
from .read import (
    read_review as read_review,
)

__all__ = [
    "read_returned_crm",
    "read_review",
    "write_crm",
    "write_workbook",
]
