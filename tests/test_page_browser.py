"""The page in a browser without a network: it searches, picks and sorts, and everybody can use it."""

import csv
import random
import re
from pathlib import Path

import pytest

from srm_data.page import write_page
from srm_data.questions import find_answers
from srm_data.questions.understand import WordIndex
from srm_data.questions.words import build_word_table

SCREENSHOTS = Path(__file__).parents[1] / "exports" / "screenshots"
QUESTIONS = [Path(__file__).with_name(name) for name in ("questions.csv", "blind_questions.csv")]
SHOWN_AT_ONCE = 50


@pytest.fixture(scope="module")
def path(tmp_path_factory, shipped_model):
    return write_page(tmp_path_factory.mktemp("page") / "page.html", shipped_model)


@pytest.fixture(scope="module")
def model(shipped_model):
    return shipped_model


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture
def page(browser, path):
    yield from open_page(browser, path)


def open_page(browser, path, **settings):
    """Open the page from the disk, with the network off; an error of its script fails the test."""
    errors, asked = [], []
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800}, **settings)
    with context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(error))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        yield page
    assert not errors
    assert set(asked) <= {path.as_uri(), "about:blank"}


def say(page) -> str:
    """Return how many cells the page says that it shows, once it has done what was asked."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.inner_text("#count")


def read_rows(page) -> list[list[str]]:
    return page.evaluate(
        "[...document.querySelectorAll('#rows tr')].map(r => [...r.cells].map(c => c.textContent))"
    )


def find_violations(page) -> list[dict]:
    """Find what breaks the rules of axe-core, which are those of WCAG 2.1 AA and good practice."""
    from axe_playwright_python.sync_playwright import Axe

    return Axe().run(page).response["violations"]


def expect(what):
    """Wait until a page or a part of it is as expected. The import takes a while, so only here."""
    from playwright.sync_api import expect

    return expect(what)


def test_nobody_is_shut_out(browser, path, scheme):
    for page in open_page(browser, path, color_scheme=scheme):
        page.fill("#text", "fargate patching")
        say(page)
        violations = find_violations(page)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"page-1280-{scheme}.png")
        found = [f"{it['impact']}: {it['id']}: {it['nodes'][0]['html'][:200]}" for it in violations]
        assert not found


def test_question_gives_its_answers_and_says_how_it_was_taken(page):
    page.fill("#text", "Fargate PATCHING")
    answers = find_answers("Fargate PATCHING")
    assert say(page).startswith(f"{len(answers)} cells of ")
    assert [row[:2] for row in read_rows(page)] == answers[["offering", "duty"]].astype(
        str
    ).to_numpy().tolist()
    assert page.inner_text("#understood").startswith("Understood as: ECS on Fargate; Guest OS patching")


def test_words_in_quotes_find_the_cells_that_have_all_of_them(page, model):
    page.fill("#text", '"Fargate PATCHING"')
    words = model[["offering_id", "offering", "service", "product_group", "category", "duty", "layer",
                   "aws_part", "customer_part", "note", "sections", "source_ids"]]  # fmt: skip
    texts = words.astype(str).agg(" ".join, axis="columns").str.lower()
    has_all = texts.str.contains(r"\bfargate") & texts.str.contains(r"\bpatching")
    assert say(page).startswith(f"{has_all.sum()} cells of ")
    assert len(read_rows(page)) == has_all.sum()


@pytest.mark.no_cover
@pytest.mark.parametrize("path_of_questions", QUESTIONS, ids=lambda path: path.stem)
def test_questions_find_the_same_cell_first_as_in_python(page, path_of_questions):
    """The page has the shipped model, whose words Python arranges once per process."""
    with path_of_questions.open(encoding="utf-8", newline="") as lines:
        questions = [row["question"] for row in csv.DictReader(lines)]
    for question in questions:
        page.fill("#text", question)
        say(page)
        first = find_answers(question).iloc[0]
        assert read_rows(page)[0][:2] == [str(first["offering"]), str(first["duty"])], question


@pytest.mark.no_cover
def test_questions_are_taken_apart_as_in_python(page, model, shipped):
    """Any name with any words for a duty, as they are and misspelled."""
    rng = random.Random(18)
    words = build_word_table(model, shipped)
    names = [text for text, _, _ in words["names"]]
    names += [text for known in words["identifiers"].values() for text in known]
    phrases = [text for text, _ in words["phrases"]]
    questions = ["AWS Config and CloudTrail", "IAM, KMS and logging of RDS", "Systems Manager patching"]
    questions += ["are snapshots encrypted?", "Oracle Database@AWS backup", "Oracle database at AWS"]
    questions += ["CloudTrail / Config, IAM", "backup of AWS Backup", "who patches Patch Manager?"]
    questions += ["who configures Config?", "who sets up IAM, Config and GuardDuty", "security groups"]
    questions += ["who patches Fargate as well as MSK", "systems manager patching ec2", "sse-kms s3"]
    for _ in range(300):
        forms = ("who does {b} of {a}?", "{a} {b}", "is AWS {a} {b}", "{b}", "{a}", "{a} or {c} {b}")
        forms += ("compare {a} with {c}", "{b} and {b} of {a}, {c} und {a}")
        text = rng.choice(forms).format(a=rng.choice(names), b=rng.choice(phrases), c=rng.choice(names))
        at = rng.randrange(len(text))
        questions.append(text if rng.random() < 0.6 else text[:at] + text[at + 1 :])
    index = WordIndex(words)
    expected = [index.understand(question) for question in questions]
    found = page.evaluate(
        """questions => {
            const data = JSON.parse(document.getElementById("data").textContent);
            const { understand } = makeAsk(data.questions, () => false);
            return questions.map(understand).map(
                it => [it.offerings, it.duties, it.isOpen, it.named, it.unknown]);
        }""",
        questions,
    )
    for question, python, script in zip(questions, expected, found, strict=True):
        assert list(python) == script, question


def test_address_of_a_found_view_opens_the_same_view(browser, path, page):
    page.fill("#text", "encryption")
    page.select_option("#basis", label="Documented")
    page.fill("#pick", "RDS DB instance")
    page.press("#pick", "Enter")
    page.click("#headings button:has-text('Duty')")
    expect(page).to_have_url(re.compile("sort=Duty"))
    rows, address = read_rows(page), page.url
    assert rows
    for other in open_page(browser, path):
        other.goto(address)
        assert read_rows(other) == rows
        assert other.input_value("#text") == "encryption"
        assert other.get_attribute("#headings th:nth-child(2)", "aria-sort") == "ascending"
        assert other.locator("#picked button").all_text_contents() == ["RDS DB instance \u00d7"]


def test_clearing_clears_the_address(page):
    page.fill("#text", "sqs backup")
    expect(page).to_have_url(re.compile("text=sqs"))
    page.click("button[type=reset]")
    expect(page).not_to_have_url(re.compile("text="))


def test_two_offerings_side_by_side_say_which_is_which(page, model):
    for name in ("EKS managed node groups", "EKS on Fargate"):
        page.fill("#pick", name)
        page.press("#pick", "Enter")
    lines = page.locator("[data-duty=guest-os-patching] .compared > span")
    of = (
        model[model["duty_id"] == "guest-os-patching"]
        .astype(str)
        .set_index("offering")["responsibility"]
    )
    names = ["EKS managed node groups", "EKS on Fargate"]
    expect(lines).to_have_count(2)  # a moment after the list
    for line, name in zip(lines.all_text_contents(), names, strict=True):
        assert line.endswith(f"{of[name]} {name}")


def test_phone_shows_everything_whole(browser, path):
    """Rows of the list are cards; nothing but the matrix, which scrolls in its own box, is wider."""
    for page in open_page(browser, path, device_scale_factor=1):
        page.set_viewport_size({"width": 400, "height": 800})
        page.fill("#text", "who patches rds?")
        say(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        wide = page.evaluate(
            """[...document.querySelectorAll(
                "#cells *, #picture *, .counts *, header *, #choose > *")].filter(
                it => it.getClientRects().length && it.getBoundingClientRect().right > 400
            ).map(it => it.outerHTML.slice(0, 90))"""
        )
        assert wide == []
        card = page.locator("#rows tr").first.text_content()
        assert "RDS DB instance" in card
        assert (
            page.evaluate("getComputedStyle(document.querySelector('#rows td'), '::before').content")
            != "none"
        )
        assert not [it["id"] for it in find_violations(page)]
        page.screenshot(path=SCREENSHOTS / "page-400.png")


def test_no_key_costs_the_page_more_than_a_tenth_of_opening_it(page):
    """Time of the processor, with all that follows a key: the question, rows, layout."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def measure(do) -> float:
        """Return the milliseconds that an action and what follows it keep the page busy."""
        before = read_busy()
        do()
        page.wait_for_timeout(250)  # until the picture and the matrix have followed
        return read_busy() - before

    def read_busy() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * {it["name"]: it["value"] for it in metrics}["TaskDuration"]

    page.wait_for_timeout(500)
    opening = measure(page.reload)
    page.focus("#text")
    keys = "who rotates the keys of dynamodb"
    costs = [measure(lambda key=key: page.keyboard.type(key)) for key in keys]
    assert max(costs[1:]) < opening / 10, (opening, costs)
    assert costs[0] < opening / 5, (opening, costs)  # several tasks, and the first of their kind


