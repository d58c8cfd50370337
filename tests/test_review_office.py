"""What people do in an office program: sort, filter, fill down, paste, insert a row, hide a column."""

from pathlib import Path

import pytest

from srm_data.review import read_review
from srm_data.workbook import write_workbook

MACRO = """
Function ColumnOf(sheet, header)
  Dim place
  For place = 0 To 60
    If sheet.getCellByPosition(place, 1).String = header Then
      ColumnOf = place
      Exit Function
    End If
  Next
  ColumnOf = -1
End Function

Sub Edit
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  doc = StarDesktop.loadComponentFromURL("{before}", "_blank", 0, hidden())
  sheet = doc.Sheets.getByName("Review here")
  last = ColumnOf(sheet, "row_check")
  owner = ColumnOf(sheet, "Owner")
  status = ColumnOf(sheet, "Status")

  ' Owners in turns, and a decision in the third row
  For row = 2 To {last_row}
    sheet.getCellByPosition(owner, row).String = "Team " & (row Mod 3)
  Next
  sheet.getCellByPosition(ColumnOf(sheet, "Decision"), 4).String = "Shared"
  sheet.getCellByPosition(ColumnOf(sheet, "Comment"), 4).String = "Our broker keeps copies."
  sheet.getCellByPosition(ColumnOf(sheet, "Reviewer"), 4).String = "Ada"
  sheet.getCellByPosition(ColumnOf(sheet, "Date"), 4).Formula = "2026-11-02"

  ' Fill down: a status for twenty rows; paste: the decision on the row below
  sheet.getCellByPosition(status, 2).String = "agreed"
  sheet.getCellRangeByPosition(status, 2, status, 21).fillAuto(0, 1)
  first = ColumnOf(sheet, "Decision")
  entered = sheet.getCellRangeByPosition(first, 4, ColumnOf(sheet, "Date"), 4)
  sheet.copyRange(sheet.getCellByPosition(first, 5).CellAddress, entered.RangeAddress)

  ' Sort by owner, all columns
  Dim fields(0) As New com.sun.star.table.TableSortField
  fields(0).Field = owner
  fields(0).IsAscending = True
  Dim sorting(1) As New com.sun.star.beans.PropertyValue
  sorting(0).Name = "SortFields"
  sorting(0).Value = fields()
  sorting(1).Name = "ContainsHeader"
  sorting(1).Value = True
  table = sheet.getCellRangeByPosition(0, 1, last, {last_row})
  table.sort(sorting())

  ' Insert a row with a remark of our own, hide a column, filter
  sheet.Rows.insertByIndex(8, 1)
  sheet.getCellByPosition(1, 8).String = "A row of our own"
  sheet.Columns.getByIndex(ColumnOf(sheet, "AWS's part")).IsVisible = False
  table = sheet.getCellRangeByPosition(0, 1, last, {last_row} + 1)
  condition = table.createFilterDescriptor(True)
  Dim only(0) As New com.sun.star.sheet.TableFilterField
  only(0).Field = owner
  only(0).Operator = com.sun.star.sheet.FilterOperator.EQUAL
  only(0).StringValue = "Team 1"
  condition.ContainsHeader = True
  condition.setFilterFields(only())
  table.filter(condition)

  Dim saving(0) As New com.sun.star.beans.PropertyValue
  saving(0).Name = "FilterName"
  saving(0).Value = "Calc MS Excel 2007 XML"
  doc.storeToURL("{after}", saving())
  doc.close(True)
End Sub
"""


@pytest.mark.slow
def test_sheet_that_was_sorted_filtered_filled_and_changed_in_an_office_is_read_whole(
    tmp_path: Path, shipped, shipped_model, run_macro
):
    model = shipped_model
    model = model[model["offering_id"].isin(["sqs", "kms"])].reset_index(drop=True)
    sent = write_workbook(tmp_path / "sent.xlsx", model, tables=shipped)
    back = tmp_path / "back.xlsx"
    rows = len(model)
    run_macro(MACRO.format(before=sent.as_uri(), after=back.as_uri(), last_row=rows + 1))
    review = read_review(back)

    owners = review.status["owner"].value_counts().to_dict()
    assert sum(owners.values()) == rows
    assert set(owners) == {"Team 0", "Team 1", "Team 2"}
    assert review.status["status"].value_counts().to_dict() == {"open": rows - 20, "agreed": 20}
    assert (
        review.decisions[["decision", "reason", "decided_by"]].to_numpy().tolist()
        == [["Shared", "Our broker keeps copies.", "Ada"]] * 2
    )
    assert set(review.problems["value"]) <= {"A row of our own", " / "}
    assert review.remarks["text"].tolist() == ["A row of our own"]

    next_book = write_workbook(
        tmp_path / "next.xlsx", model, tables=shipped, decisions=review.decisions,
        remarks=review.remarks, cell_status=review.status, sign_off=review.sign_off,
    )  # fmt: skip
    assert read_review(next_book).status.equals(review.status)
