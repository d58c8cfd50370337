"""Read reviewed workbooks: decisions, remarks, and problems for a person to resolve.

``read`` runs the steps: ``book`` opens a returned file, with its ``stamp`` and its ``tables``, whose
``headers`` may have been renamed; ``rows`` reads the reviewed sheet and ``register`` the review log.
Then ``register``, ``cover``, ``statuses``, ``cells``, ``notes``, ``marks``, ``letters`` and
``other_sheets`` determine the ``outcomes`` of each part, which ``read`` collects in a ``result``.
``values`` parses what people type into a cell.

``merge`` combines the reviews of several copies, using ``statements``, which leave out unchanged
values, with ``merge_decisions``, ``merge_statuses`` and ``merge_remarks`` for the frames. Conflicts go
to ``disputes``; ``merge_conflicts`` keeps those open that no copy resolved.
"""

from srm_data.review.merge import merge_reviews
from srm_data.review.read import read_review
from srm_data.review.result import Review

__all__ = ["Review", "merge_reviews", "read_review"]
