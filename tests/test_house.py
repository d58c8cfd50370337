"""The guide shows the house as it stands: every folder and root module, and no other."""

import re
from pathlib import Path

from tests.documents import GUIDE

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "srm_data"
MOST_MODULES = 14


def read_picture() -> str:
    found = re.search(
        r"^## The house\n.*?```\n(srm_data/\n.*?)```", GUIDE["maintain"], re.MULTILINE | re.DOTALL
    )
    assert found, "the guide has no picture under the heading The house"
    return found[1]


def list_folders(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"}


def list_modules(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.py") if not path.name.startswith("__")}


def test_picture_names_every_module_of_the_root_and_no_other():
    named = re.findall(r"^  (\w+\.py)|  (\w+\.py)", read_picture(), re.MULTILINE)
    assert {name for pair in named for name in pair if name} == list_modules(PACKAGE)


def test_picture_names_every_folder_and_no_other():
    """Folders inside folders too, such as the readers of estates."""
    named = re.findall(r"(?<![\w/])(\w+)/", read_picture().partition("\n")[2])
    folders = {path for name in list_folders(PACKAGE) for path in list_folders(PACKAGE / name)}
    assert set(named) == list_folders(PACKAGE) | folders


def test_root_of_the_package_has_few_modules():
    assert len(list_modules(PACKAGE)) <= MOST_MODULES
