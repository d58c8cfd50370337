"""Paths as every public function takes them: the name of a file or folder, as text or an object."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path

from srm_data.schema import shipped_tables

StrPath = str | os.PathLike[str]
"""The name of a file or folder."""


def find_folder(folder: StrPath | Traversable | None) -> Traversable:
    """Return a folder of tables as an object: by default the one that comes with the package."""
    if folder is None:
        return shipped_tables()
    return Path(folder) if isinstance(folder, str | os.PathLike) else folder


def list_paths(paths: StrPath | Iterable[StrPath]) -> list[Path]:
    """Return one path or several as a list."""
    given = [paths] if isinstance(paths, str | os.PathLike) else paths
    return [Path(path) for path in given]
