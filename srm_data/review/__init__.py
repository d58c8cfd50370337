"""Read reviewed workbooks: decisions, remarks, and problems for a person to resolve.

``read`` runs the steps: ``reading`` opens a returned file, with its ``stamp`` and its ``tables``;
``rows`` reads the reviewed sheet and ``register`` the review log. Then ``cells``, ``statuses`` and
``elsewhere`` determine the ``outcomes``, with ``authors``, which finds whose name and date an entry
has. ``values`` parses what people type into a cell. ``merge`` combines the reviews of several copies,
frame by frame in ``merge_frames``.
"""

from srm_data.review.merge import merge_reviews
from srm_data.review.read import Review, read_review

__all__ = ["Review", "merge_reviews", "read_review"]
