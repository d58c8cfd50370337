"""The command line: one command a task. Heavy packages load inside the commands that need them."""

from srm_data.cli.commands import main

__all__ = ["main"]
