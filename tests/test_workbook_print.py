"""What goes with the minutes, as LibreOffice prints it."""

import re
import subprocess

import pytest
from openpyxl import load_workbook

from srm_data.estate import in_use, read_estate
from srm_data.workbook import write_workbook

FOR_THE_MINUTES = ["Cover", "Dashboard", "Category matrix", "Duties by owner", "Review log", "Sources"]


@pytest.mark.slow
def test_what_goes_with_the_minutes_fills_at_most_twenty_pages(
    tmp_path, shipped, shipped_model, office
):
    services = shipped["services"].query("status == 'active'")["service"]
    estate = read_estate(services.head(30).tolist())
    used = in_use(shipped_model, estate)
    assert used["offering_id"].nunique() > 20
    path = write_workbook(tmp_path / "ours.xlsx", used, estate=estate, tables=shipped)
    book = load_workbook(path)
    for sheet in book.worksheets:
        if sheet.title not in FOR_THE_MINUTES:
            book.remove(sheet)  # LibreOffice prints hidden sheets, too
    book.save(path)

    command = [*office, "--convert-to", "pdf", "--outdir", tmp_path, path]
    subprocess.run(command, check=True, capture_output=True)
    pages = re.findall(rb"/Type\s*/Page\b(?!s)", (tmp_path / "ours.pdf").read_bytes())
    assert len(FOR_THE_MINUTES) <= len(pages) <= 20
