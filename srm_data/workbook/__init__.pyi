from .appendix_j import (
    write_crm as write_crm,
)
from .write import (
    write_workbook as write_workbook,
)

__all__ = [
    "write_crm",
    "write_workbook",
]
