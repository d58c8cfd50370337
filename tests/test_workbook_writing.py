"""The file itself: the same bytes everywhere, and the old or the new one whole, whatever happens."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
import tracemalloc
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

import srm_data
from srm_data.workbook import write_workbook
from srm_data.xlsx.writer import Body, Cells, Formula, Line, save_workbook

WRITE = """
import sys
from pathlib import Path
from srm_data import build_model, load_tables, write_workbook
tables = load_tables()
model = build_model(tables)
def write(path, offerings):
    return write_workbook(path, model[model["offering_id"].isin(offerings)], tables=tables)
"""
ONE, TWO = ["sqs", "kms"], ["sqs", "kms", "sns", "efs"]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def set_environment(**variables: str) -> dict[str, str]:
    """Return an environment whose processes import the package that is tested here, and no other."""
    return os.environ | {"PYTHONPATH": str(Path(srm_data.__file__).parents[1])} | variables


@pytest.fixture(scope="module")
def model(shipped_model):
    whole = shipped_model
    return whole[whole["offering_id"].isin(ONE)]


@pytest.mark.slow
def test_bytes_are_the_same_for_every_run_hash_seed_folder_and_time_zone(tmp_path, model, shipped):
    here = write_workbook(tmp_path / "here.xlsx", model, tables=shipped)
    code = WRITE + f"write(Path(sys.argv[1]), {ONE})"
    for number, (seed, zone) in enumerate([("0", "UTC"), ("12345", "Pacific/Kiritimati")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        setting = set_environment(PYTHONHASHSEED=seed, TZ=zone, LC_ALL="C")
        subprocess.run([sys.executable, "-c", code, "book.xlsx"], cwd=folder, env=setting, check=True)
        there = folder / "book.xlsx"
        assert digest(there) == digest(here)


@pytest.mark.slow
def test_kill_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path, shipped, shipped_model):
    """Two books are written in turn by six processes, each killed after three while it writes."""
    whole = shipped_model
    target, known = tmp_path / "book.xlsx", set()
    for offerings in (ONE, TWO):
        part = whole[whole["offering_id"].isin(offerings)]
        known.add(digest(write_workbook(target, part, tables=shipped)))
    code = (
        WRITE
        + f"""
import os
for _ in range(6):
    if child := os.fork():  # what both need is loaded once
        os.waitpid(child, 0)
        continue
    print(os.getpid(), flush=True)
    while True:
        for offerings in ({ONE}, {TWO}):
            write(Path(sys.argv[1]), offerings)
            print("written", flush=True)
"""
    )
    command, rng = [sys.executable, "-c", code, target], random.Random(9)
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=set_environment()) as parent:
        assert parent.stdout is not None
        for _ in range(6):
            # A child may have written more than was read of it.
            child = next(int(line) for line in parent.stdout if line != b"written\n")
            assert [parent.stdout.readline() for _ in range(3)] == [b"written\n"] * 3
            time.sleep(rng.uniform(0, 0.3))
            os.kill(child, signal.SIGKILL)
            assert digest(target) in known


@pytest.mark.slow
def test_full_disk_leaves_the_old_file_and_says_which_one(tmp_path):
    target = tmp_path / "book.xlsx"
    target.write_bytes(b"old")
    code = (
        WRITE
        + f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write(Path(sys.argv[1]), {ONE})
except OSError as error:
    print(error)
"""
    )
    command = [sys.executable, "-c", code, target]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said == f"{target} was not written (File too large); any old file is unchanged\n"
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.slow
def test_locked_target_is_left_as_it_is_and_named(tmp_path, model, shipped, monkeypatch):
    target = tmp_path / "book.xlsx"
    target.write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(
        OSError, match=r"book.xlsx was not written \(The process cannot access the file"
    ):
        write_workbook(target, model, tables=shipped)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.slow
def test_folder_in_the_place_of_the_file_is_named(tmp_path, model, shipped):
    (tmp_path / "book.xlsx").mkdir()
    with pytest.raises(OSError, match=r"book.xlsx was not written \(Is a directory\)"):
        write_workbook(tmp_path / "book.xlsx", model, tables=shipped)
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


@pytest.mark.slow
def test_more_rows_than_a_sheet_takes_are_refused(tmp_path, shipped, monkeypatch, shipped_model):
    monkeypatch.setattr("srm_data.xlsx.writer.MOST_ROWS", 60)
    whole = shipped_model
    with pytest.raises(ValueError, match=r"sheet 'Review here' has more than 60 rows"):
        write_workbook(tmp_path / "x.xlsx", whole[whole["offering_id"].isin(ONE)], tables=shipped)
    assert list(tmp_path.iterdir()) == []


def test_writing_holds_a_small_part_of_a_sheet_at_a_time(tmp_path):
    """The rows of the largest sheet are most of a workbook, and are zipped as they are made."""
    book, rows = Workbook(), 2_000
    column = Cells([Formula(f'LEN("{"long " * 400}")', 2_000)] * rows, 0)
    bodies = {book.active.title: Body([Line([("Header", 0)])], [15.0] * rows, [column])}

    tracemalloc.start()
    path = save_workbook(book, tmp_path / "x.xlsx", bodies, made=datetime(2026, 1, 1))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    with ZipFile(path) as package:
        size = package.getinfo("xl/worksheets/sheet1.xml").file_size
    assert size > 4_000_000
    assert most < size / 3
