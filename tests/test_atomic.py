"""Writing in one step: the permissions, links and leftovers of the files that are written."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from srm_data.atomic import open_whole

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions and links of Unix")


@pytest.fixture
def umask() -> Iterator[None]:
    """Put the umask back that a test changes."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def write(path: Path | str, content: bytes = b"new") -> None:
    with open_whole(path) as stream:
        stream.write(content)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("mask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o027, 0o640)])
@pytest.mark.usefixtures("umask")
def test_new_file_has_the_mode_that_the_umask_leaves(tmp_path, mask, mode):
    os.umask(mask)
    write(tmp_path / "new.csv")
    assert mode_of(tmp_path / "new.csv") == mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444])
@pytest.mark.usefixtures("umask")
def test_file_that_is_replaced_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "old.csv"
    path.write_bytes(b"old")
    path.chmod(mode)
    write(path)
    assert (path.read_bytes(), mode_of(path)) == (b"new", mode)


def test_private_file_is_private_while_it_is_written(tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes(b"old")
    path.chmod(0o600)
    with open_whole(path):
        assert {mode_of(file) for file in tmp_path.iterdir()} == {0o600}


def test_link_is_kept_and_its_target_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "book.xlsx", tmp_path / "book.xlsx"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.rglob("*.xlsx")] == ["book.xlsx", "book.xlsx"]


def test_pipe_is_refused_and_left(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(OSError, match=r"pipe.csv was not written \(it is not a regular file\)"):
        write(tmp_path / "pipe.csv")
    assert stat.S_ISFIFO((tmp_path / "pipe.csv").stat().st_mode)


def test_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), open_whole(path) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_name_as_long_as_names_can_be_is_written(tmp_path):
    write(str(tmp_path / ("n" * 251 + ".csv")))
    assert [len(path.name) for path in tmp_path.iterdir()] == [255]
