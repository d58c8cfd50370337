"""Display tables and sentences in a notebook: names for ids, links to sources, coloured answers."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Container, Iterator, Sequence
from html import escape, unescape
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pandas as pd

from srm_data.cells import check_frame, find_marks, list_marks
from srm_data.load import Tables, given_tables

if TYPE_CHECKING:
    from IPython.display import HTML
    from pandas.io.formats.style import Styler

__all__ = ["embed_search", "show_table", "show_text"]

NAMES = {
    "offering_id": ("Offering", "offerings", "offering"),
    "service_id": ("Service", "services", "service"),
    "duty_id": ("Duty", "duties", "duty"),
    "category_id": ("Category", "categories", "category"),
    "seed_category_id": ("AWS's category", "categories", "category"),
    "source_id": ("Source", "sources", "title"),
    "source_ids": ("Sources", "sources", "title"),
    "basis": ("Basis", "bases", "label"),
    "alternatives": ("It may also be", "offerings", "offering"),
}
"""For each column of ids: its header, the table with the names, and the column with the names."""

NEEDED: dict[str, list[str]] = {table: [] for _, table, _ in NAMES.values()}
NEEDED |= {"responsibilities": ["responsibility", "color"]}

HEADERS = {
    "control_id": "Control",
    "aws_part": "AWS's part",
    "customer_part": "Customer's part",
    "aws_page_term": "AWS's page",
    "fedramp_crm_term": "FedRAMP CRM",
    "caiq_term": "CAIQ",
    "oscal_term": "OSCAL",
    "url": "Address",
    "accessed": "Read on",
    "weight": "Resources",
    "without_decision": "AWS's documents say",
    "performed_by": "Performed by",
}
TERMS = {header for name, header in HEADERS.items() if name.endswith("_term")}
"""Columns with other people's terms, in which "Shared" is not one of our answers."""

WIDTH, GAP = 100, 2  # characters of a table as plain text, and between two of its columns
SEPARATOR = "; "
ROWS = 15  # of a page of a table with search


class Table:
    """A frame to display as a table: HTML in a notebook, plain text elsewhere."""

    def __init__(self, frame: pd.DataFrame, styler: Styler, *, search: bool) -> None:
        self.frame, self.styler, self.search = frame, styler, search

    def __repr__(self) -> str:
        """Return the table as plain text, wrapped at word boundaries."""
        return self.to_string()

    def _repr_html_(self) -> str:
        return self._make_searchable() if self.search else self.to_html()

    def to_html(self) -> str:
        """Return all rows as an HTML table."""
        html: str = self.styler.to_html()
        return html

    def to_string(self, width: int = WIDTH) -> str:
        """Return the table as plain text, wrapped at word boundaries to fit a width in characters.

        Words that are longer than their column are not split.
        """
        rows = [[str(name) for name in self.frame.columns]]
        for values in self.frame.itertuples(index=False):
            rows.append([unescape(re.sub(r"<[^>]*>", "", _write(value))) for value in values])
        return "\n".join((" " * GAP).join(texts) for _, texts in lay_out(rows, width))

    def _make_searchable(self) -> str:
        from itables import to_html_datatable

        numeric = [n for n, (_, values) in enumerate(self.frame.items()) if _is_number(values)]
        html: str = to_html_datatable(
            self.styler, connected=False, allow_html=True, showIndex=False,
            pageLength=ROWS, lengthMenu=[ROWS, 50, 200],
            # JupyterLab would make all columns equally wide
            autoWidth=False, classes="display compact",
            style="width:100%; margin:0; table-layout:auto",
            columnDefs=[{"className": "dt-left", "targets": "_all"},
                        {"className": "dt-right", "targets": numeric}],
        )  # fmt: skip
        return html


