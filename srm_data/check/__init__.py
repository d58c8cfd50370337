"""Check tables: files against their contract and the coding rule, and frames against each other.

``tables`` checks a folder of CSV files, ``coding_rule`` has the rules for every answer, and
``consistency`` checks tables in memory before the model joins them.
"""

from srm_data.check.tables import check_tables

__all__ = ["check_tables"]
