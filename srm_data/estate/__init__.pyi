from .read import (
    read_estate as read_estate,
)
from .use import (
    in_use as in_use,
)
from .use import (
    list_customer_duties as list_customer_duties,
)
from .use import (
    list_offerings_in_use as list_offerings_in_use,
)

__all__ = ["in_use", "list_customer_duties", "list_offerings_in_use", "read_estate"]
