"""Hostile and broken inventories: a clear error or safe text, bounded memory, no secret shown."""

import gzip
import json
import logging
import random
import time
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from srm_data.cli import main
from srm_data.estate import files, in_use, read_estate
from srm_data.estate.readers import KINDS
from srm_data.exceptions import EstateError
from srm_data.workbook import write_workbook
from srm_data.xlsx import reader

SECRET = "hunter2-very-secret"


def peak_of(function) -> tuple[int, str]:
    """Return the most memory that Python held during a call, and the error it ended with."""
    import tracemalloc

    tracemalloc.start()
    message = ""
    try:
        function()
    except EstateError as error:
        message = str(error)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, message


@pytest.mark.slow
def test_brackets_without_end_are_refused_before_they_fill_the_memory(tmp_path):
    path = tmp_path / "deep.json"
    with path.open("wb") as file:
        for _ in range(256):
            file.write(b"[" * 1024**2)
    peak, message = peak_of(lambda: read_estate(path))
    assert "deep.json: more than 100 MB in one document" in message
    assert peak < 2.5 * files.LARGEST_DOCUMENT
    path.write_bytes(b'{"a":' * 2_000_000)
    with pytest.raises(EstateError, match=r"deep.json: nested too deeply"):
        read_estate(path)


@pytest.mark.slow
def test_compressed_bombs_are_refused(tmp_path):
    packed = tmp_path / "bomb.json.gz"
    with gzip.open(packed, "wb", compresslevel=1) as file:
        for _ in range(256):
            file.write(b"[" * 1024**2)
    with pytest.raises(EstateError, match=r"bomb.json.gz: more than 100 MB"):
        read_estate(packed)
    table = tmp_path / "bomb.csv.gz"
    with gzip.open(table, "wb", compresslevel=1) as file:
        file.write(b"service,cost\n" + b"x" * 50_000_000)
    with pytest.raises(EstateError, match=r"bomb.csv.gz.*a line of more than 1,000,000 bytes"):
        read_estate(table)
    book = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as parts,
        parts.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(150):
            part.write(b" " * 1024**2)
    peak, message = peak_of(lambda: read_estate(book))
    assert "bomb.xlsx: xl/workbook.xml has a text too long for a cell" in message
    assert peak < reader.MOST_BYTES / 2


def test_workbook_with_entities_or_many_parts_is_refused(tmp_path):
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(EstateError, match=r"book.xlsx: xl/workbook.xml defines entities"):
        read_estate(path)
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(reader.MOST_PARTS):
            parts.writestr(str(number), "")
    with pytest.raises(EstateError, match=r"2,001 parts"):
        read_estate(path)
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("bill.csv", "service")
    with pytest.raises(EstateError, match=r"book.xlsx: a zip archive; expected a workbook, or what is"):
        read_estate(path)


def test_files_of_an_archive_may_unpack_to_so_much_together(tmp_path, monkeypatch):
    monkeypatch.setattr("srm_data.estate.readers.archives.MOST_UNPACKED", 60)
    path = tmp_path / "bill.zip"
    with zipfile.ZipFile(path, "w") as parts:
        for name in ("a.csv", "b.csv"):
            parts.writestr(name, f"service\n{'Amazon SQS,' * 4}\n")
    with pytest.raises(EstateError, match="unpacks to more than"):
        read_estate(path)