def test_picture_counts_list_and_matrix_follow_what_is_picked(page, model):
    for name in ("EKS on Fargate", "ECS on Fargate"):
        page.fill("#pick", name)
        page.press("#pick", "Enter")
    picked = model[model["offering"].isin(["EKS on Fargate", "ECS on Fargate"])]
    assert say(page).startswith("56 cells of 2 offerings: ")
    rows = page.locator("#matrix tbody tr[data-place]:not([hidden]) th")
    expect(rows).to_have_count(2)  # a moment after the list
    assert sorted(rows.all_text_contents()) == ["ECS on Fargate", "EKS on Fargate"]
    counts = picked["responsibility"].value_counts()
    for by in ("layer", "category"):
        shown = page.locator(f"#counts-{by} tfoot .number").all_text_contents()
        assert shown == [str(counts[party]) for party in counts.sort_index().index]
    patching = picked[picked["duty_id"] == "guest-os-patching"]["responsibility"]
    bar = page.get_attribute("[data-duty=guest-os-patching] .bar", "aria-label")
    assert bar == f"{patching.iloc[0]} 2"
    assert page.is_hidden("[data-duty=guest-os-patching] .bar")
    page.click("#picked button >> nth=0")
    assert say(page).startswith("28 cells of 1 offering: ")


