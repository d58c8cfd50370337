from .agreement import (
    default_agreement as default_agreement,
    describe_held_out as describe_held_out,
    held_out_distribution as held_out_distribution,
    list_contradictions as list_contradictions,
    list_formerly_documented as list_formerly_documented,
    list_held_out as list_held_out,
    measure_agreement as measure_agreement,
)

__all__ = [
    "default_agreement",
    "describe_held_out",
    "held_out_distribution",
    "list_contradictions",
    "list_formerly_documented",
    "list_held_out",
    "measure_agreement",
]
