"""Excel workbooks: documents that governance teams read, print and pass on.

``package`` writes the file, ``look`` holds the styles, ``sheets`` the kinds of sheet; ``governance`` is
the workbook made of them.
"""

from srm_data.workbook.write import write_workbook

__all__ = ["write_workbook"]
