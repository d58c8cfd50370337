"""A question in everyday words finds the cells that answer it, the best first, wherever it is asked."""

import csv
import json
import random
from pathlib import Path

import pandas as pd
import pytest

from srm_data.cli import main
from srm_data.exceptions import FrameError
from srm_data.load import ALL_SETS, Tables, load_tables
from srm_data.model import build_model
from srm_data.names import choose_offerings, compare_offerings, find_answers
from srm_data.names.questions import list_cells, prepare_questions
from srm_data.names.understand import PhraseIndex, find_root
from srm_data.names.words import build_word_table
from srm_data.page import write_page

QUESTIONS = Path(__file__).with_name("questions.csv")
MISSED = {"X-Ray traces containing customer names", "lambda container image base image updates"}
"""What is known to be answered wrongly."""


@pytest.fixture(scope="module")
def shipped() -> Tables:
    """Load the tables with both sets of duties, which questions are asked about."""
    return load_tables(duty_sets=ALL_SETS)


@pytest.fixture(scope="module")
def shipped_model() -> pd.DataFrame:
    return build_model(duty_sets=ALL_SETS)


def read_questions() -> list[dict[str, str]]:
    with QUESTIONS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def is_right(row: dict[str, str], answers: pd.DataFrame) -> bool:
    """Return whether an answer begins with a right cell, or names the offerings in their order."""
    offering_ids, duty_ids = (
        [*filter(None, row[key].split("; "))] for key in ("offering_ids", "duty_ids")
    )
    first = answers.iloc[0]
    if row["kind"] == "difference":
        is_pair = answers["offering_id"].head(2).tolist() == offering_ids[:2]
        return is_pair and first["duty_id"] in (duty_ids or [first["duty_id"]])
    if row["kind"] == "must" and first["customer_action"] != "required":
        return False
    if row["kind"] == "topic" and "one of the duties" not in answers.attrs["understood"]:
        return False
    is_offering = not offering_ids or first["offering_id"] in offering_ids
    return is_offering and (not duty_ids or first["duty_id"] in duty_ids)


@pytest.mark.no_cover
def test_every_question_finds_a_right_cell_first():
    wrong = {
        row["question"] for row in read_questions() if not is_right(row, find_answers(row["question"]))
    }
    assert wrong <= MISSED


@pytest.fixture(scope="module")
def index(shipped, shipped_model):
    return PhraseIndex(build_word_table(shipped_model, shipped))


def list_named(index: PhraseIndex, text: str) -> list[str]:
    question = index.understand(text)
    return [index.table["offerings"][place] for place in question.offerings[: question.named]]


def test_questions_name_all_their_offerings_in_order(index):
    expected = {
        row["question"]: row["offering_ids"] for row in read_questions() if row["kind"] == "named"
    }
    assert {text: "; ".join(list_named(index, text)) for text in expected} == expected


def test_every_offering_is_found_by_its_own_name_beside_a_duty(index, shipped_model):
    missed = []
    for offering_id, name in shipped_model[["offering_id", "offering"]].drop_duplicates().to_numpy():
        question = index.understand(f"who is responsible for incident response of {name}?")
        named = [index.table["offerings"][place] for place in question.offerings[: question.named]]
        duties = [index.table["duties"][place] for place in question.duties]
        if named[:1] != [offering_id] or duties[:1] not in (["incident-response"], []):
            missed.append((name, named, duties))
    assert missed == []


@pytest.mark.slow
def test_every_duty_is_found_by_its_own_name_and_id(shipped):
    """A notebook looks duties up so."""
    for duty_id, duty, duties in shipped["duties"][["duty_id", "duty", "duty_set"]].to_numpy():
        offering = {"core": "sqs", "ai": "bedrock"}[duties]
        answers = find_answers(f"{duty} of {offering}")
        assert answers[["offering_id", "duty_id"]].iloc[0].tolist() == [offering, duty_id]
        assert {*find_answers(duty)["duty_id"], *find_answers(duty_id)["duty_id"]} == {duty_id}


@pytest.mark.parametrize(
    ("text", "kind", "actions"),
    [
        ("which services need no patching", "which", {"none"}),
        ("which of ours leave patching to us", "which", {"required"}),
        ("which services have key management by AWS alone", "which", {"none"}),
        ("what must we do for s3", "act", {"required", "optional"}),
        ("what do we not have to do for s3", "act", {"none", "optional"}),
        ("which services don't need a backup", "which", {"none", "optional"}),
        ("which compute services have no application code of ours", "which", set()),
    ],
)
def test_answer_holds_what_is_asked_for_alone(text, kind, actions):
    answers = find_answers(text)
    assert answers.attrs["kind"] == kind
    assert set(answers["customer_action"]) == actions
    is_required = answers["customer_action"].eq("required").tolist()
    assert is_required == sorted(is_required, reverse=True), "what is required comes first"


