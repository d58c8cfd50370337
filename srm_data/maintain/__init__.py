"""For those who keep the project: how far its answers can be trusted, releases, notebooks, AWS's lists.

``agreement`` measures readers, rules and defaults; ``release`` makes a release, with ``pictures`` and
``dictionary``; ``notebooks`` runs the notebooks and writes all exports; ``aws_lists`` compares the
catalogue with AWS's lists, and ``frameworks`` reads publishers' files. ``golden`` compares what two
checkouts answer, ``settings`` two releases of API models, ``wording`` our sentences and their pages.
"""

from srm_data.maintain.agreement import (
    default_agreement,
    held_out_distribution,
    list_held_out,
    measure_agreement,
)

__all__ = ["default_agreement", "held_out_distribution", "list_held_out", "measure_agreement"]
