"""Reference pages in Markdown, made from the sources: data dictionary, API, glossary."""

from srm_data.reference.pages import describe_api, describe_tables, describe_words, write_reference

__all__ = ["describe_api", "describe_tables", "describe_words", "write_reference"]
