"""Check tables: files against their contract and the coding rule, and frames against each other.

``tables`` reads a folder of CSV files, ``coding_rule`` holds what every answer has to keep, and
``consistency`` looks at tables in memory before the model joins them.
"""

from srm_data.check.tables import check_own_table, check_tables

__all__ = ["check_own_table", "check_tables"]
