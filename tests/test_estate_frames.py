"""Frames of pandas in memory: what is read of them, and how their columns may be called."""

import pandas as pd
import pytest

from srm_data import EstateError, read_estate
from srm_data.exceptions import SkippedFileWarning

TOLD = ["identifier", "resources", "cost", "accounts", "regions"]


def test_frame_is_read_with_cost_account_and_region_as_its_file_is(tmp_path):
    frame = pd.DataFrame(
        {"service": ["SQS"], "cost": [10.5], "account": ["111122223333"], "region": ["eu-west-1"]}
    )
    frame.to_csv(tmp_path / "a.csv", index=False)
    of_frame, of_file = read_estate(frame)[TOLD], read_estate(tmp_path / "a.csv")[TOLD]
    assert of_frame.to_numpy().tolist() == [["SQS", 1, 10.5, "111122223333", "eu-west-1"]]
    assert of_frame.equals(of_file)
    assert read_estate(frame, details=False)["cost"].isna().all()


def test_account_is_whole_though_pandas_has_fractions_where_some_are_missing():
    frame = pd.DataFrame({"service": ["SQS", "SNS"], "account": [111122223333, None]})
    assert read_estate(frame).set_index("identifier")["accounts"].to_dict() == {
        "SQS": "111122223333",
        "SNS": "",
    }


def test_columns_of_frames_put_together_may_differ_in_spelling():
    first = pd.DataFrame({"service": ["SQS"], "count": [3], "cost": [1.0]})
    second = pd.DataFrame({"Service": ["SNS", "KMS"], "Count": [5, 0], "Cost": [2.0, 0.5]})
    estate = read_estate(pd.concat([first, second])).set_index("identifier")
    assert estate["resources"].to_dict() == {"SQS": 3, "SNS": 5, "KMS": 0}
    assert estate["cost"].to_dict() == {"SQS": 1.0, "SNS": 2.0, "KMS": 0.5}


def test_cell_beside_another_of_an_equal_column_is_named_as_not_read():
    frame = pd.DataFrame({"service": ["SQS", "SNS"], "Service": ["SQS", "KMS"]})
    with pytest.warns(SkippedFileWarning, match="column Service: not read in 1 row, as service is fil"):
        assert read_estate(frame)["identifier"].tolist() == ["SNS", "SQS"]


def test_two_columns_of_one_name_are_an_error_that_tells_where_they_are():
    rows = [["SQS", "x", "SNS"]]
    says = "^the frame, columns 1 and 3: the same name 'Service'; expected a name of its own for each"
    with pytest.raises(EstateError, match=says):
        read_estate(pd.DataFrame(rows, columns=["Service", "Note", "Service"]))
    with pytest.raises(EstateError, match=r"^the frame, columns 2 and 3: the same name; expected"):
        read_estate(pd.DataFrame(rows, columns=["Service", "s3cret", "s3cret"]))
