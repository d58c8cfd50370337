"""Charts carry themselves: whole at every size, with title, source line and basis."""

import io
import re
import time
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import srm_data
from srm_data.charts.basis import FILLED, choose_hatch, find_basis, split_by_basis
from srm_data.charts.frame import TITLE_SIZE, measure, wrap, wrap_title
from srm_data.describe import describe_origin, describe_spread
from srm_data.display import embed_chart, save_chart
from srm_data.exceptions import FrameError
from tests.cases import thin_out
from tests.plots import list_texts

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
CATEGORIES = ["Customer-hosted", "Infrastructure", "Managed", "Abstracted"]
SOURCE = "Source: AWS's documents, as read in srm_data"
SIZES = {"600 pixels": (6.0, 4.5), "default": (6.4, 4.8), "slide": (13.33, 7.5)}


@pytest.fixture(scope="module")
def charts(shipped, shipped_model):
    """Give a function for each kind of chart, on the shipped tables."""
    model, defaults = shipped_model, srm_data.build_category_model(shipped)
    some = srm_data.choose_offerings(model, ["Amazon ECS", "Amazon RDS"], tables=shipped)
    pair = srm_data.choose_offerings(model, ["EC2 instance", "RDS DB instance"], tables=shipped)
    moves = pd.DataFrame(
        [("AWS", "Not applicable", 1234), ("", "Shared", 1), ("Customer", "", 60)],
        columns=["from", "to", "cells"],
    )

    def draw_matrix(**look):
        return srm_data.plot_matrix(
            srm_data.responsibility_matrix(some),
            row_groups=srm_data.group_labels(some, "offering", "service"),
            column_groups=srm_data.group_labels(some, "duty", "layer"),
            **look,
        )

    def draw(plot, frame, **settings):
        return lambda **look: plot(frame, tables=shipped, **settings, **look)

    controls = srm_data.controls.build_control_summary(
        srm_data.controls.build_control_matrix(some, baseline="moderate")
    )
    counts = srm_data.duty_distribution
    actions = srm_data.action_distribution(model, ["category", "duty"])
    return {
        "actions": draw(srm_data.charts.plot_actions, actions),
        "controls": draw(
            srm_data.charts.plot_controls, srm_data.controls.control_distribution(controls)
        ),
        "defaults": draw(srm_data.charts.plot_defaults, srm_data.agreement.default_agreement(shipped)),
        "distribution": draw(srm_data.plot_distribution, counts(model)),
        "documented": draw(srm_data.plot_distribution, counts(model), beside_documented=True),
        "duties": draw(srm_data.plot_distribution, counts(model, "duty"), share=True),
        "handover": draw(srm_data.charts.plot_handover, srm_data.handover_steps(defaults)),
        "matrix": draw_matrix,
        "moves": draw(srm_data.charts.plot_moves, moves),
        "panels": draw(srm_data.plot_distribution, counts(model, ["product_group", "category"])),
        "ranking": draw(srm_data.charts.plot_ranking, srm_data.matrix.rank_customer_duties(some)),
        "services": draw(srm_data.plot_matrix, srm_data.responsibility_matrix(some, "service")),
        "spread": draw(srm_data.charts.plot_spread, srm_data.list_spread(model)),
        "stack": draw(srm_data.plot_stack, srm_data.layer_stack(defaults)),
        "stacks": draw(srm_data.plot_stacks, srm_data.layer_stack(some[some["service_id"] == "ecs"])),
        "two": draw(srm_data.plot_stacks, srm_data.layer_stack(pair), only_different=True),
    }


CHARTS = [
    "actions", "controls", "defaults", "distribution", "documented", "duties", "handover", "matrix",
    "moves", "panels", "ranking", "services", "spread", "stack", "stacks", "two",
]  # fmt: skip