def test_yaml_nested_without_end_is_refused(tmp_path):
    path = tmp_path / "deep.yaml"
    path.write_text("Resources:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 3000)))
    with pytest.raises(EstateError, match=r"deep.yaml"):
        read_estate(path)


BROKEN = [
    ("empty.csv", b"", "the file is empty"),
    ("blank.csv", b"\n \n", "the file is empty"),
    ("junk.bin", random.Random(1).randbytes(5000), "binary data|not text in UTF-8"),
    ("ours.sqlite", b"SQLite format 3\x00" + bytes(500), "a SQLite database; expected the inventory"),
    ("junk.xlsx", b"PK\x03\x04" + bytes(500), "not a valid Excel workbook"),
    ("junk.parquet", b"PAR1" + bytes(500), "not a complete table"),
    ("junk.gz", b"\x1f\x8b" + bytes(500), "not a complete gzip file"),
    ("line.csv", b"a" * 10_000_000, "line 1: 10,000,000 characters; expected the name"),
    ("line.json", b'{"a": "' + b"a" * 10_000_000, "line 1, column 7: not valid JSON"),
    ("bytes.csv", b"service\nSQS \x81\n", r"text that is not UTF-8"),
    ("long.csv", b"service,cost\nSQS," + b"1" * 2_000_000, "a line of more than 1,000,000 bytes"),
    ("number.json", b'{"a": ' + b"9" * 9000 + b"}", "a number that is too long"),
    ("other.json", b'{"hello": [1, 2]}', "JSON or YAML of no known kind"),
    ("numbers.json", b"[1, 2]", "JSON or YAML of no known kind"),
    ("blank.json", b'{"": [{"": 1}]}', "JSON or YAML of no known kind"),
    ("null.yaml", b"Resources:\nTransform: x\n", "no Resources; expected a template"),
    ("list.yaml", b"Transform: x\nResources:\n  A: [1]\n", r"Resources.A: list, expected"),
    ("type.yaml", b"Transform: x\nResources:\n  A: {Type: 1}\n", r"Resources.A: no Type"),
    ("broken.yaml", b"Resources:\n  A: {Type: [\n", r"line \d+: not valid YAML"),
    ("kind.tfstate", b'{"version":4,"lineage":"","resources":[{"type":5,"instances":[{}]}]}',
     "no resource type"),
    ("items.json", b'{"configurationItems":[{"resourceType":"A::B::C"},null]}',
     "configurationItems 2: names no resource"),
    ("keys.json", b'{"ResultsByTime":[{"Groups":[{"Keys":null}]}]}', "without a service key"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "message"), BROKEN)
def test_broken_inventory_is_named_with_place_and_expectation(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(EstateError, match=message) as error:
        read_estate(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("content", [b"[]", b"{}", b"service,cost\n", b'{"version":3,"lineage":"x"}'])
def test_inventory_of_nothing_is_an_empty_estate(tmp_path, content):
    path = tmp_path / "nothing.txt"
    path.write_bytes(content)
    estate = read_estate(path)
    assert estate.empty
    assert {"identifier", "status", "resources", "assumed"} <= set(estate.columns)


def test_path_with_dots_and_pattern_letters_means_itself(tmp_path):
    folder = tmp_path / "a[1]" / "b"
    folder.mkdir(parents=True)
    (tmp_path / "a[1]" / "it's*.csv").write_text("service\nAmazon SQS\n")
    estate = read_estate(folder / ".." / "it's*.csv")
    assert estate["offering_id"].tolist() == ["sqs"]


def test_column_of_single_resources_is_refused_instead_of_filling_the_memory(tmp_path, monkeypatch):
    from srm_data.estate import counting

    monkeypatch.setattr(counting, "MOST_GROUPS", 100)
    path = tmp_path / "ids.csv"
    path.write_text("type\n" + "\n".join(f"i-{number}" for number in range(101)))
    with pytest.raises(
        EstateError, match=r"column type: more than 100 distinct values; expected kinds"
    ):
        read_estate(path)


@pytest.mark.slow
def test_text_that_looks_like_a_formula_stays_text_in_the_workbook(tmp_path, shipped, shipped_model):
    path = tmp_path / "list.csv"
    path.write_text("service\n=cmd|' /C calc'!A0\n+1\n-1\n@SUM(A1)\nAmazon SQS\n")
    estate = read_estate(path)
    used = in_use(shipped_model, estate)
    book = load_workbook(write_workbook(tmp_path / "e.xlsx", used, tables=shipped, estate=estate))
    cells = [cell for row in book["As read"].iter_rows() for cell in row]
    written = {cell.value for cell in cells}
    assert {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"} <= written
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.slow
def test_secrets_of_a_state_reach_no_frame_log_error_or_export(
    tmp_path, shipped, caplog, shipped_model
):
    settings = {"engine": SECRET, "password": SECRET, "user_data": SECRET, "launch_type": SECRET}
    kinds = ["aws_db_instance", "aws_ecs_service", "aws_lambda_function", "aws_instance", "aws_x"]
    state = {
        "version": 4,
        "lineage": SECRET,
        "outputs": {"password": {"value": SECRET}},
        "resources": [
            {"mode": "managed", "type": kind, "name": "a", "instances": [{"attributes": settings}]}
            for kind in kinds
        ],
    }
    path = tmp_path / "a.tfstate"
    path.write_text(json.dumps(state))
    with caplog.at_level(logging.DEBUG):
        estate = read_estate(path)
    used = in_use(shipped_model, estate)
    book = write_workbook(tmp_path / "e.xlsx", used, tables=shipped, estate=estate)
    parts = zipfile.ZipFile(book)
    shown = estate.to_csv() + used.to_csv() + caplog.text
    shown += "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    assert SECRET not in shown
    text = path.read_text()
    for cut in range(10, len(text), 41):
        path.write_text(text[:cut])
        with pytest.raises(EstateError) as error:
            read_estate(path)
        assert SECRET not in str(error.value)


def hold_secret(folder) -> dict[str, object]:
    """Write inventories, and files that are none, with a secret where one may stand."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"Password": SECRET}}
    item = {"resourceType": "AWS::SQS::Queue", "configuration": {"password": SECRET}}
    texts = {
        "template.json": json.dumps({"Resources": {"A": queue}, "Outputs": SECRET}),
        "config.json": json.dumps({"configurationItems": [item]}),
        "rows.json": json.dumps([{"service": "Amazon SQS", "password": SECRET}]),
        "list.csv": f"service,password\nAmazon SQS,{SECRET}\n",
        "quote.csv": f'service,password\nAmazon SQS,{SECRET}\nAmazon SNS,"{SECRET}\n',
        "headless.csv": f"alice,{SECRET},AKIAIOSFODNN7EXAMPLE\n",
        "prod.tfvars": f'db_password = "{SECRET}"\n',
        "values.yaml": f"password: {SECRET}\n",
        "prod.txt": f"password: {SECRET}\n",
        "cut.yaml": f"Resources:\n  A: {{Type: [{SECRET}\n",
        "cost.csv": f"service,cost\nAmazon SQS,{SECRET}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    book = Workbook()
    for row in [["service", "cost"], ["Amazon SQS", SECRET]]:
        book.active.append(row)
    book.save(folder / "cost.xlsx")
    return {**texts, "cost.xlsx": book}


@pytest.mark.slow
@pytest.mark.no_cover
def test_no_kind_of_file_lets_a_secret_out(tmp_path, capsys):
    read, refused = [], []
    for name in hold_secret(tmp_path):
        try:
            shown = read_estate(tmp_path / name, details=True).to_csv()
            read.append(name)
        except EstateError as error:
            shown = str(error)
            refused.append(name)
        assert SECRET not in shown, name
        main(["estate", str(tmp_path / name)])
    printed = capsys.readouterr()
    assert SECRET not in printed.out + printed.err
    assert len(read) == 6
    assert set(refused) == {
        "quote.csv", "headless.csv", "prod.tfvars", "values.yaml", "prod.txt", "cut.yaml"
    }  # fmt: skip


def test_arn_anywhere_in_a_column_is_shortened_and_shows_no_account(tmp_path):
    rows = ["Amazon SQS"] * 2000 + [" arn:aws:iam::123456789012:user/alice", "x" * 900]
    path = tmp_path / "late.csv"
    path.write_text("service\n" + "\n".join(rows))
    estate = read_estate(path)
    assert "123456789012" not in estate.to_csv()
    assert estate.set_index("identifier").loc["iam:user", "service_id"] == "iam"
    assert estate["identifier"].str.len().max() < 510


def test_places_name_no_folder_of_the_machine(tmp_path):
    (tmp_path / "list.csv").write_text("service\nAmazon SQS\n")
    (tmp_path / "state.json").write_text('{"version": 4, "lineage": "", "resources": []}')
    for source in (tmp_path, tmp_path / "list.csv", str(tmp_path / "*.csv")):
        assert read_estate(source)["place"].tolist() == ["list.csv, column service"]


def test_cut_off_state_full_of_quotes_is_refused_quickly(tmp_path):
    path = tmp_path / "cut.tfstate"
    path.write_text('{"a": "' + '\\"' * 500_000)
    start = time.monotonic()
    with pytest.raises(EstateError, match="not valid JSON"):
        read_estate(path)
    assert time.monotonic() - start < 20, "the search for commas must not go back and forth"


@pytest.mark.slow
@pytest.mark.no_cover
def test_every_file_read_as_every_kind_gives_an_estate_or_a_clear_error(tmp_path):
    for name in hold_secret(tmp_path):
        for kind in KINDS:
            try:
                assert read_estate(tmp_path / name, kind=kind)["resources"].sum() >= 0
            except EstateError as error:
                assert name in str(error)
