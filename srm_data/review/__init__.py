"""Read reviewed workbooks back: what was decided, what was remarked, and what is unclear.

``opening`` takes a returned book apart (``book`` finds its stamp and tables, ``notes`` its notes and
threads), ``typed`` reads what people type into a cell, ``rows`` the sheet that is reviewed;
``cells`` and ``elsewhere`` sort all of it into outcomes, and ``read`` into frames.
"""

from srm_data.review.read import Exported, Review, read_exported, read_review

__all__ = ["Exported", "Review", "read_exported", "read_review"]
