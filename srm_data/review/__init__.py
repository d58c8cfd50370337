"""Read reviewed workbooks back: what was decided, what was remarked, and what is unclear.

``opening`` takes a returned book apart: ``book`` finds its stamp and tables, ``notes`` and ``drawings``
what stands in no cell, ``first_format`` knows the books of 2026.11.1. ``typed`` reads what people type
into a cell, ``rows`` the sheet that is reviewed; ``cells`` and ``elsewhere`` sort all of it into
outcomes, and ``read`` into frames.
"""

from srm_data.review.read import Review, read_review

__all__ = ["Review", "read_review"]
