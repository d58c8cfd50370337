"""Check a folder of tables (``tables``, ``coding_rule``), and frames in memory (``consistency``)."""

from srm_data.check.tables import check_tables

__all__ = ["check_tables"]
