"""A page to send: one HTML file that works without a network, a kernel or Python.

``content`` builds the contents of the page, ``write`` fills the template. Search, selection and sorting
are in ``page.js``. The picture, counts, matrix and sources also work without scripts.
"""

from srm_data.page.write import show_page, write_page

__all__ = ["show_page", "write_page"]
