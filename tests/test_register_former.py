"""Files of 2026.11 become one register: nothing is dropped, and what applied still applies."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from srm_data import build_model, choose_offerings, load_tables, read_register
from srm_data.cli.commands import main
from srm_data.exceptions import StaleDecisionWarning, TableError
from srm_data.register import list_raci, read_former_files, state

FILES = {
    "decisions.csv": """
offering_id,duty_id,expected,decision,reason,decided_by,decided_on,customer_action
sqs,backup,Customer,Shared,Our broker keeps copies.,board,2026-11-01,optional
sqs,availability,AWS,Shared,'=two queues,Ada,2026-11-02,
""",
    "cell_status.csv": """
offering_id,duty_id,status,owner,due,evidence,exception_until,reviewer,date,answer,version
sqs,backup,agreed,Queue team,2027-01-31,G:\\proof,2027-06-30,Ada,2026-11-02,Shared,2026.11.9
sqs,availability,open,,Q1 2027,,,,,,
""",
    "remarks.csv": """
offering_id,duty_id,kind,column,decision,text,author,dated,place,state,reply,assigned,replied_by,story
sqs,backup,entry,,,Who restores?,Bob,2026-11-03,b.xlsx!L4,closed,The broker team.,Ada,Ada,by phone
sqs,availability,entry,,Customer,,Cem,,c.xlsx!F9,,,,,
sqs,credentials,conflict,Decision,AWS,Not ours.,Ada,2026-11-03,a.xlsx,,,,,
sqs,credentials,conflict,Decision,Shared,Both.,Bob,2026-11-03,b.xlsx,,,,,
,,conflict,Next review,,2027-03-31,Ada,,a.xlsx,,,,,
,,typed,,,A table beside,,,b.xlsx!AR5,answered,Thank you.,,Ada,
""",
    "owners.csv": """
service_id,offering_id,layer_id,duty_id,owner
,,,,Platform
sqs,,,,Queue team
,,data,,Data team
""",
    "sign_off.csv": """
field,value,by,day
System,Shop,Ada,2026-11-01
Next review,2027-01-31,Ada,2026-11-01
Next review,2027-02-28,Ada,2026-11-09
Approved by,CISO,CISO,2026-11-10
Revision,Approved in November,,
""",
}


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text.lstrip(), "utf-8-sig")
    return sorted(tmp_path.iterdir())


def test_everything_that_was_entered_is_in_the_register(paths):
    register = read_former_files(paths, data_version="2026.11.11")
    assert read_former_files(paths[::-1], data_version="2026.11.11").equals(register)
    everything = register.to_csv()
    texts = """Our broker keeps copies. | =two queues | G:\\proof | Who restores? | The broker team.
        Shop | by phone | assigned: Ada | A table beside | Thank you. | b.xlsx!AR5
        Approved in November
        Q1 2027 | Data team | when the tables said Customer"""
    for text in texts.replace("\n", "|").split("|"):
        assert text.strip() in everything, text
    versions = register.set_index(["field", "offering_id", "duty_id"])["data_version"]
    assert versions["status", "sqs", "backup"] == "2026.11.9"
    assert versions["answer", "sqs", "backup"] == "2026.11.11"


def test_what_applied_still_applies_and_what_was_open_is_still_asked(paths):
    register = read_former_files(paths, data_version="2026.11.11")
    model = choose_offerings(build_model(), "sqs")
    model.loc[model["duty_id"].eq("backup"), "basis"] = "documented"
    now = state(register, model, on="2026-12-02")
    cells = now.cells.set_index(["duty_id", "field"])
    values = cells["value"].to_dict()
    assert values["availability", "answer"] == "Shared, required"
    assert values["backup", "due"] == "2027-01-31"
    assert values["backup", "exception"] == "2027-06-30"
    assert values["backup", "accountable"] == "Queue team"
    assert values["key-management", "accountable"] == "Data team"
    assert values["backup", "comment"] == "", "it was closed"
    states = now.entries.set_index(["duty_id", "field", "value"])["state"].to_dict()
    assert states["credentials", "answer", "AWS"] == "conflict"
    assert states["credentials", "answer", "Shared"] == "conflict"
    assert states["availability", "answer", "Customer"] == "asked back"
    assert states["*", "cover:next review", "2027-01-31"] == "replaced"
    assert states["*", "cover:next review", "2027-03-31"] == "in force"
    assert states["backup", "answer", "Shared, optional"] == "proposed", "one name takes a duty off"


def test_file_that_is_none_of_these_is_named(tmp_path):
    path = tmp_path / "letter.csv"
    path.write_text("dear,all\n", "utf-8")
    with pytest.raises(TableError, match="one of: sign_off, decisions, cell_status, owners, remarks"):
        read_former_files(path)


TABLES = load_tables()
MODEL = choose_offerings(build_model(), ["sqs", "rds-db-instance", "rds-custom"])
LAYERS = TABLES["duties"].set_index("duty_id")["layer_id"]
RULES = st.tuples(
    st.sampled_from(["", "sqs", "rds"]),
    st.sampled_from(["", "sqs", "rds-db-instance"]),
    st.sampled_from(["", "data", "resilience"]),
    st.sampled_from(["", "backup", "key-management"]),
)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(RULES, max_size=6))
def test_every_cell_keeps_the_owner_that_the_rules_gave_it(tmp_path_factory, rules):
    of_service = TABLES["offerings"].set_index("offering_id")["service_id"]
    listed = [
        (service, offering, layer, duty, f"Team {number}")
        for number, (service, offering, layer, duty) in enumerate(rules)
        if service in ("", of_service.get(offering, service)) and layer in ("", LAYERS.get(duty, layer))
    ]
    names = ["service_id", "offering_id", "layer_id", "duty_id", "owner"]
    path = tmp_path_factory.mktemp("rules") / "owners.csv"
    pd.DataFrame(listed, columns=names).to_csv(path, index=False)
    raci = list_raci(state(read_former_files(path), MODEL, on="2026-12-02"))
    for cell in raci.to_dict("records"):
        key = (
            of_service[cell["offering_id"]],
            cell["offering_id"],
            LAYERS[cell["duty_id"]],
            cell["duty_id"],
        )
        fits = [
            rule[-1]
            for rule in listed
            if all(part in ("", own) for part, own in zip(rule[:-1], key, strict=True))
        ]
        assert cell["accountable"] == (fits[-1] if fits else ""), key


@pytest.mark.slow
def test_the_command_converts_files_of_2026_11_and_names_what_needs_a_person(tmp_path, capsys):
    decisions, register = tmp_path / "decisions.csv", tmp_path / "register.csv"
    decisions.write_text(
        "offering_id,duty_id,expected,decision,reason,decided_by,decided_on,customer_action\n"
        "sqs,credentials,Customer,Shared,Our broker keeps them.,Ada,2026-11-02,\n"
        "sqs,availability,AWS,Customer,We run two queues.,Ada,2026-11-02,\n"
    )
    assert main(["review", str(decisions), "--register", str(register)]) == 1
    assert main(["review", str(decisions), "--register", str(register)]) == 1  # changes nothing
    assert len(read_register(register)) == 2
    with pytest.warns(StaleDecisionWarning, match="expected approval"):
        decided = build_model(register=read_register(register))
    answers = decided[decided["basis"] == "decision"]
    assert answers[["offering_id", "duty_id"]].to_numpy().tolist() == [["sqs", "availability"]]
    assert "Not taken: Shared (Ada, 2026-11-02); expected approval" in capsys.readouterr().out
    assert main(["review", "ada.xlsx", "--register", str(register)]) == 1
