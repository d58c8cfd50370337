"""Files that a model is written as, beside the workbook and the page."""
