from .cell_status import (
    read_cell_status as read_cell_status,
    write_cell_status as write_cell_status,
)
from .decisions import (
    apply_decisions as apply_decisions,
    list_stale_decisions as list_stale_decisions,
    read_decisions as read_decisions,
    write_decisions as write_decisions,
)
from .owners import (
    assign_owners as assign_owners,
    read_owners as read_owners,
)
from .register import (
    build_register as build_register,
)
from .remarks import (
    read_remarks as read_remarks,
    write_remarks as write_remarks,
)
from .sign_off import (
    read_sign_off as read_sign_off,
    write_sign_off as write_sign_off,
)

__all__ = [
    "apply_decisions",
    "assign_owners",
    "build_register",
    "list_stale_decisions",
    "read_cell_status",
    "read_decisions",
    "read_owners",
    "read_remarks",
    "read_sign_off",
    "write_cell_status",
    "write_decisions",
    "write_remarks",
    "write_sign_off",
]
