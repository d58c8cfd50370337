"""Faulty inventories: no hang, no error of a library, nothing left out silently."""

import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import yaml

from srm_data.cli import main
from srm_data.estate import detect, read, read_estate
from srm_data.exceptions import EstateError, InternalError, SkippedFileWarning, UnknownKindError
from tests.fuzz_inventories import fuzz

LETTERS = "abcdefghi"
CHAIN = "".join(
    f"x{number}: &{LETTERS[number]} [{', '.join([f'*{LETTERS[number - 1]}'] * 10)}]\n"
    for number in range(1, 9)
)
FIRST = "x: &a [x, x, x, x, x, x, x, x, x, x]\n"
USE = "Resources: {A: {Type: 'AWS::SQS::Queue', Properties: *i}}\n"
BOMBS = {
    "table": FIRST + CHAIN + "service: Amazon SQS\nother: *i\n",
    "type": FIRST + CHAIN + "Resources: {A: {Type: *i}}\n",
    "sub": FIRST + CHAIN + USE.replace("*i", "{LaunchType: {'Fn::Sub': *i}}"),
    "account": FIRST + CHAIN + "resourceType: 'AWS::SQS::Queue'\naccountId: *i\n",
    "rows": FIRST + CHAIN + "rows: [{service: Amazon SQS, x: *i}]\n",
    "merges": "x: &a {q: 1, r: 2}\n" + CHAIN.replace("[", "{<<: [").replace("]", "]}") + USE,
    "wide merges": "x: &a {" + ", ".join(f"k{n}: 1" for n in range(5000)) + "}\ny:\n"
    + "- {<<: *a}\n" * 5000,
    "long text": f"x: &a {'y' * 100_000}\ny: [{', '.join(['*a'] * 9000)}]\n",
    "itself": "x: &a [*a, *a]\nservice: *a\n",
}  # fmt: skip
READ = """\
import pathlib, re, sys, time
from srm_data.estate import read_estate
from srm_data.exceptions import EstateError

read_estate(["Amazon SQS"])
for path in sys.argv[1:]:
    start = time.process_time()
    try:
        read_estate(path)
        print("read")
    except EstateError:
        print(f"{time.process_time() - start:.2f}")
# Not ru_maxrss, in which the memory of the process that started this one counts.
peak = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())
print(int(peak[1]) // 1024)
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.slow
def test_nine_alias_bombs_are_refused_within_two_seconds_and_500_mb(tmp_path):
    paths = [write(tmp_path / f"{name}.yaml", text) for name, text in BOMBS.items()]
    shown = subprocess.run(
        [sys.executable, "-c", READ, *map(str, paths)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "read" not in shown
    assert max(map(float, shown[:-1])) < 2
    assert int(shown[-1]) < 500


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["b.csv", "b.txt", "b.csv.gz"])
def test_blank_lines_take_no_time(tmp_path, name):
    text = ("Amazon SQS\n" if name == "b.txt" else "service,x\nAmazon SQS,1\n") + "\n" * 400_000
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    start = time.process_time()
    assert read_estate(path)["resources"].tolist() == [1]
    assert time.process_time() - start < 5


def test_table_that_unpacks_to_uneven_rows_without_end_is_refused(tmp_path, monkeypatch):
    path, module = tmp_path / "a.csv.gz", "srm_data.estate.readers.large_tables"
    path.write_bytes(gzip.compress(b"service,x,y\nSQS,1\n" + b"SQS,1,2\n" * 200_000))
    monkeypatch.setattr(f"{module}.LARGEST_UNPACKED", 0)
    with pytest.raises(EstateError, match="unpacks to far more than a table"):
        read_estate(path)
    monkeypatch.setattr(f"{module}.MOST_UNEVEN", 10)
    path.write_bytes(gzip.compress(b"service,x,y\n" + b"SQS,1\n" * 20))
    with pytest.raises(EstateError, match="more than 10 lines with more or fewer cells"):
        read_estate(path)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "Amazon SQS\nAmazon S3\n", "a.json, line 1: not valid JSON"),
        ("a.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:1a\nsize 2\n", "a pointer"),
        ("a.txt", "usage: aws\naws: error: Invalid choice\nsqs\ns3\n", "an error mes"),
        ("b.txt", "Amazon SQS\n" * 13 + "Our own words\n" * 7, "7 of 20 lines name no service"),
    ],
)  # fmt: skip
def test_text_that_is_no_list_of_services_is_refused(tmp_path, name, text, message):
    with pytest.raises(UnknownKindError, match=message):
        read_estate(write(tmp_path / name, text))


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("u.csv", "ann,hunter2,owner\nbob,x,y\n", "Found: owner, 2 others"),
        ("f.txt", '"name": "db", "password": "hunter2"\n', "Found 2 columns of other names"),
        ("k.json", '{"hunter2": 1, "engine": "hunter2"}', "with engine, 1 other keys"),
        ("l.yaml", "- hunter2\n- password=hunter2\n", "line 2: a setting, by a sign such as ="),
        ("g.json", '{"ResultsByTime": [], "GroupDefinitions": [{"Key": "hunter2"}]}',
         "not grouped by service"),
        ("v.tfstate", '{"lineage": "l", "version": "hunter2"}', "of version str; expected 1 to 4"),
        ("r.tfstate", '{"lineage":"","version":4,"resources":[{"type":{"a":"hunter2"},'
         '"name":["hunter2"],"instances":[{}]}]}', "no resource type"),
    ],
)  # fmt: skip
def test_errors_quote_known_words_alone_and_count_the_others(tmp_path, name, text, found):
    with pytest.raises(EstateError, match=found) as error:
        read_estate(write(tmp_path / name, text))
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "MIIEpAIBAAKCAQEA75xkPl9Yh0sVwq3hT2bKd0Zc",
        "DB_PASSWORD=hunter2",
        "machine x login ann password hunter2",
        "postgres://shop:hunter2@db/shop",
        "db.example:5432:shop:ann:hunter2",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.json"])
def test_list_with_a_key_a_token_or_a_setting_is_no_list_of_services(tmp_path, name, line):
    lines = ["Amazon SQS", line]
    text = json.dumps(lines) if name.endswith("json") else "\n".join(lines)
    with pytest.raises(
        UnknownKindError, match=r"line 2: a (setting, .*|token); expected the name"
    ) as error:
        read_estate(write(tmp_path / name, text))
    assert line not in str(error.value)


@pytest.mark.parametrize(
    "document",
    [
        {"service": "Amazon SQS", "port": 80},
        [{"service": "Amazon SQS", "env": {"password": "x"}}],
        [{"type": "a\nb"}],
        [{"type": "x" * 81}],
        {"rows": [{"service": ["Amazon SQS"]}]},
    ],
)
def test_rows_of_a_document_have_plain_cells_and_short_identifiers(tmp_path, document):
    for name, text in {"a.json": json.dumps(document), "a.yaml": yaml.safe_dump(document)}.items():
        with pytest.raises(UnknownKindError, match="no known kind"):
            read_estate(write(tmp_path / name, text))


@pytest.mark.slow
def test_pipes_and_devices_are_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.json")
    for path in (tmp_path / "a.json", "/dev/zero"):
        with pytest.raises(EstateError, match=r"not a regular file \(a pipe or a device\); save it"):
            read_estate(path)
    command = f"{sys.executable} -m srm_data estate <(echo 'Amazon SQS')"
    shown = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert shown.returncode == 1
    assert "not a regular file" in shown.stderr
    write(tmp_path / "b.txt", "Amazon SQS")
    with pytest.warns(SkippedFileWarning, match=r"not read: a.json \(not a regular file\)"):
        assert read_estate(tmp_path)["offering_id"].tolist() == ["sqs"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.tfstate", '{"version":3,"lineage":"","modules":[{"resources":{"aws_x.y":{"type":"aws_x",'
         '"primary":{"attributes":{"0":"x","":"y","a.b":1}}}}}]}', ""),
        ("b.tfstate", '{"version":4,"lineage":"","resources":7}', "resources: int, expected a list"),
        ("c.tfstate", '{"version":4,"lineage":"","resources":[{"instances":{"a":1}}]}', "expected a"),
        ("d.json", '[{"resourceType":"AWS::\\ud800::X","accountId":"\\udc00"}]', ""),
        ("e.json", '["\\ud83d\\ude00 \\\\ud800"]', ""),
        ("f.yaml", f"- service: {'59:' * 100_000}59\n", "no known kind"),
        ("g.yaml", f"service: {'59:' * 1000}59.5\n", "no known kind"),
        ("h.yaml", "Resources: {A: {Type: !!bool x}}\n", "not valid YAML"),
        ("i.yaml", "Resources: {A: {Type: !!int ''}}\n", "not valid YAML"),
        ("j.yaml", "Resources: {A: {Type: !!timestamp x}}\n", "not valid YAML"),
        ("k.yaml", "Transform: x\nResources: {1: {Type: 'AWS::SQS::Queue'}, ? [a] : 1}\n", "not valid"),
        ("l.json", '{"resourceCounts":[{"resourceType":"AWS::X","count":1e30}]}', "the count is float"),
        ("m.json", f'{{"resourceCounts":[{{"resourceType":"A::B","count":{"9" * 40}}}]}}', "the count"),
        ("n.json", '{"ResultsByTime":[{"Groups":[{"Keys":{"a":1}}]}]}', "dict, expected a list"),
        ("o.json", f'{{"ResultsByTime":[{{"Groups":[{{"Keys":["Amazon SQS"],"Metrics":{{"BlendedCost":'
         f'{{"Amount":{"9" * 400}}}}}}}]}}]}}', ""),
        ("p.json", '[{"arn":"arn:aws:sqs:::q","type":{"a":1},"region":[1]}]', ""),
        ("q.yaml", "a: 1\n---\nb: 2\n", "several YAML documents"),
    ],
)  # fmt: skip
def test_malformed_inventory_is_read_or_refused_by_name(tmp_path, name, text, message):
    path = write(tmp_path / name, text)
    if not message:
        assert read_estate(path)["resources"].sum() == 1
        return
    with pytest.raises(EstateError, match=message) as error:
        read_estate(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("command", [["estate", ""], ["page", "", "--out", "a.html"]])
def test_empty_path_is_refused_by_every_command(command, tmp_path, monkeypatch, capsys):
    write(tmp_path / "a.txt", "Amazon SQS")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main(command)
    assert stop.value.code == 2
    assert "got an empty one" in capsys.readouterr().err


def test_folders_that_are_linked_or_closed_are_named(tmp_path, monkeypatch):
    write(tmp_path / "a.txt", "Amazon SQS")
    (tmp_path / "closed").mkdir()
    (tmp_path / "gone.csv").symlink_to("nothing")
    (tmp_path / "linked").symlink_to(tmp_path / "closed")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.warns(SkippedFileWarning):
        estate = read_estate(tmp_path)
    assert estate.attrs["not_read"] == [
        "not read: linked (a link to another folder)",
        "not read: gone.csv (no such file or directory)",
        "not read: closed (permission denied)",
    ]


def test_folder_without_inventories_is_refused_and_its_files_are_listed(tmp_path):
    write(tmp_path / "pod.yaml", "kind: Pod\n")
    write(tmp_path / "requirements.txt", "pandas==2.0\n")
    with pytest.raises(EstateError, match=r"(?s)no inventory was read:.*pod.yaml.*requirements.txt"):
        read_estate(tmp_path)


def test_list_of_names_may_hold_slashes_stars_and_suffixes_of_none(shipped, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [
        "AWS Site-to-Site VPN / Client VPN",
        "SNS/SQS",
        "arn:aws:s3:::b/*",
        "a**b",
        "x" * 5000 + "/",
    ]
    assert read_estate(names, tables=shipped)["rows"].sum() == 7  # three names hold two
    with pytest.raises(FileNotFoundError, match=r"typo.csv: no such file"):
        read_estate(["typo.csv", "Amazon SQS"])


@pytest.mark.parametrize("column", ["offering_id", "offering"])
def test_every_id_and_name_of_the_tables_is_recognised_as_itself(shipped, column, tmp_path):
    offerings = shipped["offerings"]
    wanted = dict(zip(offerings[column], offerings["offering_id"], strict=True))
    text = write(tmp_path / "names.txt", "\n".join(wanted))
    for source in (list(wanted), offerings[[column]], text):
        estate = read_estate(source, tables=shipped).set_index("identifier")
        assert estate["offering_id"].to_dict() == wanted
        assert set(estate["status"]) == {"recognised"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (pd.Series(["Amazon SQS"]), r"the source: Series; expected .*: series.tolist\(\)"),
        ({"service": ["Amazon SQS"]}, r"the source: dict; expected .*: pd.DataFrame\(columns\)"),
        ((name for name in ["Amazon SQS"]), r"the source: generator; expected .*: list\(names\)"),
        (["Amazon SQS", ["Amazon SNS"]], r"the list, item 2: list; expected the name of a service"),
        ([Path("a.csv"), 5], r"the list: int among paths; expected only paths"),
    ],
)
def test_error_about_a_wrong_source_names_what_to_pass_instead(source, message):
    with pytest.raises(EstateError, match=message):
        read_estate(source)


def test_internal_fault_is_raised_as_itself_or_chained_beside_other_files(tmp_path, monkeypatch):
    def fail(document: object, kind: str | None) -> bool:
        raise KeyError("planted")

    tried = []
    read_file = detect.read_file
    monkeypatch.setattr(detect, "is_document", fail)
    monkeypatch.setattr(
        read,
        "read_file",
        lambda parts, *a: (tried.append(parts[0].name), read_file(parts, *a))[1],
    )
    path = write(tmp_path / "a.json", '{"Hello": 1}')
    write(tmp_path / "b.csv", "ours,theirs\n")
    write(tmp_path / "c.txt", "Amazon SQS")
    with pytest.raises(KeyError, match="planted"):
        read_estate(path)
    with pytest.raises(
        InternalError, match=r"(?s)please report it:.*a.json: KeyError\n.*b.csv"
    ) as error:
        read_estate(tmp_path)
    assert isinstance(error.value.__cause__, KeyError)
    assert tried[1:] == ["a.json", "b.csv", "c.txt"]
    assert main(["estate", str(tmp_path)]) == 1


def test_parquet_whose_columns_are_not_named_in_utf_8_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "two"):
        folder.mkdir(exist_ok=True)
    pd.DataFrame({"service": ["Amazon SQS"], "zzzz": ["x"]}).to_parquet(tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes().replace(b"zzzz", b"zz\xff\xfe")
    for path in (tmp_path / "a.parquet", tmp_path / "two/a.parquet", tmp_path / "two/b.parquet"):
        path.write_bytes(content)
    for source in (tmp_path / "a.parquet", tmp_path / "two"):
        with pytest.raises(EstateError, match=r"a.parquet(: | \()(column names|not a complete table)"):
            read_estate(source)


def test_name_of_a_file_that_is_not_utf_8_is_read_or_refused_by_name(tmp_path):
    path = tmp_path / os.fsdecode(b"list-\xe9.txt")
    path.write_text("Amazon SQS")
    with pytest.raises(
        EstateError, match=r"list-.*\.txt: a file name that is not UTF-8; rename the file"
    ):
        read_estate(path)
    write(tmp_path / "a.txt", "Amazon SQS")
    with pytest.warns(SkippedFileWarning, match=r"not read: list-.*\.txt \(a file name that is not"):
        assert read_estate(tmp_path)["resources"].sum() == 1


@pytest.mark.slow
def test_fifty_mutated_inventories_end_in_an_estate_or_an_own_error(tmp_path):
    ends, wrong = fuzz(50, 20261125, tmp_path)
    assert wrong == []
    assert min(ends["estate"], ends["EstateError"]) >= 10


def test_line_that_is_no_name_is_left_out_of_a_list_of_known_names_and_named(tmp_path):
    lines = ["SNS, SQS", "hunter2: hunter2", "Amazon S3", "Amazon EC2"]
    path = write(tmp_path / "a.txt", "\n".join(lines))
    with pytest.warns(SkippedFileWarning, match=r"not read: a.txt, line 2: a setting") as warned:
        assert read_estate(path)["rows"].sum() == 4
    assert "hunter2" not in str(warned[0].message)
    with pytest.raises(EstateError, match="line 2: a setting"):
        read_estate(path, strict=True)


def test_list_has_one_line_that_is_no_name_for_every_three_known_names(tmp_path):
    lines = ["Amazon EC2", "Amazon S3", "Amazon RDS", "region = eu-west-1"]
    path = write(tmp_path / "a.txt", "\n".join(lines))
    with pytest.warns(SkippedFileWarning, match="not read: a.txt, line 4: a setting"):
        assert read_estate(path)["rows"].sum() == 3
    write(path, "\n".join(lines[1:]))
    with pytest.raises(EstateError, match=r"a\.txt, line 3: a setting"):
        read_estate(path)
