"""Read and write .xlsx files, independent of the contents of our workbooks.

``safety`` opens a file within limits, ``parts`` parses its parts, ``sheets`` and ``reader`` read its
sheets, and ``notes`` reads text outside of cells. ``writer`` saves a workbook.
"""
