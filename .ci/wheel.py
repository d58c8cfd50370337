"""Build sdist and wheel, install the wheel in a clean environment elsewhere, and run its commands.

Needs Python 3.11 or newer and nothing else: python3 .ci/wheel.py
"""

import os
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

        def call(*command: str | Path) -> None:
            print("$", *command, flush=True)
            subprocess.run(command, cwd=folder, env=environment, check=True)

        # The wheel is built from the sdist, so that both are tried.
        call(sys.executable, "-m", "venv", "build")
        scripts = "Scripts" if os.name == "nt" else "bin"
        builder = folder / "build" / scripts / "python"
        call(builder, "-m", "pip", "install", "--quiet", "build")
        call(builder, "-m", "build", "--outdir", folder / "dist", ROOT)
        (wheel,) = (folder / "dist").glob("*.whl")

        call(sys.executable, "-m", "venv", "clean")
        python = folder / "clean" / scripts / "python"
        call(python, "-m", "pip", "install", "--quiet", str(wheel))
        (folder / "services.txt").write_text("Amazon SQS\nAmazon EKS\n", encoding="utf-8")
        for words in COMMANDS:
            call(python, "-m", "srm_data", *words)
        print("the wheel works")


if __name__ == "__main__":
    main()
