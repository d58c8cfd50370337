"""The page in a browser without a network: it searches, picks and sorts, and everybody can use it.

Tests wait for what the page shows, never for a time, so that a busy machine only makes them slower.
"""

import re
from pathlib import Path

import pytest

from srm_data.names import find_answers
from srm_data.names.offerings import choose_offerings
from srm_data.page import write_page

SCREENSHOTS = Path(__file__).parents[1] / "exports" / "screenshots"
SHOWN_AT_ONCE = 30
MINUTE = 60_000
"""In milliseconds: the longest that a test waits for anything."""

# The page answers in the next frame, and fills matrix and counts some hundred milliseconds later.
UNTIL_ANSWERED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
UNTIL_AT_REST = """() => new Promise(done => requestAnimationFrame(
    () => setTimeout(() => requestIdleCallback(done), 300)))"""


@pytest.fixture(scope="module")
def path(tmp_path_factory, shipped_model):
    """Write the page of the whole catalogue."""
    return write_page(tmp_path_factory.mktemp("page") / "page.html", shipped_model)


@pytest.fixture(scope="module")
def few(shipped_model):
    """Choose what most tests need, and a browser shows in a moment."""
    return choose_offerings(shipped_model, ["Amazon EKS", "Amazon ECS", "Amazon RDS", "Amazon SQS"])


@pytest.fixture(scope="module")
def path_of_few(tmp_path_factory, few):
    return write_page(tmp_path_factory.mktemp("page") / "few.html", few)


@pytest.fixture
def page(browser, path_of_few):
    yield from open_page(browser, path_of_few)


@pytest.fixture
def whole_page(browser, path):
    yield from open_page(browser, path)


def open_page(browser, path, **settings):
    """Open a page from the disk, with the network off; an error of its script fails the test."""
    errors, asked = [], []
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800}, **settings)
    context.set_default_timeout(MINUTE)
    with context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(error))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        yield page
    assert not errors
    assert set(asked) <= {path.as_uri(), "about:blank"}


def read_count(page) -> str:
    """Return how many cells the page says that it shows, once it has done what was asked."""
    page.evaluate(UNTIL_ANSWERED)
    return page.inner_text("#count")


def read_rows(page) -> list[list[str]]:
    return page.evaluate(
        "[...document.querySelectorAll('#rows tr')].map(r => [...r.cells].map(c => c.textContent))"
    )


def pick(page, *names: str) -> None:
    for name in names:
        page.fill("#pick", name)
        page.press("#pick", "Enter")


def find_violations(page) -> list[str]:
    """Find what breaks the rules of axe-core, which are those of WCAG 2.1 AA and good practice."""
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(page).response["violations"]
    return [f"{each['impact']}: {each['id']}: {each['nodes'][0]['html'][:200]}" for each in violations]


def expect(part):
    """Wait until a page or a part of it is as expected. The import takes a while, so only here."""
    from playwright.sync_api import expect

    expect.set_options(timeout=MINUTE)
    return expect(part)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(browser, path_of_few, scheme):
    for page in open_page(browser, path_of_few, color_scheme=scheme):
        page.fill("#text", "fargate patching")
        page.evaluate(UNTIL_AT_REST)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"page-1280-{scheme}.png")
        assert find_violations(page) == []


def test_phone_shows_everything_whole(browser, path_of_few):
    """Rows of the list are cards; nothing but the matrix, which scrolls in its own box, is wider."""
    for page in open_page(browser, path_of_few, device_scale_factor=1):
        page.set_viewport_size({"width": 400, "height": 800})
        page.fill("#text", "who patches rds?")
        page.evaluate(UNTIL_AT_REST)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        wide = page.evaluate(
            """[...document.querySelectorAll(
                "#cells *, #picture *, .counts *, header *, #choose > *")].filter(
                part => part.getClientRects().length && part.getBoundingClientRect().right > 400
            ).map(part => part.outerHTML.slice(0, 90))"""
        )
        assert wide == []
        assert "RDS DB instance" in page.locator("#rows tr").first.text_content()
        label = page.evaluate(
            "getComputedStyle(document.querySelector('#rows td'), '::before').content"
        )
        assert label != "none"
        assert find_violations(page) == []
        page.screenshot(path=SCREENSHOTS / "page-400.png")


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_answer_stands_right_below_the_search_and_enter_goes_to_it(browser, path_of_few, size):
    for page in open_page(browser, path_of_few):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.fill("#text", "who patches rds?")
        page.evaluate(UNTIL_AT_REST)
        assert page.evaluate("document.querySelector('#rows tr').getBoundingClientRect().top") < 600
        order = page.evaluate("[...document.querySelectorAll('main > section')].map(part => part.id)")
        assert order[0] == "cells"
        assert page.locator("#picture li:visible").count() == 2, (
            "duties without an answer are not shown"
        )
        page.press("#text", "Enter")
        assert page.evaluate("document.activeElement.textContent") == "RDS DB instance"
        page.emulate_media(media="print")
        assert page.locator("main > section:visible").count() == 1, "the list alone is printed"


