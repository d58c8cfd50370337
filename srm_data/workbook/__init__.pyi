from .appendix_j import (
    write_crm as write_crm,
)
from .book import (
    write_workbook as write_workbook,
)
from .read import (
    read_review as read_review,
)

__all__ = [
    "read_review",
    "write_crm",
    "write_workbook",
]
