"""Read and write .xlsx files, independent of the contents of our workbooks.

``reader`` opens a file within limits, ``parts`` parses its parts, ``sheets`` reads its sheets, and
``notes`` text outside of cells. ``writer`` saves a workbook.
"""
