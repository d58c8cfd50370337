"""Write a model as a file of another kind: a database, text, or the matrix alone."""

from __future__ import annotations

import io
import sqlite3
import tempfile
from html import escape
from pathlib import Path

import pandas as pd

from srm_data.atomic import open_whole
from srm_data.cells import check_frame, find_fill, find_marks, list_marks, restore_cells
from srm_data.exceptions import SrmDataError
from srm_data.load import Tables, given_tables
from srm_data.matrix import responsibility_matrix
from srm_data.model import A_MODEL, MODEL
from srm_data.schema import CELL, INDEPENDENT, StrPath, read_package, read_schemas

SQLITE, PARQUET, TEXT = (".sqlite", ".sqlite3", ".db"), (".parquet",), (".csv", ".json")
REFERRED = [
    "layers", "duties", "categories", "product_groups", "services", "offerings", "responsibilities",
    "bases", "sources", "glossary",
]  # fmt: skip
"""Tables that the cells refer to or that explain them."""

NUMBERS = {"resources", "assumed", "weight", "position"}
"""Columns that hold whole numbers; all others hold text."""

FEW = 16  # offerings up to which they stand side by side


def write_database(path: StrPath, model: pd.DataFrame, *, tables: Tables | None = None) -> Path:
    """Write a model as a database that Datasette, DuckDB, Polars and others open.

    Parameters
    ----------
    path
        File to write. With the suffix ``.sqlite``, ``.sqlite3`` or ``.db``, a SQLite file with the
        tables ``cells``, ``cell_sources`` (the sources of each cell), the tables they refer to, and
        ``about`` (version and licence). With ``.parquet``, ``.csv`` or ``.json`` (a list of objects),
        the cells only. An existing file is replaced once the new one is complete.
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.in_use`, with or without decisions
        and owners.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    srm_data.SrmDataError
        If the file name has any other suffix.
    srm_data.exceptions.FrameError
        If ``model`` is not a model, or has no rows.
    OSError
        If the file cannot be written or replaced; an existing file is left unchanged.

    Examples
    --------
    >>> import sqlite3, tempfile
    >>> from contextlib import closing
    >>> from pathlib import Path
    >>> from srm_data import build_model
    >>> path = write_database(Path(tempfile.mkdtemp()) / "model.sqlite", build_model())
    >>> query = "SELECT responsibility FROM cells WHERE offering_id = 'sqs' AND duty_id = 'backup'"
    >>> with closing(sqlite3.connect(path)) as database:
    ...     database.execute(query).fetchone()
    ('Customer',)
    """
    path, model = _check_written(path, model, SQLITE + PARQUET + TEXT)
    cells = model.astype({name: str for name in model if name not in NUMBERS})
    if path.suffix in TEXT:
        content = _make_text(cells, path.suffix)
    else:
        content = _make_parquet(cells) if path.suffix in PARQUET else _make_sqlite(cells, tables)
    with open_whole(path) as stream:
        stream.write(content)
    return path


def _check_written(
    path: StrPath, model: pd.DataFrame, endings: tuple[str, ...]
) -> tuple[Path, pd.DataFrame]:
    """Check the name of a file and the model that is written to it; return the path and the model."""
    check_frame(model, MODEL, A_MODEL, has_rows=True)
    path = Path(path)
    if path.suffix not in endings:
        choices = ", ".join(endings)
        raise SrmDataError(f"{path}: expected a file name that ends in one of {choices}")
    return path, restore_cells(model, MODEL, A_MODEL)


def write_matrix(
    path: StrPath, model: pd.DataFrame, *, scope: str = "", tables: Tables | None = None
) -> Path:
    """Write the matrix of offerings and duties alone, such as for a mail.

    ``.csv`` and ``.json`` have the answers in words, one row or object per offering; ``.html`` and
    ``.png`` letters with marks, in colour. In Excel, it is a sheet of :func:`~srm_data.write_workbook`.
    """
    path, model = _check_written(path, model, (*TEXT, ".html", ".png"))
    if path.suffix == ".png":
        content = _draw_matrix(model, scope)
    elif path.suffix == ".html":
        content = _make_html(model, scope, tables).encode()
    else:
        content = _make_text(responsibility_matrix(model).reset_index(), path.suffix)
    with open_whole(path) as stream:
        stream.write(content)
    return path


def _make_text(rows: pd.DataFrame, ending: str) -> bytes:
    if ending == ".csv":
        return rows.to_csv(index=False, lineterminator="\n").encode()
    return (rows.to_json(orient="records", force_ascii=False, indent=1) + "\n").encode()


def _draw_matrix(model: pd.DataFrame, scope: str) -> bytes:
    import matplotlib.pyplot as plt

    from srm_data import plot_matrix

    figure = plot_matrix(model, title=scope).figure.figure
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150, facecolor="white", metadata={"Software": None})
    plt.close(figure)
    return stream.getvalue()