@pytest.mark.parametrize(
    "asks", ["where does AWS say so", "show me the source", "with source", "und wo steht das"]
)
def test_asking_for_the_source_filters_nothing(asks):
    answers = find_answers(f"who patches rds, {asks}?")
    assert (answers.attrs["kind"], answers.attrs["not_answered"]) == ("cell", "")
    cell = answers.loc[0, ["offering_id", "duty_id"]].tolist()
    assert cell == ["rds-db-instance", "guest-os-patching"]
    assert answers["source_ids"].iloc[0]


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("which services share availability with us", "responsibility", "Shared"),
        ("for which services does backup not apply", "responsibility", "Not applicable"),
        ("which have no key management duty", "responsibility", "Not applicable"),
        ("which media services leave network settings to us", "product_group", "Media services"),
        ("on-premises services where the hardware is ours", "category", "Customer-hosted"),
    ],
)
def test_party_product_group_and_category_are_filters(text, column, value):
    answers = find_answers(text)
    assert answers.attrs["kind"] == "which"
    assert answers[column].astype(str).unique().tolist() == [value]


def test_service_shows_all_its_offerings_duty_by_duty_and_first_where_they_differ(shipped_model):
    answers = find_answers("rds")
    service = shipped_model[shipped_model["service_id"] == "rds"]
    assert len(answers) == len(service)
    kinds = answers.groupby("duty_id", sort=False)[["responsibility", "customer_action"]].agg(
        lambda values: values.nunique()
    )
    differs = kinds.max(axis="columns") > 1
    assert differs.tolist() == sorted(differs, reverse=True)
    ordinary = find_answers("what must we do for Transfer Family").attrs["understood"]
    assert ordinary.endswith("; 2 other offerings differ")


def test_duty_alone_gives_services_that_are_asked_about_and_the_distribution():
    answers = find_answers("who wipes disks?")
    assert answers["duty_id"].unique().tolist() == ["media-sanitization"]
    assert answers["service_id"].head(3).tolist() == ["ec2", "s3", "rds"]
    assert "Media sanitization of all offerings: AWS " in answers.attrs["understood"]


@pytest.mark.parametrize(
    ("text", "not_answered"),
    [
        ("rds", ""),
        ("EKS on Fargate, Anywhere", "left out: anywhere"),
        ("rds and foobar", "not understood: foobar (nearest: "),
        ("rds patching, not backup of it", "left out: not"),
        ("which databases do not back up, are not AWS's", "left out: which, not"),
        ("which have no backup", "left out: which, no"),  # by whom?
        ("is sqs vs patching", "left out: vs"),
        ("which of ours need patching", "left out: of ours"),  # the model holds the whole catalogue
        ("guardrails on s3", "Output safety, a duty of AI, is not asked about S3 general"),
        ("a fridge for rds", "not about one of the duties"),
        ("antivirus on rds", "antivirus is not one of the duties; nearest: Guest OS configuration"),
    ],
)
def test_words_that_an_answer_leaves_out_are_named(text, not_answered):
    attrs = find_answers(text).attrs
    assert not_answered in attrs["not_answered"]
    assert attrs["understood"].endswith(attrs["not_answered"])


def test_identifier_shows_the_duties_of_its_own_offering():
    for text, offering_id in {
        "aws_db_instance": "rds-db-instance", "AWS::RDS::DBInstance": "rds-db-instance",
        "arn:aws:s3:::reports": "s3-general-purpose", "i-0abc": "ec2-instance",
        "vol-0a1b2c3d4e5f60718": "ebs-volume", "ami-0abc1234": "ec2-instance",
    }.items():  # fmt: skip
        answers = find_answers(text)
        assert (answers["offering_id"].unique().tolist(), len(answers)) == ([offering_id], 28)


@pytest.mark.parametrize(
    "text", ["", "?", "zeppelin", "i-fade", "who is responsible?", "\u00e4\u00f6\u00fc"]
)
def test_text_that_names_nothing_gives_no_answer(text, capsys):
    assert find_answers(text).empty
    assert main(["ask", text or "?"]) == 1
    assert "names an offering or a duty" in capsys.readouterr().err


def test_duty_without_an_object_comes_last_where_another_may_be_meant(shipped_model):
    is_none = shipped_model["duty_id"].eq("guest-os-patching") & shipped_model["responsibility"].eq(
        "Not applicable"
    )
    for name in shipped_model.loc[is_none, "offering"].astype(str).head(5):
        answers = find_answers(f"patching {name}")
        own = answers[answers["offering"].astype(str) == name]["responsibility"].astype(str).tolist()
        assert own[0] != "Not applicable" or set(own) == {"Not applicable"}


