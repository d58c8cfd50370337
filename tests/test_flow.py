"""Imports go one way, along the flow of the data."""

import ast
import sys
from pathlib import Path
from subprocess import run

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
    code = "import srm_data.charts, sys; print('matplotlib' in sys.modules)"  # it loads what is asked
    assert run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
    for file in (ROOT / "srm_data").rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                if file.parent.name == "charts" and name.split(".")[0] == "matplotlib":
                    continue
                assert name.split(".")[0] not in HEAVY, f"{file.name} imports {name} at the top"
