"""The command line: one command per task. Heavy packages are loaded only when needed."""

from srm_data.cli.commands import main

__all__ = ["main"]