@pytest.mark.slow
def test_answers_stay_within_the_model_that_is_given(shipped, shipped_model):
    some = choose_offerings(shipped_model, ["sqs", "EKS on Fargate"], tables=shipped)
    answers = find_answers("backup", model=some, tables=shipped)
    assert answers["offering_id"].tolist() == ["eks-fargate", "sqs"]
    which = find_answers("which need backup", model=some, tables=shipped)
    assert set(which["offering_id"]) <= {"eks-fargate", "sqs"}
    assert find_answers("dynamodb", model=some, tables=shipped).empty
    with pytest.raises(FrameError, match="expected a model of offerings"):
        find_answers("rds", model=pd.DataFrame({"duty": ["Backup"]}), tables=shipped)


def test_words_for_duties_and_topics_stand_once(shipped, index):
    """Two rows with the same words in another order would compete."""
    rows = pd.concat([shipped["duty_words"], shipped["topics"]])
    by_words: dict[frozenset[str], set[tuple[str, ...]]] = {}
    for words, duties in rows.groupby("words")["duty_id"].agg(tuple).items():
        roots = frozenset(find_root(word) for word in index.split(str(words)))
        by_words.setdefault(roots, set()).add(duties)
    assert {words: duties for words, duties in by_words.items() if len(duties) > 1} == {}
    both = [
        {frozenset(map(find_root, index.split(words))) for words in shipped[name]["words"]}
        for name in ("duty_words", "topics")
    ]
    assert both[0] & both[1] == set()


def test_two_offerings_are_compared_duty_by_duty(shipped, shipped_model):
    both = compare_offerings("rds", "aurora", model=shipped_model, tables=shipped)
    assert (both.attrs["a"], both.attrs["b"]) == ("RDS DB instance", "Aurora provisioned cluster")
    assert len(both) == 28
    same = both["responsibility_a"].astype(str) == both["responsibility_b"].astype(str)
    act = both["customer_action_a"].astype(str) == both["customer_action_b"].astype(str)
    assert (both["differs"] == ~(same & act)).all()
    with pytest.raises(LookupError, match="both mean SQS queue"):
        compare_offerings("sqs", "Simple Queue Service", model=shipped_model, tables=shipped)


@pytest.mark.no_cover
def test_page_takes_any_question_apart_as_python_does(browser, tmp_path, shipped, shipped_model):
    """All questions at hand, and any name with any words for a duty, as they are and misspelled."""
    rng = random.Random(18)
    asked = prepare_questions(shipped_model, shipped)
    table = asked.phrases.table
    names = [text for text, kind, _ in table["phrases"] if kind < 5]
    names += [*table["identifiers"], "i-0abc", "subnet-12ab34cd"]
    words = [text for text, kind, _ in table["phrases"] if kind in (5, 6)]
    forms = ("who does {b} of {a}?", "{a} {b}", "is AWS {a} {b}", "{b}", "{a}", "{a} or {c} {b}")
    forms += ("compare {a} with {c}", "{b} and {b} of {a}, {c} und {a}", "what must we do for {a}")
    forms += ("which {a} need no {b} by us", "{a} vs {c} {b}", "which services leave {b} to us")
    forms += ("for which is {b} not entirely ours", "where is {b} still AWS's", "where no {b} by AWS")
    forms += ("which media services have no {b} duty", "storage services: {a} {b}", "on premises {b}")
    questions = [row["question"] for row in read_questions()]
    for _ in range(300):
        text = rng.choice(forms).format(a=rng.choice(names), b=rng.choice(words), c=rng.choice(names))
        at = rng.randrange(len(text))
        questions.append(text if rng.random() < 0.6 else text[:at] + text[at + 1 :])

    page = browser.new_page()
    page.goto(write_page(tmp_path / "page.html", shipped_model, tables=shipped).as_uri())
    offerings = [
        {"name": name, "service": service}
        for name, service in zip(asked.offerings, table["service_of"], strict=True)
    ]
    shown = {"offerings": offerings, "duties": [{"name": name} for name in asked.duties]}
    answers = {f"{offering} {duty}": answer for (offering, duty), answer in asked.answers.items()}
    readings = page.evaluate(
        """([questions, shown, answers]) => {
            const data = JSON.parse(document.getElementById("data").textContent);
            const ask = makeAsk(data.questions, shown, (of, duty) => answers[`${of} ${duty}`]);
            return questions.map(ask.understand).map(it => [
                it.offerings, it.named, it.duties, it.meant, it.kind, it.side, it.families, it.topics,
                it.unused, it.unknown, ask.listCells(it)]);
        }""",
        [questions, shown, answers],
    )
    page.close()
    for question, script in zip(questions, readings, strict=True):
        understood = asked.phrases.understand(question)
        expected = [*understood, list_cells(understood, asked)]
        assert json.loads(json.dumps(expected)) == script, question