def list_faults(figure):
    """List texts that leave the figure, and pairs of them that overlap by more than half a pixel."""
    texts, (width, height) = list_texts(figure), figure.bbox.size
    faults = [
        f"outside: {text}"
        for text, box in texts
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    for number, (text, box) in enumerate(texts):
        for other, of_other in texts[:number]:
            across = min(box.x1, of_other.x1) - max(box.x0, of_other.x0)
            up = min(box.y1, of_other.y1) - max(box.y0, of_other.y0)
            if across > 0.5 and up > 0.5:
                faults.append(f"overlap: {text} | {other}")
    return faults


def has_source(figure):
    """Look for the source line in a figure whose faults were listed, so that it is laid out."""
    return any(text.get_visible() and text.get_text().replace("\n", " ").startswith(SOURCE)
               for text in figure.findobj(plt.Text))  # fmt: skip


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("size", "layout"),
    [("600 pixels", None), ("default", None), ("slide", None), ("default", "constrained"),
     ("600 pixels", "tight")],
)  # fmt: skip
@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_whole_at_every_size_and_layout(charts, name, size, layout):
    figure, ax = plt.subplots(figsize=SIZES[size], layout=layout)
    charts[name](ax=ax)
    assert list_faults(figure) == []
    assert has_source(figure)
    plt.close(figure)


@pytest.mark.parametrize("size", [(3, 2), (4, 3)])
def test_texts_are_whole_on_a_small_figure_where_letters_are_wider_than_their_outlines(
    shipped_model, size
):
    some = shipped_model[shipped_model["service_id"].isin(["rds", "ec2"])]
    figure, ax = plt.subplots(figsize=size, dpi=100)
    srm_data.charts.plot_actions(srm_data.action_distribution(some), ax=ax)
    assert list_faults(figure) == []
    plt.close(figure)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHARTS)
def test_chart_of_its_own_size_is_whole_and_drawn_at_full_scale(charts, name):
    figure = charts[name]().figure
    assert list_faults(figure) == []
    assert has_source(figure)
    smallest = min(text.get_size() for text in figure.findobj(plt.Text) if text.get_text().strip())
    assert smallest >= 6
    plt.close(figure)


@pytest.mark.slow
@pytest.mark.parametrize("size", [None, SIZES["600 pixels"], SIZES["slide"]])
@pytest.mark.parametrize("plot", [srm_data.charts.plot_handover, srm_data.plot_stacks])
def test_long_names_of_offerings_do_not_overlap(shipped, shipped_model, plot, size):
    """The names with the longest words, and the longest ones, stand above narrow columns."""
    names = pd.Series(shipped_model["offering"].cat.categories)
    of_words = names.str.split().map(lambda words: max(map(len, words)))
    longest = [*names[of_words.nlargest(3).index], *names[names.str.len().nlargest(3).index]]
    some = shipped_model[shipped_model["offering"].isin(longest)]
    frame = srm_data.layer_stack(some)
    if plot is srm_data.charts.plot_handover:
        frame = srm_data.handover_steps(some, by="offering")
    ax = plot(frame, tables=shipped)
    if size:
        ax.figure.set_size_inches(*size)
    assert list_faults(ax.figure) == []
    plt.close(ax.figure)


@pytest.mark.parametrize(
    "name", thin_out(["stacks", "controls", "distribution", "handover", "spread"], every=5)
)
@pytest.mark.slow
def test_chart_stays_whole_when_its_figure_is_resized_afterwards(charts, name):
    figure = charts[name]().figure
    figure.set_size_inches(6, 4)
    assert list_faults(figure) == []
    bars = [bar for container in figure.axes[0].containers for bar in container]
    assert all(bar in figure.axes[0].patches for bar in bars)
    plt.close(figure)


@pytest.mark.slow
def test_first_snippet_of_the_readme_saves_a_whole_picture_in_a_plain_script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    snippet = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    plt.close("all")
    exec(compile(snippet, "README.md", "exec"), {})
    assert [path.suffix for path in tmp_path.iterdir()] == [".png"]
    assert list_faults(plt.gcf()) == []
    assert has_source(plt.gcf())
    plt.close("all")


@pytest.mark.slow
def test_charts_beside_each_other_stay_in_their_own_part_of_the_figure(charts):
    figure, (left, right) = plt.subplots(1, 2, figsize=(15, 5))
    charts["distribution"](ax=left)
    charts["distribution"](ax=right)
    assert list_faults(figure) == []
    middle = figure.bbox.width / 2
    figure.canvas.draw()
    assert all(text.get_window_extent().x1 <= middle for text in left.texts)
    assert all(text.get_window_extent().x0 >= middle for text in right.texts)
    plt.close(figure)


@pytest.mark.slow
def test_inline_backend_crops_nothing(charts):
    """It saves with a tight box."""
    figure = charts["stacks"]().figure
    figure.canvas.draw()
    box, dpi = figure.get_tightbbox(), figure.dpi
    for _, text in list_texts(figure):
        assert box.x0 * dpi <= text.x0 + 1 and text.x1 - 1 <= box.x1 * dpi
        assert box.y0 * dpi <= text.y0 + 1 and text.y1 - 1 <= box.y1 * dpi
    plt.close(figure)


