"""Pictures come out alike on every machine: whatever its fonts, language, clock, umask and user."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib import get_data_path

DRAW = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[2], 8))
import matplotlib
matplotlib.use("Agg")
from srm_data import load_tables
from srm_data.maintain.pictures import draw_pictures
draw_pictures(Path(sys.argv[1]), load_tables())
"""


def make_decoy(path: Path) -> None:
    """Make a font that calls itself DejaVu Sans and looks otherwise."""
    from fontTools.ttLib import TTFont

    font = TTFont(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf")
    for record in font["name"].names:
        if "DejaVu Serif" in record.toUnicode():
            record.string = record.toUnicode().replace("Serif", "Sans")
    path.parent.mkdir(parents=True)
    font.save(path)


def draw_all(folder: Path, home: Path, umask: str, **variables: str) -> dict[str, str]:
    """Draw the pictures in a process of its own, and return the hash of each file."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "MPL"))}
    own = {"HOME": str(home), "MPLCONFIGDIR": str(home / "matplotlib")}
    (home / "matplotlib").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", DRAW, str(folder), umask]
    subprocess.run(command, env=kept | own | variables, check=True, capture_output=True)
    files = sorted(folder.iterdir())
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.mark.slow
def test_pictures_are_the_same_bytes_on_a_machine_of_other_fonts_language_clock_and_user(tmp_path):
    plain = draw_all(tmp_path / "here", tmp_path / "home", "022", LC_ALL="C.UTF-8", TZ="UTC")

    other = tmp_path / "other"
    make_decoy(other / ".local" / "share" / "fonts" / "DejaVuSans.ttf")
    (other / "none.conf").write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    (other / "matplotlib").mkdir()
    settings = (
        "font.family: serif\nfont.size: 17\nsavefig.dpi: 50\naxes.grid: True\nsvg.fonttype: none\n"
    )
    (other / "matplotlib" / "matplotlibrc").write_text(settings)
    elsewhere = draw_all(
        tmp_path / "there", other, "077",
        LC_ALL="tr_TR.UTF-8", TZ="Pacific/Kiritimati", PYTHONHASHSEED="4711", USER="nobody",
        FONTCONFIG_FILE=str(other / "none.conf"), XDG_DATA_HOME=str(other / ".local" / "share"),
        SOURCE_DATE_EPOCH="1",
    )  # fmt: skip
    assert len(plain) == 8
    assert elsewhere == plain
