"""Excel workbooks: documents that governance teams read, print and pass on.

``write`` makes a workbook from ``sheets``, with one module per sheet or group of sheets. ``format`` is
the contract with the review: headers, titles and codes. ``layout`` arranges prose, tables and matrices,
``styles`` defines their look, and ``content`` is what all sheets are made from.
"""

from srm_data.workbook.write import write_workbook

__all__ = ["write_workbook"]
