"""A page to send: one HTML file that needs no network, no kernel and no Python.

``content`` lays the model out as the page needs it, ``write`` fills the template and writes the file,
``show`` shows it in a notebook.
What moves on the page (search, choosing, sorting) is in ``page.js``; without scripts the picture, the
counts, the matrix and the sources still stand there.
"""

from srm_data.page.show import show_page
from srm_data.page.write import write_page

__all__ = ["show_page", "write_page"]
