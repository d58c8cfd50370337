"""Frames of pandas in memory: what is read of them, and how their columns may be called."""

import pandas as pd

from srm_data import read_estate

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
