"""A page to send: one HTML file that needs no network, no kernel and no Python.

``content`` lays the model out as the page needs it, ``write`` fills the template and writes the file.
What moves on the page (search, choosing, sorting) is in ``page.js``; without scripts the picture, the
counts, the matrix and the sources still stand there.
"""

from srm_data.page.write import make_page, write_page

__all__ = ["make_page", "write_page"]
