"""What the types of the public names say to those who use them."""

import subprocess
import sys
from pathlib import Path

import pytest

import srm_data

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow
SCRIPT = """\
import srm_data

tables = srm_data.load_tables()
model = srm_data.build_model(tables)
estate = srm_data.read_estate("inventories/", tables=tables)
used = srm_data.in_use(model, estate)
ax = srm_data.plot_distribution(srm_data.duty_distribution(used, "layer"), tables=tables)
written = srm_data.write_workbook("ours.xlsx", used, estate=estate)
review = srm_data.read_review(written)
entries = review.entries
srm_data.write_page("ours.html", used)
"""


@pytest.fixture(scope="module")
def revealed(tmp_path_factory):
    """Check a user's script strictly, with the type of every public name at its end."""
    folder = tmp_path_factory.mktemp("types")
    reveals = [f"reveal_type(srm_data.{name})\n" for name in srm_data.__all__]
    path = folder / "user.py"
    path.write_text(SCRIPT + "".join(reveals))
    # With the strict settings of the project, and so with what its own check kept of the packages.
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return [line for line in result.stdout.splitlines() if "user.py:" in line]


def test_script_of_a_user_passes_strict_checks(revealed):
    assert [line for line in revealed if ": error:" in line] == []


def test_every_public_name_has_a_type_without_any(revealed):
    types = [line for line in revealed if "Revealed type" in line]
    assert len(types) == len(srm_data.__all__)
    assert [line for line in types if "Any" in line] == []


def test_package_says_that_it_has_types():
    assert (ROOT / "srm_data" / "py.typed").is_file()