def show_table(
    table: pd.DataFrame, *, index: bool = False, search: bool = False, tables: Tables | None = None
) -> Table:
    """Display a frame as a table that people can read.

    Headers and ids are replaced by names, sources and web addresses become links, and each answer has
    the colour of its party. Columns with only blanks or zeros are left out.

    Parameters
    ----------
    table
        Frame to display.
    index
        Whether to display the index as the first column.
    search
        Whether to add search, sorting and pages. This requires :func:`~srm_data.embed_search` in an
        earlier cell.
    tables
        Frames from :func:`~srm_data.load_tables`, for names and colours; loaded if not given.

    Returns
    -------
    Table
        Object to display at the end of a cell. Use ``to_html()`` or ``to_string()`` to get text.

    Examples
    --------
    >>> frame = pd.DataFrame({"duty_id": ["backup"], "cells": [1200], "note": [""]})
    >>> print(show_table(frame).to_string())
    Duty    Cells
    Backup  1,200
    """
    check_frame(table, [], "a frame")
    tables = given_tables(tables, NEEDED, table)
    if index:
        names = [str(name or "") for name in table.index.names]
        table = table.set_axis(table.index.set_names(names)).reset_index()
    frame = _write_words(_drop_blank(table), tables)
    colors = tables["responsibilities"].set_index("responsibility")["color"].to_dict()

    looks: list[Any] = [
        {"selector": "th, td", "props": [("text-align", "left"), ("vertical-align", "top")]}
    ]
    for place, (_, values) in enumerate(frame.items()):
        if _is_number(values):
            props = [("text-align", "right"), ("font-variant-numeric", "tabular-nums")]
            looks.append({"selector": f"td.col{place}, th.col{place}", "props": props})
        elif _holds_days(values):
            looks.append({"selector": f"td.col{place}", "props": [("white-space", "nowrap")]})
    styler = frame.style.set_table_styles(looks).format(_write).hide(axis="index")
    of_answers = [column for column in frame if column not in TERMS]
    styler = styler.map(lambda value: _color(value, colors), subset=of_answers)
    return Table(frame, styler, search=search)


