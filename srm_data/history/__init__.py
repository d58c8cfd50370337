"""Answers of earlier data versions, and changes since then."""
