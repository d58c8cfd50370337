#!/usr/bin/env python3
"""Set up and run: python3 do.py run | test [--quick] | lab | site | bench | release [next] | help.

Needs Python 3.11 or newer and nothing else. It makes .venv beside this file, installs the package with
the versions of requirements.txt, and hands over. Later calls skip what is already there.
"""

import hashlib
import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

# Defaults of this JupyterLab: no question about news, no look for updates. Users may turn them on.
LAB_DEFAULTS = VENV / "etc" / "jupyter" / "labconfig" / "default_setting_overrides.json"
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
}

HELP = """\
python3 do.py run           run the notebooks, write Excel matrix, page and pictures to exports/
python3 do.py test          format, lint and type checks, then all tests with coverage
python3 do.py test --quick  format, lint and half of the tests, in a minute: enough for a data change
python3 do.py lab           open the notebooks in JupyterLab, on this machine alone, with a token
python3 do.py site          write the site to exports/site/: an address for every cell
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
        install()
        return call("-m", "srm_data", "run")
    if task in ("test", "test --quick"):
        install(tests=True)
        return test(quick=task == "test --quick")
    if task == "lab":
        install()
        # A fresh token, for this machine alone; in the environment, as others can read a command line.
        # An empty one would mean no login.
        os.environ["JUPYTER_TOKEN"] = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex()
        LAB_DEFAULTS.parent.mkdir(parents=True, exist_ok=True)
        LAB_DEFAULTS.write_text(json.dumps(LAB_SETTINGS), encoding="utf-8")
        as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # in containers
        return call("-m", "jupyterlab", "notebooks", "--ServerApp.ip=127.0.0.1", *as_root)
    if task == "site":
        install(docs=True)
        return call("-m", "srm_data", "site")
    if task == "bench":
        install(tests=True)
        return call("tests/bench.py")
    if task in ("release", "release next"):
        install()
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
    # A file's tests share what they make, such as a workbook, and stay in one process. Files come in
    # the order of tests/conftest.py, so that no long one is left to the end.
    pytest = ["-m", "pytest", "--dist", "loadfile", "--no-loadscope-reorder"]
    if quick:
        return call(*pytest, "-n", "auto", "--quiet", "-m", QUICK)
    # One process more than cores, as many tests wait for a browser or a command.
    more = str((os.cpu_count() or 1) + 1)
    return call(*pytest, "-n", more, "--durations=10", "--cov", "--cov-report=term")


def install(*, docs: bool = False, tests: bool = False) -> None:
    """Make the environment and install the package, unless that has been done for these files.

    Tests build the site, so that they need what it needs.
    """
    more = {"requirements-docs.txt": docs or tests, "requirements-test.txt": tests}
    # Who made .venv, what it was made from, then one line for each list that was added.
    made_by = f"{sys.implementation.cache_tag} {sys.base_prefix}"
    wanted = [made_by, digest("pyproject.toml", "requirements.txt")]
    wanted += [digest(name) for name, is_needed in more.items() if is_needed]
    mark = VENV / "installed"
    installed = mark.read_text(encoding="utf-8").splitlines() if mark.exists() else []
    is_there = PYTHON.exists() and installed[:2] == wanted[:2]
    if is_there and set(wanted) <= set(installed):
        return
    lists = ["requirements.txt", *(name for name, is_needed in more.items() if is_needed)]
    print("Setting up .venv (once, about a minute) ...", flush=True)

    # What another Python made, or what was left unfinished, is made anew: its packages would not load.
    anew = [] if PYTHON.exists() and installed[:1] == [made_by] else ["--clear"]
    command = [sys.executable, "-m", "venv", *anew, str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        print(made.stdout + made.stderr, file=sys.stderr)
        sys.exit("python3 -m venv failed. On Debian and Ubuntu: apt install python3-venv")

    # The lists hold everything by version and hash, and first what builds the rest; the package itself
    # is then only linked.
    mark.unlink(missing_ok=True)
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-deps", "--no-build-isolation"]
    targets = [["--require-hashes", "--requirement", name] for name in lists]
    for target in [*targets, ["--editable", "."]]:
        if code := call(*pip, *target):
            sys.exit(code)
    mark.write_text("\n".join(wanted), encoding="utf-8")


def digest(*names: str) -> str:
    """Return a hash over files of the project, or nothing without files."""
    content = b"".join((ROOT / name).read_bytes() for name in names)
    return hashlib.sha256(content).hexdigest() if names else ""


def call(*arguments: str) -> int:
    """Run the environment's Python in the project's folder and return its exit code."""
    return subprocess.run([str(PYTHON), *arguments], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
