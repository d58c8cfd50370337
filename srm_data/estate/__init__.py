"""Estates: an inventory file in, the offerings in use out, and nothing lost on the way.

``sources`` tells what a file is; a module a kind reads it; ``tally`` and ``tables`` count; ``match``
finds the offerings; ``use`` narrows the model.
"""

from srm_data.estate.read import read_estate
from srm_data.estate.use import in_use, list_customer_duties, list_offerings_in_use

__all__ = ["in_use", "list_customer_duties", "list_offerings_in_use", "read_estate"]
