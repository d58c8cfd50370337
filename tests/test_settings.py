"""Settings of two releases of AWS's API models, by service and duty: what to read again."""

import json

from srm_data.maintain.settings import compare_settings, list_settings


def write_model(folder, client, *members):
    shapes = {
        "CreateQueueRequest": {
            "type": "structure",
            "members": {name: {"shape": "Text"} for name in members},
        },
        "Text": {"type": "string"},
    }
    operations = {"CreateQueue": {"input": {"shape": "CreateQueueRequest"}}}
    path = folder / client / "2012-11-05"
    path.mkdir(parents=True)
    (path / "service-2.json").write_text(json.dumps({"operations": operations, "shapes": shapes}))


def test_new_setting_names_its_service_and_duty(shipped, tmp_path):
    write_model(tmp_path / "old", "sqs", "QueueName", "BackupPlan")
    write_model(tmp_path / "new", "sqs", "QueueName", "BackupPlan", "KmsKeyId", "BackupVault")
    before, after = (list_settings(shipped, tmp_path / name) for name in ("old", "new"))
    changes = compare_settings(before, after).set_index(["service_id", "duty_id"])
    assert changes.loc[("sqs", "key-management"), "change"] == "first"
    assert changes.loc[("sqs", "backup"), "settings"] == "CreateQueue.BackupVault"
    assert compare_settings(after, before).set_index("duty_id")["change"].to_dict() == {
        "backup": "fewer",
        "key-management": "none left",
    }