def test_source_line_names_version_and_share_documented(shipped_model):
    ax = srm_data.plot_distribution(srm_data.duty_distribution(shipped_model))
    (line,) = (text for text in ax.texts if text.get_gid() == "source")
    words = line.get_text().replace("\n", " ")
    share = (shipped_model["basis"] == "documented").mean() * 100
    assert srm_data.__version__ in words
    said = re.search(rf"Of {len(shipped_model):,} cells, (\d+) % are documented", words)
    assert said and abs(int(said[1]) - share) < 1, "rounded so that all shares add up to 100"
    plt.close(ax.figure)


@pytest.fixture(scope="module")
def control_summary(shipped, shipped_model):
    some = srm_data.choose_offerings(shipped_model, ["Amazon ECS", "Amazon RDS"], tables=shipped)
    return srm_data.controls.build_control_summary(
        srm_data.controls.build_control_matrix(some, baseline="moderate")
    )


def test_source_line_of_controls_counts_the_cells_behind_them(control_summary):
    ax = srm_data.charts.plot_controls(srm_data.controls.control_distribution(control_summary))
    cells, documented = control_summary["cells"].sum(), control_summary["documented"].sum()
    share = f"{documented / cells:.0%}".replace("%", " %")
    expected = f"Of {cells:,} cells behind the controls, {share} are documented."
    assert srm_data.charts.describe_chart(ax).endswith(expected)
    plt.close(ax.figure)


def test_hatches_of_controls_are_visible_on_their_fill(control_summary):
    ax = srm_data.charts.plot_controls(srm_data.controls.control_distribution(control_summary))
    bars = [
        bar for container in ax.containers for bar in container if bar.get_hatch() not in (None, "xx")
    ]
    assert {to_hex(bar.get_edgecolor()) for bar in bars} == {
        to_hex(choose_hatch(to_hex(bar.get_facecolor()))) for bar in bars
    }
    assert len({to_hex(bar.get_edgecolor()) for bar in bars}) > 1
    plt.close(ax.figure)


def test_controls_are_divided_by_the_weakest_basis_and_the_organisations_are_hatched(control_summary):
    counts = srm_data.controls.control_distribution(control_summary)
    ax = srm_data.charts.plot_controls(counts)
    widths: dict[str | None, float] = {}
    for bar in (bar for container in ax.containers for bar in container):
        widths[bar.get_hatch()] = widths.get(bar.get_hatch(), 0) + bar.get_width()
    bases = control_summary["basis"].value_counts()
    assert sum(widths.values()) == len(control_summary)
    assert widths["xx"] == counts["organisation"].sum()
    assert widths[FILLED["category"]] == bases[["category", "proposed"]].sum()
    assert widths.get(FILLED["derived"], 0) == bases["derived"]
    key = [text.get_text() for text in ax.get_legend().get_texts()]
    assert {"hatched: category default", "the organisation's own"} <= set(key)
    plt.close(ax.figure)


def test_controls_keep_their_basis_when_their_counts_are_sorted_and_lose_it_when_they_change(
    control_summary,
):
    counts = srm_data.controls.control_distribution(control_summary)
    assert split_by_basis(counts.sort_values("left").head(3)) != {}
    assert split_by_basis(counts + 1) == {}


def test_source_line_of_one_cell_is_in_the_singular():
    frame = pd.DataFrame()
    frame.attrs["origin"] = {"version": "2026.11.1", "category": 1}
    assert describe_origin(frame).endswith(" The only cell is a category default.")
    frame.attrs["origin"] = {"version": "2026.11.1", "documented": 1}
    assert describe_origin(frame).endswith(" Of 1 cell, 100 % are documented.")


def test_frame_made_by_hand_is_drawn_without_a_share():
    counts = pd.DataFrame({"AWS": [6], "Shared": [7], "Customer": [15]}, index=["Infrastructure"])
    ax = srm_data.plot_distribution(counts)
    assert srm_data.charts.describe_chart(ax).endswith(f"as read in srm_data {srm_data.__version__}.")
    plt.close(ax.figure)


