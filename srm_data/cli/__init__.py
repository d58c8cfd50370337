"""The command line: one command per task. Heavy packages load only when needed."""

from srm_data.cli.commands import main

__all__ = ["main"]