@pytest.mark.parametrize(
    ("typed", "service"),
    [
        ("elb", "elastic-load-balancing"),
        ("Simple Queue Service", "sqs"),
        ("aws_sqs", "sqs"),
        ("ebs", "ebs"),
        ("zebra", ""),
    ],
)
def test_offerings_are_picked_by_other_names_too_and_by_no_part_of_a_word(
    page, shipped, typed, service
):
    page.fill("#pick", typed)
    page.press("#pick", "Enter")
    if service:
        offerings = shipped["offerings"].query("service_id == @service")
        assert say(page).startswith(f"{28 * len(offerings)} cells of {len(offerings)} offering")
    else:
        assert page.inner_text("#count") == f'No offering is called "{typed}".'


def test_fields_that_the_browser_fills_in_again_are_heeded(page):
    page.select_option("#duty", "Backup")
    count = say(page)
    page.goto("about:blank")
    page.go_back()
    assert page.input_value("#duty") == "Backup"
    assert say(page) == count


def test_choices_narrow_and_clear_brings_all_back(page, model):
    page.select_option("#duty", "Backup")
    page.select_option("#party", "Shared")
    expected = ((model["duty"] == "Backup") & (model["responsibility"] == "Shared")).sum()
    assert say(page).startswith(f"{expected} cells of {expected} offerings")
    page.click("button[type=reset]")
    assert say(page).startswith(f"{len(model):,} cells of ")


def test_word_that_nothing_has_is_said(page):
    page.fill("#text", "zeppelin")
    assert say(page) == "No cell matches all of this. Clear a field to see more."
    assert read_rows(page) == []


def test_headings_sort_up_and_down(page):
    page.fill("#text", "sqs")
    say(page)
    page.click("#headings button:has-text('Responsible')")
    order = ["A", "S", "C", "–"]
    letters = [row[2][0] for row in read_rows(page)]
    assert letters == sorted(letters, key=order.index)
    page.click("#headings button:has-text('Responsible')")
    assert [row[2][0] for row in read_rows(page)] == sorted(letters, key=order.index, reverse=True)
    assert page.get_attribute("#headings th:nth-child(3)", "aria-sort") == "descending"


def test_cell_of_the_matrix_tells_its_words_and_its_source(page, model):
    box = page.locator("#matrix tbody tr:has(th:text-is('EKS on Fargate')) td").nth(8)
    box.click()
    detail = page.inner_text("#detail")
    cell = model[(model["offering"] == "EKS on Fargate")].sort_values("duty").iloc[8]
    assert detail.count(cell["aws_part"]) == 1
    assert f"EKS on Fargate: {cell['duty']}" in detail
    assert page.get_attribute("#detail a", "href").startswith("https://")
    page.keyboard.press("Escape")
    assert not page.is_visible("#detail")


def test_list_never_puts_all_cells_into_the_document_at_once(page, model):
    """What makes a search of 13,300 cells smooth: it writes fifty rows, and more when asked."""
    assert len(read_rows(page)) == SHOWN_AT_ONCE
    page.click("#more")
    assert len(read_rows(page)) == 10 * SHOWN_AT_ONCE


def test_keyboard_alone_reaches_the_search(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "text"


def test_without_scripts_everything_but_the_list_is_there(browser, path, model):
    for page in open_page(browser, path, java_script_enabled=False):
        assert page.locator("#matrix tbody tr[data-place]").count() == model["offering_id"].nunique()
        assert page.locator("#choose").is_hidden()
        assert page.locator("noscript").inner_text().startswith("Scripts are turned off")


def test_it_prints_without_its_controls(browser, path):
    for page in open_page(browser, path):
        page.emulate_media(media="print", color_scheme="dark")
        assert page.locator("#choose").is_hidden()
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == "rgb(255, 255, 255)"
