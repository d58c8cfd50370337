"""Read reviewed workbooks back: what was decided, what was remarked, and what is unclear.

``read`` goes through the steps: ``book`` opens a returned file, with its ``stamp`` and its ``tables``;
``rows`` reads the sheet that is reviewed, ``register`` what earlier books left. Then ``register``,
``cells``, ``notes`` and ``other_sheets`` conclude what becomes of each part, in ``outcomes``, which
``read`` collects in frames. ``values`` reads what people type into a cell, and ``first_format`` knows
the books of 2026.11.1.
"""

from srm_data.review.merge import merge_reviews
from srm_data.review.read import read_review
from srm_data.review.result import Review

__all__ = ["Review", "merge_reviews", "read_review"]
