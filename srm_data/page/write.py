"""Fill the page template; write it as one file without external resources, or show it in a notebook."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from srm_data.atomic import open_whole
from srm_data.cells import check_frame, restore_cells
from srm_data.estate.use import COUNTS, ESTATE
from srm_data.exceptions import FrameError, SrmDataError
from srm_data.load import Tables, given_tables
from srm_data.model import A_MODEL, MODEL
from srm_data.page.content import build_content
from srm_data.schema import (
    INDEPENDENT,
    LICENCE,
    SEAT,
    Audience,
    StrPath,
    check_audience,
    name_scope,
    read_package,
)

if TYPE_CHECKING:
    from IPython.display import HTML

SCRIPTS = ("ask.js", "page.js")
NEEDED = {
    "responsibilities": ["responsibility", "position"],
    "bases": ["basis", "label", "position"],
    "offerings": ["offering_id", "offering"],
    "sources": ["source_id", "title", "url"],
    "glossary": [],
}
"""The tables and columns whose texts the page shows."""
NARROW = 0.12  # part of a bar that a letter and a number need; the script of the page uses it too


def make_page(
    model: pd.DataFrame,
    *,
    scope: str = "",
    estate: pd.DataFrame | None = None,
    audience: Audience = "internal",
    tables: Tables | None = None,
) -> str:
    """Return the page as one HTML text; the parameters are those of :func:`write_page`."""
    from jinja2 import Environment, StrictUndefined

    check_audience(audience)
    check_frame(model, MODEL, A_MODEL)
    if estate is not None:
        check_frame(model, COUNTS, "a model narrowed to the estate, from in_use")
        check_frame(estate, ESTATE, "an estate, from read_estate")
    if model.empty:
        raise FrameError("the model has no rows: there is no page to make")

    tables = given_tables(tables, NEEDED, model)
    model = restore_cells(model, MODEL, A_MODEL, tables=tables)
    is_internal = audience == "internal"
    if not is_internal:  # the note gives the reason of a decision and who made it
        decided = model["basis"] == "decision"
        model = model.assign(note=model["note"].mask(decided, "Decided by the organisation."))

    package = read_package()
    here = files("srm_data.page")
    templates = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    shown = build_content(model, tables, estate=estate, is_internal=is_internal)
    data = json.dumps(shown.pop("data"), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    page = templates.from_string((here / "page.html").read_text(encoding="utf-8")).render(
        scope=scope or name_scope(model, tables),
        seat=SEAT,
        independent=f"{INDEPENDENT} {LICENCE}",
        version=package["version"],
        made=package["created"][:10],
        style=(here / "page.css").read_text(encoding="utf-8"),
        script="\n".join((here / name).read_text(encoding="utf-8") for name in SCRIPTS),
        data=data.replace("<", "\\u003c"),  # no text can close the script element
        cells=len(model),
        narrow=NARROW,
        **shown,
    )
    # The policy of the page allows its own style and script, by their hashes, and nothing else.
    for word, tag in (("STYLE", "style"), ("SCRIPT", "script")):
        text = page.rpartition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        page = page.replace(f"-src '{word}'", f"-src 'sha256-{digest}'", 1)
    return page


def write_page(
    path: StrPath,
    model: pd.DataFrame,
    *,
    scope: str = "",
    estate: pd.DataFrame | None = None,
    audience: Audience = "internal",
    tables: Tables | None = None,
) -> Path:
    """Write a model as a page to send: one HTML file that needs no network.

    Parameters
    ----------
    path
        File to write. An existing file is replaced once the new one is complete.
    model
        Frame from :func:`~srm_data.build_model`, or a part of it, with or without the decisions of a
        register and who is accountable.
    scope
        Description of what the model covers. By default, the whole catalogue or chosen offerings.
    estate
        Frame from :func:`~srm_data.read_estate`, if the model was narrowed to one by
        :func:`~srm_data.in_use`.
    audience
        ``"internal"`` includes the numbers of resources, and the reasons and authors of decisions.
        ``"publishable"`` includes decisions only.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    pathlib.Path
        ``path``. The same frames give the same bytes.

    Raises
    ------
    ValueError
        If the model is empty or ``audience`` is neither of the two.
    srm_data.SrmDataError
        If the file name does not end in .html.
    OSError
        If the file cannot be written or replaced. An existing file is left unchanged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "ours.html"
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> write_page(path, model, scope="Our queues").name
    'ours.html'
    """
    page = make_page(model, scope=scope, estate=estate, audience=audience, tables=tables)
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise SrmDataError(f"{path}: expected a file name that ends in .html")
    with open_whole(path) as stream:
        stream.write(page.encode())
    return path


def show_page(
    model: pd.DataFrame,
    *,
    height: int = 760,
    scope: str = "",
    estate: pd.DataFrame | None = None,
    audience: Audience = "internal",
    tables: Tables | None = None,
) -> HTML:
    """Display a model as a page inside a notebook, with search, selection and sorting.

    The page runs in the browser without a kernel, so it also works in a notebook saved as HTML. It is
    isolated from the notebook. An untrusted notebook shows a line of text instead.

    Parameters
    ----------
    model, scope, estate, audience, tables
        As for :func:`~srm_data.write_page`, which writes the same page to a file.
    height
        Height of the page, in pixels.

    Returns
    -------
    IPython.display.HTML
        Object to display at the end of a cell.

    Examples
    --------
    >>> page = show_page(srm_data.choose_offerings(srm_data.build_model(), "sqs"), height=400)
    >>> "height: 400px" in page.data
    True
    """
    from IPython.display import HTML

    page = make_page(model, scope=scope, estate=estate, audience=audience, tables=tables)
    return HTML(
        f'<div><iframe title="Search and pick responsibilities" srcdoc="{escape(page, quote=True)}" '
        'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" '
        f'style="width: 100%; height: {height}px; border: 1px solid #c9d0d8; border-radius: 4px">'
        "</iframe><p><small>Search, pick and sort above. Nothing there? Trust the notebook, or open "
        "the page that <code>srm-data page</code> writes.</small></p></div>"
    )
