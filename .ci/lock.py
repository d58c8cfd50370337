"""Write the lists of versions and hashes that do.py and CI install: python3 .ci/lock.py [--upgrade].

Needs uv. Versions stay as they are unless --upgrade is given, or pyproject.toml asks for others.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOR_USERS, FOR_SITE = ROOT / "requirements.txt", ROOT / "requirements-docs.txt"
FOR_TESTS = ROOT / "requirements-test.txt"
FOR_CI = ROOT / ".ci" / "requirements.txt"


def main() -> None:
    """Write the lists. Those of site and tests hold only what they need beyond the ones before."""
    # All of it at once, so that users and tests get the same versions.
    pinned = [FOR_USERS, FOR_SITE, FOR_TESTS]
    whole = compile_list("--extra", "test", "--group", "build", pinned=pinned)
    with tempfile.TemporaryDirectory() as name:
        constraints = Path(name) / "whole.txt"
        constraints.write_text("\n".join(whole), encoding="utf-8")
        narrow = ("--extra", "maintain", "--group", "build", "--constraint", str(constraints))
        users = compile_list(*narrow, pinned=[FOR_USERS])
        site = compile_list("--extra", "docs", *narrow, pinned=pinned)
    write_list(FOR_USERS, users)
    write_list(FOR_SITE, [entry for entry in site if entry not in users])
    write_list(FOR_TESTS, [entry for entry in whole if entry not in users and entry not in site])
    write_list(FOR_CI, compile_list("--group", "ci", only_groups=True, pinned=[FOR_CI]))


def compile_list(*options: str, pinned: list[Path], only_groups: bool = False) -> list[str]:
    """Return one entry per package and condition: its version and the hashes of its files."""
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", *options, *sys.argv[1:]]
    with tempfile.TemporaryDirectory() as name:
        # The versions in the output file of the last time are kept.
        out = Path(name) / "out.txt"
        known = [path.read_text(encoding="utf-8") for path in pinned if path.exists()]
        out.write_text("".join(known), encoding="utf-8")
        source = [] if only_groups else ["pyproject.toml"]
        subprocess.run([*command, "--output-file", str(out), *source], cwd=ROOT, check=True)
        return re.split(r"\n(?=\S)", out.read_text(encoding="utf-8").strip())


def write_list(path: Path, entries: list[str]) -> None:
    """Write the entries of a list as pip reads them."""
    path.write_text("\n".join(entries) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
