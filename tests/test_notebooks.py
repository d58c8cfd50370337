"""The main job: notebooks run from top to bottom, and failures say where."""

import json
import shutil
from pathlib import Path

import pytest

from srm_data.exceptions import NotebookError
from srm_data.maintain.notebooks import run_all, run_notebook
from srm_data.schema import page_name, workbook_name
from tests.conftest import find_chromium

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def write_notebook(path: Path, *cells: str) -> Path:
    import nbformat  # takes seconds

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, path)
    return path


@pytest.mark.slow
def test_notebooks_run_and_everything_is_written(tmp_path, capsys):
    """Two of them where there is a browser, in which ``test_lab`` runs each."""
    run = [path for path in NOTEBOOKS if path.name[:2] in ("02", "05") or not find_chromium()]
    others = [path.name for path in NOTEBOOKS if path not in run]
    folder = shutil.copytree(NOTEBOOKS[0].parent, tmp_path / "notebooks", ignore=lambda *_: others)
    written = run_all(folder, tmp_path)
    pages = [f"{path.stem}.html" for path in run]
    names = [path.relative_to(tmp_path).as_posix() for path in written]
    assert names[: len(pages) + 2] == [*pages, workbook_name(), page_name()]
    assert {"made/pictures/the-model.svg", "made/reference/glossary.md"} <= set(names)
    assert all(path.stat().st_size > 5_000 for path in written)
    out = capsys.readouterr().out
    assert out.count("done in") == len(run) + 4
    for path in written:
        assert str(path) in out
    for page in written[: len(pages)]:
        html = page.read_text()
        assert "<img alt=" in html
        assert "cdnjs" not in html
        assert "unpkg" not in html


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_is_stored_without_outputs(path):
    cells = json.loads(path.read_text())["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
    assert len({cell["id"] for cell in cells}) == len(cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_asks_one_question_and_ends_with_what_was_found(path):
    cells = json.loads(path.read_text())["cells"]
    assert "".join(cells[0]["source"]).startswith("# ")
    assert "".join(cells[-2]["source"]).startswith("## Conclusions")
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in cells) == 1
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert "\ndef " not in f"\n{code}"


@pytest.mark.slow
def test_failing_cell_is_named_with_what_was_raised(tmp_path):
    path = write_notebook(tmp_path / "01-broken.ipynb", "1 + 1", "1 / 0")
    with pytest.raises(NotebookError, match=r"01-broken.ipynb, cell 2: ZeroDivisionError: division"):
        run_notebook(path, tmp_path)
    assert not (tmp_path / "01-broken.html").exists()
