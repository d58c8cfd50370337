"""A page to send: one HTML file that needs no network, no kernel and no Python.

``content`` builds what the page shows, ``write`` fills the template and writes the file, ``show``
displays the page in a notebook. Search, selection and sorting are in ``page.js``. Without scripts the
picture, the counts, the matrix and the sources are still there.
"""

from srm_data.page.show import show_page
from srm_data.page.write import write_page

__all__ = ["show_page", "write_page"]
