"""Tasks for maintainers: notebooks, pictures, reference pages, releases, AWS's lists."""

from srm_data.maintain.dictionary import describe_tables, describe_words, write_reference

__all__ = ["describe_tables", "describe_words", "write_reference"]
