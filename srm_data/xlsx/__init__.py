"""What an .xlsx file is, and nothing of ours.

``safety`` opens a file within limits, ``parts`` parses what is in it, ``values`` and ``reader`` read
its sheets, ``notes`` and ``drawings`` what stands in no cell. ``writer`` saves a workbook.
"""