def _make_html(model: pd.DataFrame, scope: str, tables: Tables | None) -> str:
    """Return the matrix as a table whose cells have their colours, as mails drop style sheets."""
    columns = ["responsibility", "letter", "color", "pale_color", "position"]
    codes = given_tables(tables, {"responsibilities": columns})["responsibilities"]
    codes = codes.sort_values("position").set_index("responsibility")
    marks = list_marks()

    # The letter, mark and colour of each cell, by offering and duty; a few offerings are columns.
    names = [model[name].astype(str) for name in ("offering", "duty", "responsibility")]
    cells = {}
    for offering, duty, party, mark in zip(*names, find_marks(model).astype(str), strict=True):
        text = f"{codes.loc[party, 'letter']}{marks.loc[mark, 'mark']}"
        cells[offering, duty] = text, find_fill(codes, party, mark)
    matrix = responsibility_matrix(model)
    is_tall = len(matrix) <= FEW
    matrix = matrix.T if is_tall else matrix

    style = "border:1px solid #c9d0d8;padding:2px 6px"
    head = "".join(f'<th scope="col" style="{style}">{escape(str(name))}</th>' for name in matrix)
    rows = []
    for name in map(str, matrix.index):
        keys = [(other, name) if is_tall else (name, other) for other in map(str, matrix.columns)]
        boxes = "".join(
            f'<td style="{style};text-align:center;background:{fill}">{text}</td>'
            for text, fill in (cells.get(key, ("", "#ffffff")) for key in keys)
        )
        heading = (
            f'<th scope="row" style="{style};text-align:left;white-space:nowrap">{escape(name)}</th>'
        )
        rows.append(f"<tr>{heading}{boxes}</tr>")
    used = marks[marks.index.isin(find_marks(model).astype(str))]
    legend = [f"{letter} {party}" for party, letter in codes["letter"].items()]
    legend += [f"{row['mark'] or 'no mark, paler:'} {row['words']}" for _, row in used.iterrows()]
    title = escape(scope or "Who is responsible for what on AWS")
    version = read_package()["version"]
    # A whole document, which a mail may show as it is.
    body = "\n".join(rows)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        '<body style="font-family:sans-serif;font-size:14px">\n<table style="border-collapse:collapse">'
        f'<caption style="text-align:left">{title}</caption>\n'
        f"<thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n"
        f"<p>{escape('; '.join(legend))}.</p>\n"
        f"<p>srm_data {escape(version)}. {escape(INDEPENDENT)}</p></body></html>\n"
    )


def _make_parquet(cells: pd.DataFrame) -> bytes:
    import duckdb

    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "cells.parquet"
        connection.register("cells", cells)
        connection.sql("SELECT * FROM cells").write_parquet(str(path), compression="zstd")
        return path.read_bytes()


def _make_sqlite(cells: pd.DataFrame, tables: Tables | None) -> bytes:
    schemas, package = read_schemas(), read_package()
    references = {
        name: [
            (key["fields"][0], key["reference"]["resource"], key["reference"]["fields"][0])
            for key in schemas[name].get("foreignKeys", [])
        ]
        for name in REFERRED
    }
    needed = {
        name: [*schemas[name]["primaryKey"], *(column for column, _, _ in references[name])]
        for name in REFERRED
    }
    tables = given_tables(tables, needed, cells)
    connection = sqlite3.connect(":memory:")
    try:
        # The tables that cells refer to, then the cells.
        for name in REFERRED:
            kept = [target for target in references[name] if target[1] in REFERRED]
            _write_table(connection, name, tables[name], schemas[name]["primaryKey"], kept)
        of_cells = [("offering_id", "offerings", "offering_id"), ("duty_id", "duties", "duty_id")]
        _write_table(connection, "cells", cells, CELL, of_cells)

        # One row per cell and source, so that the page of a cell is one join away.
        pages = cells[CELL].assign(source_id=cells["source_ids"].str.split("; ")).explode("source_id")
        of_pages = [*of_cells, ("source_id", "sources", "source_id")]
        _write_table(
            connection, "cell_sources", pages.drop_duplicates(), [*CELL, "source_id"], of_pages
        )

        licence = package["licenses"][0]
        about = {
            "title": package["title"],
            "version": package["version"],
            "licence": licence["name"],
            "licence_url": licence["path"],
        }
        rows = pd.DataFrame(list(about.items()), columns=["name", "value"])
        _write_table(connection, "about", rows, ["name"], [])
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def _write_table(
    connection: sqlite3.Connection,
    name: str,
    rows: pd.DataFrame,
    key: list[str],
    references: list[tuple[str, str, str]],
) -> None:
    kinds = {column: "INTEGER" if column in NUMBERS else "TEXT" for column in rows}
    lines = [f'"{column}" {kind}' for column, kind in kinds.items()]
    lines.append(f"PRIMARY KEY ({', '.join(key)})")
    lines += [
        f'FOREIGN KEY ("{own}") REFERENCES {other} ("{there}")' for own, other, there in references
    ]
    # A table that is all key is its own index; with longer rows that would need more space.
    layout = " WITHOUT ROWID" if list(kinds) == key else ""
    connection.execute(f"CREATE TABLE {name} ({', '.join(lines)}){layout}")

    # A blank refers to nothing, which SQL writes as NULL.
    values = rows.astype(object)
    for own, _, _ in references:
        values[own] = values[own].where(values[own] != "", None)
    marks = ", ".join("?" * len(kinds))
    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", values.to_numpy().tolist())
