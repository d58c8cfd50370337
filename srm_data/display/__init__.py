"""Display frames and charts in a notebook in a form that everybody can read."""

from srm_data.display.charts import save_chart
from srm_data.display.tables import embed_search, show_table, show_text

__all__ = ["embed_search", "save_chart", "show_table", "show_text"]