def test_name_that_is_near_is_offered_and_searched_by_a_click(page):
    page.fill("#text", "ekz")
    assert read_count(page).startswith("No cell matches")
    page.click("#understood button:text-is('eks')")
    assert "EKS" in read_rows(page)[0][0]


def test_without_scripts_everything_but_the_list_is_there(browser, path_of_few, few):
    for page in open_page(browser, path_of_few, java_script_enabled=False):
        assert page.locator("#matrix tbody tr[data-place]").count() == few["offering_id"].nunique()
        assert page.locator("#choose").is_hidden()
        assert page.locator("noscript").inner_text().startswith("Scripts are turned off")


def test_keyboard_alone_reaches_the_search(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "text"


def test_question_gives_its_answers_and_says_how_it_was_taken(whole_page):
    whole_page.fill("#text", "Fargate PATCHING")
    answers = find_answers("Fargate PATCHING")
    assert read_count(whole_page).startswith(f"{len(answers)} cells of ")
    expected = answers[["offering", "duty"]].astype(str).to_numpy().tolist()
    assert [row[:2] for row in read_rows(whole_page)] == expected
    understood = whole_page.inner_text("#understood")
    assert understood.startswith("Understood as: ECS on Fargate; Guest OS patching")


def test_words_in_quotes_find_the_cells_that_have_all_of_them(page, few):
    page.fill("#text", '"Fargate PATCHING"')
    words = few[["offering_id", "offering", "service", "product_group", "category", "duty", "layer",
                 "aws_part", "customer_part", "note", "sections", "source_ids"]]  # fmt: skip
    texts = words.astype(str).agg(" ".join, axis="columns").str.lower()
    has_all = texts.str.contains(r"\bfargate") & texts.str.contains(r"\bpatching")
    assert read_count(page).startswith(f"{has_all.sum()} cells of ")
    assert len(read_rows(page)) == has_all.sum()


def test_no_key_costs_the_page_more_than_a_tenth_of_opening_it(whole_page):
    """Time of the processor, with all that follows a key: the question, rows, layout.

    The page is opened as a whole: a browser lays out its parts only once they are looked at.
    """
    session = whole_page.context.new_cdp_session(whole_page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def measure(act) -> float:
        """Return the milliseconds that an action and what follows it keep the page busy."""
        before = read_busy()
        act()
        whole_page.evaluate(UNTIL_AT_REST)
        return read_busy() - before

    def read_busy() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * {metric["name"]: metric["value"] for metric in metrics}["TaskDuration"]

    whole_page.evaluate(UNTIL_AT_REST)
    opening = measure(whole_page.reload) + measure(
        lambda: whole_page.evaluate(
            """async () => {
                for (const part of document.querySelectorAll("main > section")) {
                    part.scrollIntoView();
                    await new Promise(requestAnimationFrame);
                }
                scrollTo(0, 0);
            }"""
        )
    )
    whole_page.focus("#text")
    first, *costs = [
        measure(lambda key=key: whole_page.keyboard.type(key)) for key in "keys of dynamodb"
    ]
    assert max(costs) < opening / 10, (opening, costs)
    assert first < opening / 5, (opening, first)  # several tasks, and the first of their kind


def test_list_never_puts_all_cells_into_the_document_at_once(whole_page):
    """What makes a search of 13,300 cells smooth: it writes thirty rows, and more when asked."""
    assert len(read_rows(whole_page)) == SHOWN_AT_ONCE
    whole_page.click("#more")
    assert len(read_rows(whole_page)) == 500


def test_address_of_a_view_opens_the_same_view_and_clearing_clears_it(browser, path_of_few, page):
    page.fill("#text", "encryption")
    page.select_option("#basis", label="Documented")
    pick(page, "RDS DB instance")
    page.click("#headings button:has-text('Duty')")
    expect(page).to_have_url(re.compile("sort=Duty"))
    rows, address = read_rows(page), page.url
    assert rows
    for other in open_page(browser, path_of_few):
        other.goto(address)
        # The view follows its address a moment later.
        expect(other.locator("#picked button")).to_have_text(["RDS DB instance \u00d7"])
        assert read_rows(other) == rows
        assert other.input_value("#text") == "encryption"
        assert other.get_attribute("#headings th:nth-child(2)", "aria-sort") == "ascending"
    page.click("button[type=reset]")
    expect(page).not_to_have_url(re.compile("text="))


def test_two_offerings_side_by_side_say_which_is_which(page, few):
    names = ["EKS managed node groups", "EKS on Fargate"]
    pick(page, *names)
    lines = page.locator("[data-duty=guest-os-patching] .compared > span")
    expect(lines).to_have_count(2)  # a moment after the list
    parties = few.query("duty_id == 'guest-os-patching'").astype(str).set_index("offering")
    for line, name in zip(lines.all_text_contents(), names, strict=True):
        assert line.endswith(f"{parties['responsibility'][name]} {name}")


def test_picture_counts_list_and_matrix_follow_what_is_picked(page, few):
    pick(page, "EKS on Fargate", "ECS on Fargate")
    picked = few[few["offering"].isin(["EKS on Fargate", "ECS on Fargate"])]
    assert read_count(page).startswith("56 cells of 2 offerings: ")
    rows = page.locator("#matrix tbody tr[data-place]:not([hidden]) th")
    expect(rows).to_have_count(2)  # a moment after the list
    assert sorted(rows.all_text_contents()) == ["ECS on Fargate", "EKS on Fargate"]
    counts = picked["responsibility"].value_counts()
    expected = [str(counts[party]) for party in counts.sort_index().index]
    for by in ("layer", "category"):
        expect(page.locator(f"#counts-{by} tfoot .number")).to_have_text(expected)
    (party,) = picked[picked["duty_id"] == "guest-os-patching"]["responsibility"].unique()
    bar = page.locator("[data-duty=guest-os-patching] .bar")
    expect(bar).to_have_attribute("aria-label", f"{party} 2")
    expect(bar).to_be_hidden()
    page.click("#picked button >> nth=0")
    assert read_count(page).startswith("28 cells of 1 offering: ")


@pytest.mark.parametrize(
    ("typed", "service"),
    [("Simple Queue Service", "sqs"), ("aws_sqs", "sqs"), ("rds", "rds"), ("zebra", "")],
)
def test_offerings_are_picked_by_other_names_too_and_by_no_part_of_a_word(page, few, typed, service):
    pick(page, typed)
    if service:
        number = few.query("service_id == @service")["offering_id"].nunique()
        assert read_count(page).startswith(f"{28 * number} cells of {number} offering")
    else:
        assert page.inner_text("#count") == f'No offering is called "{typed}".'


def test_fields_that_the_browser_fills_in_again_are_heeded(page):
    page.select_option("#duty", "Backup")
    count = read_count(page)
    page.goto("about:blank")
    page.go_back()
    expect(page.locator("#duty")).to_have_value("Backup")
    expect(page.locator("#count")).to_have_text(count)


def test_choices_narrow_and_clear_brings_all_back(page, few):
    page.select_option("#duty", "Backup")
    page.select_option("#party", "Shared")
    chosen = ((few["duty"] == "Backup") & (few["responsibility"] == "Shared")).sum()
    assert read_count(page).startswith(f"{chosen} cells of {chosen} offerings")
    page.fill("#text", "zeppelin")
    assert read_count(page) == "No cell matches all of this. Clear a field to see more."
    assert read_rows(page) == []
    page.click("button[type=reset]")
    assert read_count(page).startswith(f"{len(few):,} cells of ")


def test_cell_of_the_matrix_has_its_words_and_its_source(page, few):
    page.locator("#matrix tbody tr:has(th:text-is('EKS on Fargate')) td").nth(8).click()
    detail = page.inner_text("#detail")
    cell = few[(few["offering"] == "EKS on Fargate")].sort_values("duty").iloc[8]
    assert detail.count(cell["aws_part"]) == 1
    assert f"EKS on Fargate: {cell['duty']}" in detail
    assert page.get_attribute("#detail a", "href").startswith("https://")
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