def test_chart_describes_itself_in_the_words_of_its_title(charts, tmp_path):
    ax = charts["documented"]()
    said = srm_data.charts.describe_chart(ax)
    assert said.startswith(" ".join(ax.get_title(loc="left").split()))
    assert "Source: " in said
    svg, png = save_chart(ax, tmp_path / "chart")
    assert said.replace("'", "&#x27;") in svg.read_text()
    assert said.encode() in png.read_bytes()


def test_chart_at_the_end_of_a_cell_displays_itself_once_with_its_description(charts):
    ax = charts["handover"]()
    html = ax._repr_html_()
    assert html.startswith(f'<img alt="{srm_data.charts.describe_chart(ax)}"'.replace("'", "&#x27;"))
    assert not plt.fignum_exists(ax.figure.number)


def test_embedded_chart_describes_itself(charts):
    assert 'alt="From Customer-hosted to Abstracted' in embed_chart(charts["handover"]()).data


def test_bars_tell_the_documented_part_from_the_others_without_colour(shipped_model):
    counts = srm_data.duty_distribution(shipped_model)
    parts = split_by_basis(counts)
    documented = shipped_model[shipped_model["basis"] == "documented"]
    assert parts["documented"].to_numpy().sum() == len(documented)
    ax = srm_data.plot_distribution(counts)
    widths: dict[str, float] = {}
    for bar in (bar for container in ax.containers for bar in container):
        widths[bar.get_hatch()] = widths.get(bar.get_hatch(), 0) + bar.get_width()
    assert widths[None] == len(documented)
    assert sum(widths.values()) == len(shipped_model)
    key = [text.get_text() for text in ax.get_legend().get_texts()]
    assert {"plain: documented", "hatched: category default"} <= set(key)
    plt.close(ax.figure)


def test_documented_cells_stand_beside_all_cells_in_one_call(shipped_model):
    ax = srm_data.plot_distribution(srm_data.duty_distribution(shipped_model), beside_documented=True)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == [word for name in CATEGORIES for word in (name, "documented alone")]
    assert "of the documented ones" in " ".join(ax.get_title(loc="left").split())
    plt.close(ax.figure)


def count_marks(ax):
    marks = {line.get_gid(): line for line in ax.lines if line.get_gid() in ("documented", "derived")}
    return {basis: (len(line.get_xdata()), line.get_markerfacecolor()) for basis, line in marks.items()}


def test_matrix_marks_what_is_documented_and_what_is_derived(shipped, shipped_model):
    some = srm_data.choose_offerings(shipped_model, "Amazon ECS", tables=shipped)
    expected = some["basis"].value_counts()
    for draw in (
        lambda: srm_data.plot_matrix(srm_data.responsibility_matrix(some)),
        lambda: srm_data.plot_matrix(srm_data.responsibility_matrix(some, "duty", "offering")),
        lambda: srm_data.plot_stacks(srm_data.layer_stack(some)),
    ):
        ax = draw()
        assert count_marks(ax)["documented"][0] == expected["documented"]
        assert count_marks(ax)["derived"] == (expected["derived"], "none")
        plt.close(ax.figure)


def test_basis_follows_a_matrix_that_was_turned_sorted_and_shortened(shipped, shipped_model):
    some = srm_data.choose_offerings(shipped_model, "Amazon ECS", tables=shipped)
    matrix = srm_data.responsibility_matrix(some)
    assert find_basis(matrix.T) == [list(column) for column in zip(*find_basis(matrix), strict=True)]
    part = matrix.iloc[::-1, 3:5]
    assert find_basis(part) == [row[3:5] for row in find_basis(matrix)[::-1]]
    assert find_basis(matrix.rename(columns=str.upper)) == []


def test_cell_of_a_service_is_as_good_as_its_weakest_answer(shipped, shipped_model):
    some = srm_data.choose_offerings(shipped_model, "Amazon ECS", tables=shipped)
    bases = find_basis(srm_data.responsibility_matrix(some, "service"))[0]
    for basis, (_, cells) in zip(bases, some.groupby("duty", observed=True)["basis"], strict=True):
        assert basis == cells.max()


def test_parts_are_not_drawn_once_the_counts_were_changed(shipped_model):
    counts = srm_data.duty_distribution(shipped_model)
    assert split_by_basis(counts.iloc[::-1]) != {}
    assert split_by_basis(counts * 2) == {}
    assert split_by_basis(counts.rename(index=str.upper)) == {}


