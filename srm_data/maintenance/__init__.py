"""Reference pages in Markdown, made from the sources: data dictionary and glossary."""

from srm_data.maintenance.dictionary import describe_tables, describe_words, write_reference

__all__ = ["describe_tables", "describe_words", "write_reference"]
