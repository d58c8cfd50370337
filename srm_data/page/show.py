"""Display the page inside a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from srm_data.load import Tables
from srm_data.page.write import make_page
from srm_data.schema import Audience

if TYPE_CHECKING:
    from IPython.display import HTML


def show_page(
    model: pd.DataFrame,
    *,
    height: int = 760,
    scope: str = "",
    estate: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
    audience: Audience = "internal",
    tables: Tables | None = None,
) -> HTML:
    """Display a model as a page inside a notebook, with search, selection and sorting.

    The page runs in the browser without a kernel, so it also works in a notebook saved as HTML. It is
    isolated from the notebook. An untrusted notebook shows a line of text instead.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, or a part of it.
    height
        Height of the page, in pixels.
    scope, estate, decisions, audience, tables
        As in :func:`~srm_data.write_page`, which writes the same page to a file.

    Returns
    -------
    IPython.display.HTML
        Object to display at the end of a cell.

    Raises
    ------
    ValueError
        If the model is empty or ``audience`` is neither of the two.

    Examples
    --------
    >>> from srm_data import build_model, choose_offerings
    >>> page = show_page(choose_offerings(build_model(), "sqs"), height=400)
    >>> "height: 400px" in page.data
    True
    """
    from IPython.display import HTML

    page = make_page(
        model, scope=scope, estate=estate, decisions=decisions, audience=audience, tables=tables
    )
    return HTML(
        f'<div><iframe title="Search and pick responsibilities" srcdoc="{escape(page, quote=True)}" '
        'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" '
        f'style="width: 100%; height: {height}px; border: 1px solid #c9d0d8; border-radius: 4px">'
        "</iframe><p><small>Search, pick and sort above. Nothing there? Trust the notebook, or open "
        "the page that <code>srm-data page</code> writes.</small></p></div>"
    )