def test_what_a_frame_knows_of_its_origin_can_be_written_as_parquet(shipped_model, tmp_path):
    counts = srm_data.duty_distribution(shipped_model).astype("int64")
    counts.index, counts.columns = counts.index.astype("str"), counts.columns.astype("str")
    counts.to_parquet(tmp_path / "counts.parquet")
    assert pd.read_parquet(tmp_path / "counts.parquet").attrs == counts.attrs
    assert pd.concat([counts, counts]).attrs == counts.attrs


def test_duties_are_rows_unless_there_are_too_many_offerings(shipped_model):
    few = shipped_model[shipped_model["service_id"] == "ecs"]
    ax = srm_data.plot_matrix(srm_data.responsibility_matrix(few))
    assert "Backup" in [label.get_text() for label in ax.get_yticklabels()]
    plt.close(ax.figure)
    many = shipped_model[shipped_model["category_id"] == "managed"]
    ax = srm_data.plot_matrix(srm_data.responsibility_matrix(many))
    assert "Backup" in [label.get_text() for label in ax.get_xticklabels()]
    plt.close(ax.figure)


@pytest.mark.slow
def test_matrix_of_all_offerings_is_drawn_in_about_a_second(shipped_model):
    matrix = srm_data.responsibility_matrix(shipped_model)
    srm_data.plot_matrix(matrix.iloc[:2])  # imports and fonts
    started = time.process_time()
    ax = srm_data.plot_matrix(matrix)
    assert time.process_time() - started < 2  # one of the two processors may be busy
    assert len(ax.patches) + len(ax.lines) + len(ax.collections) < 20
    plt.close("all")


@pytest.mark.slow
def test_rows_are_sorted_by_what_is_drawn(shipped_model):
    counts = srm_data.duty_distribution(shipped_model, "product_group")
    for share in (True, False):
        drawn = counts["Customer"] / counts.sum(axis="columns") if share else counts["Customer"]
        ax = srm_data.plot_distribution(counts, share=share)
        names = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
        assert drawn[names].is_monotonic_decreasing
        plt.close(ax.figure)


def test_categories_keep_their_order(shipped_model):
    ax = srm_data.plot_distribution(srm_data.duty_distribution(shipped_model), share=True)
    assert [label.get_text() for label in ax.get_yticklabels()] == CATEGORIES
    plt.close(ax.figure)


def test_counts_by_two_keys_with_documented_ones_apart_are_refused_with_what_to_draw(shipped_model):
    model = shipped_model[shipped_model["service_id"] == "sqs"]
    counts = srm_data.duty_distribution(model, ["category", "layer"], with_documented=True)
    with pytest.raises(FrameError, match=r"got cells and category and layer: draw .*documented"):
        srm_data.plot_distribution(counts)


def test_counts_by_two_keys_have_a_panel_per_value_of_the_first(shipped_model):
    counts = srm_data.duty_distribution(shipped_model, ["category", "layer"])
    assert counts.to_numpy().sum() == len(shipped_model)
    ax = srm_data.plot_distribution(counts)
    heads = [text.get_text() for text in ax.texts if text.get_text() in CATEGORIES]
    assert heads == CATEGORIES
    assert len(ax.get_yticklabels()) == 10
    plt.close(ax.figure)


@pytest.mark.parametrize("names", [["o" * 60, "b", "c"], [f"Offering number{n:03}" for n in range(14)]])
def test_stacks_of_many_offerings_or_with_long_names_are_wide_and_keep_their_text(names):
    rows = [("in the cloud", "Data", "Backup", names, ["Customer"] * len(names))]
    rows += [("of the cloud", "Hardware", "Disposal", names, ["AWS"] * len(names))]
    ax = srm_data.plot_stacks(
        pd.DataFrame(rows, columns=["side", "layer", "duty", "parts", "answers"]), title="Stacks"
    )
    assert min(text.get_fontsize() for text in ax.texts if text.get_text()) >= 6
    plt.close(ax.figure)


def test_stacks_of_more_offerings_than_a_picture_holds_are_refused_with_what_to_draw():
    names = [f"o{number}" for number in range(101)]
    rows = [("in the cloud", "Data", "Backup", names, ["Customer"] * len(names))]
    stack = pd.DataFrame(rows, columns=["side", "layer", "duty", "parts", "answers"])
    with pytest.raises(FrameError, match="at most 100 offerings; this one has 101: plot_matrix draws"):
        srm_data.plot_stacks(stack)


