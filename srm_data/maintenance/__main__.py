"""Make a release of the checkout in the current folder: ``python -m srm_data.maintenance release``."""

from __future__ import annotations

import sys
from pathlib import Path

from srm_data.exceptions import SrmDataError
from srm_data.maintenance.release import make_release, start_next


def main(arguments: list[str]) -> int:
    """Run the task that is named, and return the exit code."""
    tasks = {("release",): make_release, ("release", "next"): start_next}
    task = tasks.get(tuple(arguments))
    if task is None:
        print("usage: python -m srm_data.maintenance release [next]", file=sys.stderr)
        return 2
    try:
        task(Path.cwd())
    except (SrmDataError, OSError) as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
