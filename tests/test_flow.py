"""Imports go one way, along the flow of the data."""

import ast
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]


def test_imports_go_one_way(monkeypatch):
    """The contract stands in pyproject.toml."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0


HEAVY = {
    "IPython", "duckdb", "frictionless", "itables", "jinja2", "matplotlib", "narwhals", "nbclient",
    "nbconvert", "rapidfuzz", "tqdm", "yaml",
}  # fmt: skip


def test_heavy_packages_are_imported_where_they_are_used():
    for file in (ROOT / "srm_data").rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] not in HEAVY, f"{file.name} imports {name} at the top"