def test_sentence_about_a_spread_of_one_duty_is_in_the_singular():
    columns = ["group", "offering", "duties", "median"]
    spread = pd.DataFrame([("Managed", "x", 1, 1.0), ("Managed", "y", 2, 1.0)], columns=columns)
    assert "leave 1 duty or more" in describe_spread(spread)


def test_spread_has_a_dot_per_offering_and_names_those_that_stand_out():
    rows = [("x", f"o{number}", 7, 20, 20 * (number % 2), 7.0, False) for number in range(9)]
    rows.append(("x", "loner", 1, 20, 0, 7.0, True))
    columns = ["group", "offering", "duties", "applicable", "documented", "median", "stands_out"]
    ax = srm_data.charts.plot_spread(pd.DataFrame(rows, columns=columns))
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert sum(len(line.get_xdata()) for line in dots) == 10
    assert any("Fewest: loner 1." in text.get_text() for text in ax.texts)
    plt.close(ax.figure)


def test_default_with_few_readings_is_not_tinted_and_its_duty_stands_last(shipped):
    shares = pd.DataFrame(
        [("backup", "managed", 2, 0), ("backup", "abstracted", 3, 3), ("host-os", "managed", 20, 15)],
        columns=["duty_id", "category_id", "cells", "agreed"],
    )
    ax = srm_data.charts.plot_defaults(shares, tables=shipped)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Host operating system", "Backup"]
    assert {"25 % of 20", "2 of 2", "none read"} <= {text.get_text() for text in ax.texts}
    plt.close(ax.figure)


def test_action_that_is_required_everywhere_fills_its_bar():
    counts = pd.DataFrame({"required": [4], "optional": [0], "none": [0]}, index=["Backup"])
    ax = srm_data.charts.plot_actions(counts)
    title = " ".join(ax.get_title(loc="left").split())
    assert title == "The customer must act in 4 of 4 cells (100 %), most often for Backup (100 %)"
    plt.close(ax.figure)


def test_layers_are_described_by_the_one_that_is_divided():
    """That the network is the customer's and governance shared is true by construction."""
    counts = pd.DataFrame(
        {"AWS": [10, 0, 0, 0, 4], "Shared": [0, 0, 10, 10, 3], "Customer": [0, 10, 0, 0, 3]},
        index=["Cloud", "Network", "Operations", "Governance", "Data"],
    )
    said = srm_data.describe.describe_distribution(counts)
    assert said == "Most divided is Data: 40 % AWS's, 30 % shared, 30 % the customer's"


def test_few_rows_are_all_described():
    counts = pd.DataFrame({"AWS": [1, 2, 3], "Shared": [0] * 3, "Customer": [3, 1, 1]}, index=[*"xyz"])
    assert srm_data.describe.describe_distribution(counts).count(" for ") == 3


def test_words_are_broken_by_their_width_and_never_within():
    text = wrap("Encryption in transit", 70, 9)
    assert text == "Encryption in\ntransit"
    assert all(measure(line, 9) <= 70 for line in text.split("\n"))
    assert wrap("Unbreakable", 5, 9) == "Unbreakable"


def test_no_title_leaves_its_last_word_alone_on_a_line():
    title = "15 of 28 duties move from one party to the other with the category of service"
    full = measure(title, TITLE_SIZE, bold=True)
    for share in range(35, 100):
        *lines, last = wrap_title(title, full * share / 100).split("\n")
        assert lines
        assert " " in last
    assert wrap_title(title, full) == title
    assert wrap_title("Unbreakable", 5) == "Unbreakable"


@pytest.mark.slow
def test_figure_of_a_chart_can_be_saved_in_other_formats(charts):
    for kind in ("svg", "pdf"):
        figure = charts["distribution"]().figure
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind)
        assert buffer.tell() > 1000
        plt.close(figure)


@pytest.mark.parametrize(
    "origin",
    [
        {"documented": 4519, "derived": 1957, "category": 6724, "proposed": 100},
        {"documented": 1, "derived": 1, "category": 1},
    ],
)
def test_shares_in_the_source_line_add_up_to_100(origin):
    frame = pd.DataFrame()
    frame.attrs["origin"] = {"version": "2026.11.1", **origin}
    percents = re.findall(r"(\d+) %", describe_origin(frame))
    assert sum(map(int, percents)) == 100
