"""Imports go one way, along the flow of the data."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "srm_data"
FLOW = [
    ["exceptions", "namespaces"],
    ["schema", "frames", "names", "terminal", "untrusted", "whole_files"],
    ["agreement", "paths", "spreadsheet"],
    ["check"],
    ["own_files", "load"],
    ["consistency", "decisions"],
    ["imprint", "model"],
    ["catalogue", "changes", "matrix", "owners", "register", "upkeep", "versions"],
    ["estate"],
    ["findings"],
    ["charts", "page", "workbook"],
    ["review"],
    ["earlier"],
    ["present", "reference"],
    ["pictures"],
    ["run"],
    ["cli"],
    ["__main__"],
]
WORKBOOK_FLOW = [
    ["package"],
    ["look", "content"],
    ["sheets"],
    ["cover", "lists", "stamp"],
    ["estates", "responsibilities", "reviews"],
    ["dashboard", "matrices"],
    ["governance"],
]
PAGE_FLOW = [["content"], ["write"], ["show"]]
CLI_FLOW = [["options"], ["exports", "lookups", "reviews"], ["commands"]]
CHARTS_FLOW = [["look"], ["counts", "matrices", "stacks"]]
REFERENCE_FLOW = [["markdown"], ["pages"]]
REVIEW_FLOW = [
    ["drawings", "first_format", "outcome", "typed"],
    ["book", "notes"],
    ["opening", "rows"],
    ["cells", "elsewhere"],
    ["read"],
]
ESTATE_FLOW = [
    ["opening", "arns"],
    ["tally", "sheets"],
    ["terraform", "cloudformation", "aws_config", "listings", "tables"],
    ["scans", "texts"],
    ["sources", "match"],
    ["read", "use"],
]


def imports_of(path: Path, prefix: str) -> set[str]:
    """Return the modules below ``prefix`` that a file imports, at the top or inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{prefix}."):
            names.add((node.module or "").removeprefix(f"{prefix}.").split(".")[0])
    return names


def check_flow(folder: Path, prefix: str, flow: list[list[str]]) -> None:
    step = {name: number for number, names in enumerate(flow) for name in names}
    modules = {p.stem for p in folder.glob("*.py")} | {
        p.name for p in folder.iterdir() if list(p.glob("*.py"))
    }
    assert modules - {"__init__"} == set(step), "a new module takes its place in the flow"
    for name in step:
        files = (
            [folder / f"{name}.py"]
            if (folder / f"{name}.py").exists()
            else (folder / name).glob("*.py")
        )
        for file in files:
            for other in imports_of(file, prefix) - {name}:
                assert step[other] < step[name], f"{file.name} imports {other}, which comes after it"


def test_modules_import_only_what_comes_before_them():
    check_flow(PACKAGE, "srm_data", FLOW)


def test_workbook_modules_import_only_what_comes_before_them():
    check_flow(PACKAGE / "workbook", "srm_data.workbook", WORKBOOK_FLOW)


def test_command_modules_import_only_what_comes_before_them():
    check_flow(PACKAGE / "cli", "srm_data.cli", CLI_FLOW)


def test_chart_modules_import_only_what_comes_before_them():
    check_flow(PACKAGE / "charts", "srm_data.charts", CHARTS_FLOW)


def test_page_modules_import_only_what_comes_before_them():
    check_flow(PACKAGE / "page", "srm_data.page", PAGE_FLOW)


def test_estate_modules_import_only_what_comes_before_them():
    check_flow(PACKAGE / "estate", "srm_data.estate", ESTATE_FLOW)


def test_reference_modules_import_only_what_comes_before_them():
    check_flow(PACKAGE / "reference", "srm_data.reference", REFERENCE_FLOW)


def test_review_modules_import_only_what_comes_before_them():
    check_flow(PACKAGE / "review", "srm_data.review", REVIEW_FLOW)


def test_heavy_packages_are_imported_where_they_are_used():
    for file in PACKAGE.rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                heavy = name.split(".")[0] in {
                    "frictionless",
                    "matplotlib",
                    "nbclient",
                    "nbconvert",
                    "IPython",
                    "duckdb",
                    "jinja2",
                    "narwhals",
                    "rapidfuzz",
                    "tqdm",
                    "yaml",
                }
                assert not heavy, f"{file.name} imports {name} at the top"
