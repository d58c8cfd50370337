"""Kinds of files that a model is written as, in one registry, and the model as a database.

To add a kind, write a function ``write_x(path, model, *, tables=None)``, name it in
``srm_data/__init__.pyi``, and add one entry to ``FORMATS``. What ``--out`` of the command line takes,
its help and its errors are made from the registry.
"""

from __future__ import annotations

import inspect
import sqlite3
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from srm_data.exceptions import SrmDataError

# The command line reads the registry for its help, and starts without what writing needs.
if TYPE_CHECKING:
    import pandas as pd

    from srm_data.schema import StrPath, Tables

SQLITE, PARQUET = (".sqlite", ".sqlite3", ".db"), (".parquet",)
REFERRED = [
    "layers", "duties", "categories", "product_groups", "services", "offerings", "responsibilities",
    "bases", "sources", "glossary",
]  # fmt: skip
"""Tables that the cells refer to or that explain them."""

NUMBERS = {"resources", "assumed", "weight", "position"}
"""Columns that hold whole numbers; all others hold text."""


class Format(NamedTuple):
    """A kind of file: endings of its name, what it holds, and the public function that writes it."""

    endings: tuple[str, ...]
    content: str
    writer: str

    def load(self) -> Callable[..., Path]:
        """Return the function that writes it."""
        writer: Callable[..., Path] = getattr(import_module("srm_data"), self.writer)
        return writer

    def accepts(self, parameter: str) -> bool:
        """Return whether the function has a parameter, such as ``register``."""
        return parameter in inspect.signature(self.load()).parameters

    def write(self, path: StrPath, **settings: Any) -> Path:
        """Write a file from those settings that the function has parameters for."""
        accepted = {name: value for name, value in settings.items() if self.accepts(name)}
        return self.load()(path, **accepted)


FORMATS = (
    Format((".xlsx",), "the workbook for reviewers", "write_workbook"),
    Format(SQLITE, "a SQLite file with the cells and all that they refer to", "write_database"),
    Format(PARQUET, "the cells alone, as Parquet", "write_database"),
)


def find_format(path: StrPath) -> Format:
    """Find the kind of a file by the ending of its name."""
    for kind in FORMATS:
        if Path(path).suffix in kind.endings:
            return kind
    choices = "; ".join(f"{', '.join(kind.endings)}: {kind.content}" for kind in FORMATS)
    raise SrmDataError(f"{path}: expected a file name that ends in one of these ({choices})")


def describe_endings() -> str:
    """Describe which endings of a file name mean what."""
    return "; ".join(f"{kind.endings[0]} for {kind.content}" for kind in FORMATS)


def write_database(path: StrPath, model: pd.DataFrame, *, tables: Tables | None = None) -> Path:
    """Write a model as a database that Datasette, DuckDB, Polars and others open.

    Parameters
    ----------
    path
        File to write. With the suffix ``.sqlite``, ``.sqlite3`` or ``.db``, a SQLite file with the
        tables ``cells``, ``cell_sources`` (the sources of each cell), the tables they refer to, and
        ``about`` (version and licence). With ``.parquet``, the cells only. An existing file is replaced
        once the new one is complete.
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
    >>> from pathlib import Path
    >>> from srm_data import build_model
    >>> path = write_database(Path(tempfile.mkdtemp()) / "model.sqlite", build_model())
    >>> query = "SELECT responsibility FROM cells WHERE offering_id = 'sqs' AND duty_id = 'backup'"
    >>> with sqlite3.connect(path) as database:
    ...     database.execute(query).fetchone()
    ('Customer',)
    """
    from srm_data.atomic import open_whole
    from srm_data.cells import check_frame, restore_cells
    from srm_data.model import A_MODEL, MODEL

    check_frame(model, MODEL, A_MODEL, has_rows=True)
    path = Path(path)
    if path.suffix not in SQLITE + PARQUET:
        raise SrmDataError(
            f"{path}: expected a file name that ends in {', '.join(SQLITE)} or {PARQUET[0]}; for other "
            "kinds use pandas, such as model.to_csv"
        )
    model = restore_cells(model, MODEL, A_MODEL)
    cells = model.astype({name: str for name in model if name not in NUMBERS})
    content = _make_parquet(cells) if path.suffix in PARQUET else _make_sqlite(cells, tables)
    with open_whole(path) as stream:
        stream.write(content)
    return path


def _make_parquet(cells: pd.DataFrame) -> bytes:
    import duckdb

    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "cells.parquet"
        connection.register("cells", cells)
        connection.sql("SELECT * FROM cells").write_parquet(str(path), compression="zstd")
        return path.read_bytes()


def _make_sqlite(cells: pd.DataFrame, tables: Tables | None) -> bytes:
    import pandas as pd

    from srm_data.load import given_tables
    from srm_data.schema import CELL, read_package, read_schemas

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
    tables = given_tables(tables, needed)
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
    connection.execute(f"CREATE TABLE {name} ({', '.join(lines)})")

    # A blank refers to nothing, which SQL writes as NULL.
    values = rows.astype(object)
    for own, _, _ in references:
        values[own] = values[own].where(values[own] != "", None)
    marks = ", ".join("?" * len(kinds))
    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", values.to_numpy().tolist())
