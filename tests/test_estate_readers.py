"""The registry of readers, from which the command line, the errors and the guide are made."""

import pytest

from srm_data.cli import main
from srm_data.estate import read_estate
from srm_data.estate.detect import LANGUAGES, TEXTS
from srm_data.estate.documents import list_kinds
from srm_data.estate.readers import DOCUMENTS, KINDS
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
