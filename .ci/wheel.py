"""Build sdist and wheel, install the wheel in a clean environment elsewhere, and run its commands.

Needs Python 3.11 or newer and nothing else: python3 .ci/wheel.py
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = [
    ["--version"],
    ["check"],
    ["show", "EKS on Fargate"],
    ["estate", "services.txt", "--out", "ours.xlsx"],
    ["export", "--only", "sqs", "--out", "part.xlsx"],
    ["page", "services.txt", "--out", "ours.html"],
    ["review", "ours.xlsx", "--out", "review"],
    ["compare", "ours.xlsx"],
]


def main() -> None:
    """Build, install and run; stop with the error of what fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

        def call(*command: str | Path, cwd: Path = folder) -> None:
            print("$", *command, flush=True)
            subprocess.run(command, cwd=cwd, env=environment, check=True)

        # Everything comes by version and hash, hatchling among it, which builds.
        call(sys.executable, "-m", "venv", "clean")
        python = folder / "clean" / ("Scripts" if os.name == "nt" else "bin") / "python"
        pip = [python, "-m", "pip", "install", "--quiet", "--no-deps"]
        call(*pip, "--require-hashes", "--requirement", ROOT / "requirements.txt")

        # The wheel is built from the sdist, so that both are tried.
        call(python, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
        (archive,) = folder.glob("*.tar.gz")
        shutil.unpack_archive(archive, folder)
        source = folder / archive.name.removesuffix(".tar.gz")
        call(python, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=source)
        (wheel,) = folder.glob("*.whl")
        call(*pip, wheel)
        call(python, "-m", "pip", "check")

        (folder / "services.txt").write_text("Amazon SQS\nAmazon EKS\n", encoding="utf-8")
        for words in COMMANDS:
            call(python, "-m", "srm_data", *words)
        print("the wheel works")


if __name__ == "__main__":
    main()
