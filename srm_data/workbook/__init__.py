"""Excel workbooks: documents that governance teams read, print and pass on.

``write`` makes a workbook of the ``sheets``, one module per sheet or group of sheets. ``format`` is the
contract with the review: headers, titles and codes. ``layout`` sets out prose, tables and matrices,
``styles`` holds their look, and ``content`` what all sheets are made from.
"""

from srm_data.workbook.write import write_workbook

__all__ = ["write_workbook"]
