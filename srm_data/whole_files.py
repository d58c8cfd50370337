"""Write files in one step: whatever happens, what stands there is the old one or the new one, whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def open_whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to write, which takes the place of the old one when the block ends without an error.

    Parameters
    ----------
    path
        Where to write; its folder is made if it is not there.

    Raises
    ------
    OSError
        If the file cannot be written or replaced; the message names it and says why.
    """
    unfinished: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        unfinished = Path(name)
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.chmod(0o644)
        unfinished.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(f"{path} was not written ({reason}); what was there is whole") from error
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)
