"""The registry of readers, from which the command line, the errors and the guide are made."""

import subprocess
import sys

import pytest

from srm_data.cli import main
from srm_data.estate import read_estate
from srm_data.estate.detect import LANGUAGES, TEXTS
from srm_data.estate.documents import list_kinds
from srm_data.estate.readers import DOCUMENTS, EXPECTED, KINDS
from srm_data.exceptions import EstateError
from tests.documents import GUIDE


def test_every_kind_is_read_by_code_or_by_rows_of_a_table():
    code = {*TEXTS, *LANGUAGES, "cost-explorer"}
    assert {kind for kind in DOCUMENTS if list_kinds(kind)} == set(DOCUMENTS) - code
    assert not any(is_kind(["something else"]) for is_kind, _ in LANGUAGES.values())


def test_guide_shows_every_kind_in_order():
    lines = GUIDE["estate"].splitlines()
    start = lines.index("| Kind | From | What is read |") + 2
    shown = [line.split("`")[1] for line in lines[start : start + len(KINDS)]]
    assert shown == list(KINDS)


def test_command_line_offers_every_kind_and_refuses_another(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["estate", "a.json", "--kind", "other"])
    assert stop.value.code == 2
    message = capsys.readouterr().err
    assert all(kind in message for kind in KINDS)


def test_unknown_kind_is_refused_with_all_kinds():
    with pytest.raises(ValueError, match="kind should be one of") as error:
        read_estate(["Amazon SQS"], kind="other")
    assert all(repr(kind) in str(error.value) for kind in KINDS)


def test_error_about_a_file_of_no_kind_names_what_most_people_have(tmp_path):
    path = tmp_path / "picture.csv"
    path.write_bytes(b"a\x00b")
    with pytest.raises(EstateError) as error:
        read_estate(path)
    assert str(error.value).endswith(EXPECTED)
    assert len(EXPECTED) < 200


def test_list_of_kinds_loads_no_pandas():
    code = "import sys, srm_data.estate.readers; print('pandas' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
