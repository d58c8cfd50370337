#!/usr/bin/env python3
"""Set up and run the project: python3 do.py run | test [--quick] | lab | bench | release [next] | help.

Needs Python 3.11 or newer and nothing else. It makes .venv beside this file, installs the package with
the versions of constraints.txt, and hands over. Later calls skip what is already there.
"""

import hashlib
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

HELP = """\
python3 do.py run           run the notebooks, write Excel matrix, page and pictures to exports/
python3 do.py test          format, lint and type checks, then all tests with coverage
python3 do.py test --quick  format, lint and most tests, in about a minute: enough for a data change
python3 do.py lab           open the notebooks in JupyterLab, on this machine alone, with a token
python3 do.py bench         print performance ratios, measured side by side
python3 do.py release       set the version, write all files of a release, print what to commit
python3 do.py release next  after committing it: start the next version
python3 do.py help          this text
"""

# Without what needs a browser, an office, Java or time.
QUICK = "not (browser or office or spark or slow)"


def main() -> int:
    """Run the task named on the command line."""
    task = " ".join(sys.argv[1:]) or "help"
    if sys.version_info < (3, 11):
        print(f"do.py needs Python 3.11 or newer; this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    if task == "run":
        install("maintain")
        return call("-m", "srm_data", "run")
    if task in ("test", "test --quick"):
        install("test")
        return test(quick=task == "test --quick")
    if task == "lab":
        install()
        # A fresh token, for this machine alone; in the environment, as others can read a command line.
        os.environ.setdefault("JUPYTER_TOKEN", secrets.token_hex())
        as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # in containers
        return call("-m", "jupyterlab", "notebooks", "--ServerApp.ip=127.0.0.1", *as_root)
    if task == "bench":
        install("test")
        return call("tests/bench.py")
    if task in ("release", "release next"):
        install("maintain")
        return call("-m", "srm_data.maintain", *task.split())
    print(HELP, end="")
    return 0 if task == "help" else 2


def test(*, quick: bool) -> int:
    """Run the checks and the tests, and stop at the first check that fails."""
    checks = [("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",)]
    for check in checks[:2] if quick else checks:
        print(f"$ {' '.join(check)}", flush=True)
        if code := call("-m", *check):
            return code
    # Compiled tests are kept (git ignores them), or each process would compile all of them anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # Processes that tests start import this checkout too, not one that is named there.
    os.environ.pop("PYTHONPATH", None)
    # A file's tests share what they make, such as a workbook, and stay on one core.
    pytest = ["-m", "pytest", "-n", "auto", "--dist", "loadfile"]
    if quick:
        return call(*pytest, "--quiet", "-m", QUICK)
    return call(*pytest, "--durations=10", "--cov", "--cov-report=term")


def install(extra: str = "") -> None:
    """Make the environment and install the package, unless that has been done for these files."""
    files = [ROOT / name for name in ("pyproject.toml", "constraints.txt")]
    state = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    mark = VENV / "installed"
    installed = mark.read_text().split() if PYTHON.exists() and mark.exists() else []
    if installed and installed[0] == state and (extra in ("", *installed[1:]) or "test" in installed):
        return
    print("Setting up .venv (once, about a minute) ...", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        print(made.stdout + made.stderr, file=sys.stderr)
        sys.exit("python3 -m venv failed. On Debian and Ubuntu: apt install python3-venv")
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    target = f".[{extra}]" if extra else "."
    if code := call(*pip, "--constraint", "constraints.txt", "--editable", target):
        sys.exit(code)
    mark.write_text(f"{state} {extra}")


def call(*arguments: str) -> int:
    """Run the environment's Python in the project's folder and return its exit code."""
    return subprocess.run([str(PYTHON), *arguments], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
