"""Read reviewed workbooks back: what was decided, what was remarked, and what is unclear.

``read`` goes through the steps: ``book`` opens a returned file, with its ``stamp`` and its ``tables``,
whose ``headers`` may have been renamed; ``rows`` reads the sheet that is reviewed, ``register`` the
review log. Then ``register``, ``cover``, ``statuses``, ``cells``, ``notes``, ``marks``, ``letters`` and
``other_sheets`` conclude what becomes of each part, in ``outcomes``, which ``read`` collects in a
``result``. ``values`` reads what people type into a cell, and ``first_format`` knows the books of
2026.11.1.

``merge`` joins the reviews of several copies: by ``statements``, which leave out what was not changed,
frame by frame in ``merge_decisions``, ``merge_statuses`` and ``merge_remarks``; what differs is among
the ``disputes``.
"""

from srm_data.review.merge import merge_reviews
from srm_data.review.read import read_review
from srm_data.review.result import Review

__all__ = ["Review", "merge_reviews", "read_review"]
