"""Measure agreement: of two readers, and of rules and defaults with the pages read.

``readings`` compares two readers, ``held_out`` answers documented cells by rules and defaults alone,
and ``defaults`` judges each default; ``evidence`` lists what the last two compare.
"""

from srm_data.agreement.defaults import ENOUGH_READINGS, default_agreement
from srm_data.agreement.held_out import held_out_distribution, list_contradictions, list_held_out
from srm_data.agreement.readings import measure_agreement

__all__ = [
    "ENOUGH_READINGS",
    "default_agreement",
    "held_out_distribution",
    "list_contradictions",
    "list_held_out",
    "measure_agreement",
]
