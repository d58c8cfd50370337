"""Write files atomically: readers see the old file or the new one, never half of it."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO


@contextmanager
def open_whole(path: str | os.PathLike[str], *, is_new: bool = False) -> Iterator[IO[bytes]]:
    """Open a file for writing, and replace the old file once the block ends without an error.

    Missing folders are created. The new file keeps the permissions of the file it replaces; if there is
    none, the umask applies. A symbolic link is kept, and the file it points to is replaced. A file that
    must be new replaces none, even one that another program writes at the same time.
    """
    unfinished: Path | None = None
    try:
        target = Path(os.path.realpath(path))
        mode = _find_mode(target)
        target.parent.mkdir(parents=True, exist_ok=True)

        # What replaces a private file is private from the start.
        new = target.parent / f".{target.name[:40]}.{secrets.token_hex(4)}"
        privately = None if mode is None else partial(os.open, mode=0o600)
        with open(new, "xb", opener=privately) as stream:
            unfinished = new
            yield stream
            stream.flush()
            os.fsync(stream.fileno())

        # Moving within a folder is one step, so nobody sees half of the file.
        if mode is not None:
            new.chmod(mode)
        if is_new:
            _take_name(new, target)
        else:
            new.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(
            f"{os.fspath(path)} was not written ({reason}); any old file is unchanged"
        ) from error
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


def write_new_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files by their paths in a folder, and return it; if one of them is there, write none."""
    for name in files:
        if os.path.lexists(folder / name):
            raise FileExistsError(f"{folder / name} already exists and was not changed")
    for name, content in files.items():
        with open_whole(folder / name, is_new=True) as stream:
            stream.write(content)
    return folder


def _find_mode(target: Path) -> int | None:
    """Return the permissions of the file to replace, or None; raise unless it is a regular file."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError("it is not a regular file")
    return stat.S_IMODE(mode) & 0o777


def _take_name(new: Path, target: Path) -> None:
    """Give a finished file its name; of two writers of one name, the second fails."""
    try:
        os.link(new, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        new.replace(target)
