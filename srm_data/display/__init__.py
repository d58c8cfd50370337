"""Display frames and charts in a notebook so that everybody can read them."""

from srm_data.display.charts import embed_chart, save_chart
from srm_data.display.tables import Table, show_table

__all__ = ["Table", "embed_chart", "save_chart", "show_table"]