def lay_out(
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    widths: Sequence[int] = (),
    right: Container[int] = (),
) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a table as plain text: the number of the row, and the text of each column.

    The widest column is narrowed first until all fit the width; texts are wrapped, no word is split.
    ``widths`` are those of the columns if they are given; ``right`` are columns aligned to the right.
    """
    columns = list(zip(*rows, strict=True))
    least = [max(map(len, " ".join(column).split()), default=1) for column in columns]
    wides = list(widths) or [max(map(len, column)) for column in columns]
    while not widths and sum(wides) > width - GAP * (len(wides) - 1) and wides != least:
        able = [place for place in range(len(wides)) if wides[place] > least[place]]
        wides[max(able, key=lambda place: wides[place])] -= 1

    # A row has as many lines as its longest text.
    for number, row in enumerate(rows):
        cells = [
            textwrap.wrap(text, max(wide, 1), break_long_words=False, break_on_hyphens=False) or [""]
            for text, wide in zip(row, wides, strict=True)
        ]
        for texts in zip_longest(*cells, fillvalue=""):
            last = max((place for place, text in enumerate(texts) if text), default=0)
            line = []
            for place, text in enumerate(texts[: last + 1]):
                wide = wides[place] if place < last or place in right else 0
                line.append(text.rjust(wide) if place in right else text.ljust(wide))
            yield number, line


def embed_search() -> HTML:
    """Return the library for searchable tables, for a cell at the top of a notebook.

    No network access is needed. If the library is missing or scripts do not run, searchable tables show
    all rows.

    Returns
    -------
    IPython.display.HTML
        For the end of a cell.

    Examples
    --------
    >>> "https://cdn" in embed_search().data
    False
    """
    from IPython.display import HTML
    from itables import options
    from itables.javascript import generate_init_offline_itables_html
    from itables.version import __version__

    # What itables.init_notebook_mode displays, but in this order: it asks for the library before it is
    # there, which the browser reports as an error.
    library: str = generate_init_offline_itables_html(options.dt_bundle)
    name = re.sub(r"[.-]", "_", f"_itables_{__version__}")
    dark = f'<script>window["{name}"]?.then(library => library.set_or_remove_dark_class());</script>'
    return HTML(library + dark)


def _drop_blank(table: pd.DataFrame) -> pd.DataFrame:
    if table.empty:
        return table
    says = [not all(map(_is_blank, values)) for _, values in table.items()]
    return table.loc[:, says] if any(says) else table


def _is_blank(value: Any) -> bool:
    if isinstance(value, list | tuple | dict):
        return not value
    return bool(pd.isna(value)) or (not isinstance(value, bool) and value in ("", 0))


def _write_words(table: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    # The text of a link: the title beside the address, or else the address itself.
    linked = [name for name in ("title", "url") if name in table and "url" in table][:1]
    for name, values in table.items():
        key = str(name)
        if key == "url" and key not in linked:
            continue
        header = NAMES[key][0] if key in NAMES else _write_header(key)
        if header in columns or (key in NAMES and key.endswith("_id") and key[:-3] in table):
            continue
        if key == "basis" and not {"basis", "scope"} - {*table.columns}:
            values = _name_marks(table)
        elif key in NAMES:
            values = _name_ids(values, key, tables)
        elif key in linked:
            pairs = zip(table["url"], values, strict=True)
            links = [_link(str(url), str(text)) for url, text in pairs]
            values = pd.Series(links, values.index, dtype="object")
        columns[header] = values
    return pd.DataFrame(columns, index=table.index).reset_index(drop=True)


class _Markup(str):
    """Text that is already HTML."""


def _name_ids(values: pd.Series, key: str, tables: Tables) -> pd.Series:
    _, table, column = NAMES[key]
    known = tables[table].set_index(tables[table].columns[0])
    names = known[column].to_dict() if column in known else {}
    addresses = known["url"].to_dict() if table == "sources" else {}

    def name(text: Any) -> str:
        parts = [] if pd.isna(text) else [part for part in str(text).split(SEPARATOR) if part]
        return _Markup(SEPARATOR.join(
            _link(str(addresses.get(part, "")), str(names.get(part, part))) for part in parts
        ))  # fmt: skip

    return pd.Series([name(text) for text in values], values.index, dtype="object")


def _name_marks(table: pd.DataFrame) -> pd.Series:
    marks = list_marks()
    names = (marks["mark"] + " " + marks["label"]).str.strip().to_dict()
    return find_marks(table).astype(object).map(names).fillna("")


def _link(address: str, text: str) -> _Markup:
    if not address.startswith(("https://", "http://")):
        return _Markup(escape(text))
    return _Markup(
        f'<a href="{escape(address, quote=True)}" target="_blank" rel="noopener">{escape(text)}</a>'
    )


def _write_header(name: str) -> str:
    words = HEADERS.get(name, name.replace("_", " "))
    return words[:1].upper() + words[1:]


def _write(value: Any) -> str:
    if isinstance(value, _Markup):
        return value
    if isinstance(value, list | tuple):
        return escape(", ".join(map(str, value)))
    if pd.isna(value):
        return ""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if isinstance(value, int | float) or hasattr(value, "dtype"):
        return f"{value:,.2f}".rstrip("0").rstrip(".") if float(value) % 1 else f"{int(value):,}"
    return escape(str(value))


def _color(value: Any, colors: dict[Any, Any]) -> str:
    color = colors.get(str(value)) if isinstance(value, str) else None
    return f"background-color: {color}; color: #1F2A36" if color else ""


def _is_number(values: pd.Series) -> bool:
    is_bool: bool = pd.api.types.is_bool_dtype(values)
    return bool(pd.api.types.is_numeric_dtype(values)) and not is_bool


def _holds_days(values: pd.Series) -> bool:
    texts = values.astype("str")
    return bool(len(texts)) and bool(texts.str.fullmatch(r"(\d{4}-\d\d-\d\d)?").all())


class Sentences:
    """Sentences to display at the end of a cell; printed text would be broken within words."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        self.sentences = sentences

    def __repr__(self) -> str:
        """Return the sentences as plain text, one per line."""
        return "\n".join(textwrap.fill(sentence, WIDTH) for sentence in self.sentences)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)


def show_text(*sentences: str) -> Sentences:
    """Display computed sentences as prose.

    Parameters
    ----------
    *sentences
        Sentences to display, one paragraph each.

    Returns
    -------
    Sentences
        For the end of a cell.

    Examples
    --------
    >>> show_text("One cell is shared.", "Two are the customer's.")
    One cell is shared.
    Two are the customer's.
    """
    return Sentences(sentences)
