"""Charts, asked through their artists: whole at every size, with title, source line and basis."""

import io
import re
import time
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from srm_data import choose_offerings
from srm_data.cells import find_marks, list_marks
from srm_data.changes import move_counts
from srm_data.charts import (
    describe_chart,
    plot_actions,
    plot_controls,
    plot_distribution,
    plot_handover,
    plot_matrix,
    plot_moves,
    plot_spread,
    plot_stack,
    plot_stacks,
)
from srm_data.charts.bars import split_by_mark
from srm_data.charts.matrices import find_cell_marks
from srm_data.charts.style import PALE, PAPER
from srm_data.controls import build_control_matrix, build_control_summary, control_distribution
from srm_data.exceptions import FrameError
from srm_data.load import read_table
from srm_data.maintain.pictures import save_chart
from srm_data.matrix import (
    action_distribution,
    duty_distribution,
    group_labels,
    handover_steps,
    layer_stack,
    list_spread,
    responsibility_matrix,
)
from srm_data.model import build_category_model
from srm_data.schema import read_package
from tests.plots import list_faults, list_fills, list_letters

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
CATEGORIES = ["Customer-hosted", "Infrastructure", "Managed", "Abstracted"]
SOURCE = "Source: AWS's documents, as read in srm_data"


@pytest.fixture
def ax():
    figure, ax = plt.subplots(dpi=50)
    yield ax
    plt.close(figure)


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def title_of(ax: Axes) -> str:
    return " ".join(ax.get_title(loc="left").split())


def list_bars(ax: Axes) -> list[Rectangle]:
    return [bar for container in ax.containers for bar in container]


def add_widths(ax: Axes) -> dict[str, float]:
    """Add up the widths of all bars, by what their fill means: a party in full, or paler."""
    codes = read_table("responsibilities")
    kinds = {color: kind for kind in ("color", "pale_color") for color in codes[kind]}
    widths: dict[str, float] = {}
    for bar in list_bars(ax):
        kind = kinds.get(to_hex(bar.get_facecolor()).upper(), "other")
        widths[kind] = widths.get(kind, 0) + bar.get_width()
    return widths


@pytest.fixture(scope="module")
def some(shipped, shipped_model):
    """Return the cells of two services with several offerings each. Only read them."""
    return choose_offerings(shipped_model, ["Amazon ECS", "Amazon RDS"], tables=shipped)


@pytest.fixture(scope="module")
def control_summary(some):
    return build_control_summary(build_control_matrix(some, baseline="moderate"))


@pytest.fixture(scope="module")
def charts(shipped, shipped_model, some, control_summary):
    """Return a function for each kind of chart, on the shipped tables."""
    model, defaults = shipped_model, build_category_model(shipped)
    pair = choose_offerings(model, ["EC2 instance", "RDS DB instance"], tables=shipped)
    moves = [("AWS", "Not applicable", 1234), ("", "Shared", 1), ("Customer", "", 60)]

    def draw(plot, frame, **settings):
        return lambda **look: plot(frame, tables=shipped, **settings, **look)

    groups = {
        "row_groups": group_labels(some, "offering", "service"),
        "column_groups": group_labels(some, "duty", "layer"),
    }
    return {
        "actions": draw(plot_actions, action_distribution(model)),
        "controls": draw(plot_controls, control_distribution(control_summary)),
        "categories": draw(plot_distribution, duty_distribution(model)),
        "duties": draw(plot_distribution, duty_distribution(model, "duty"), share=True),
        "handover": draw(plot_handover, handover_steps(defaults)),
        "matrix": draw(plot_matrix, responsibility_matrix(some), **groups),
        "moves": draw(plot_moves, pd.DataFrame(moves, columns=["from", "to", "cells"])),
        "groups": draw(plot_distribution, duty_distribution(model, "product_group")),
        "services": draw(plot_matrix, responsibility_matrix(some, "service")),
        "spread": draw(plot_spread, list_spread(model)),
        "stack": draw(plot_stack, layer_stack(defaults)),
        "stacks": draw(plot_stacks, layer_stack(some[some["service_id"] == "ecs"])),
        "two": draw(plot_stacks, layer_stack(pair), only_different=True),
    }


CHARTS = [
    "actions", "categories", "controls", "duties", "groups", "handover", "matrix", "moves", "services",
    "spread", "stack", "stacks", "two",
]  # fmt: skip


def has_source(figure: Figure) -> bool:
    return any(text.get_text().replace("\n", " ").startswith(SOURCE) for text in figure.axes[0].texts)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_whole_in_a_figure_of_its_own_and_however_the_figure_is_resized(charts, name):
    figure = charts[name]().figure
    assert list_faults(figure) == []
    smallest = min(text.get_size() for text in figure.findobj(Text) if text.get_text().strip())
    assert smallest >= 6
    box, dpi = figure.get_tightbbox(), figure.dpi  # to which the inline backend cuts
    for text in figure.axes[0].texts:
        assert box.x0 * dpi <= text.get_window_extent().x0 + 1
        assert text.get_window_extent().x1 - 1 <= box.x1 * dpi
    for size in ((6, 4), (13.33, 7.5)):
        figure.set_size_inches(*size)
        assert list_faults(figure) == []
        assert has_source(figure)
    assert all(bar in figure.axes[0].patches for bar in list_bars(figure.axes[0]))
    plt.close(figure)


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize(("size", "layout"), [((6.0, 4.5), "constrained"), ((6.4, 4.8), None)])
@pytest.mark.parametrize("name", CHARTS[::2])
def test_chart_is_whole_on_given_axes_whatever_the_layout(charts, name, size, layout):
    figure, ax = plt.subplots(figsize=size, layout=layout)
    charts[name](ax=ax)
    assert list_faults(figure) == []
    plt.close(figure)


@pytest.mark.slow
def test_charts_beside_each_other_stay_in_their_own_part_of_the_figure(charts):
    figure, (left, right) = plt.subplots(1, 2, figsize=(15, 5))
    charts["categories"](ax=left)
    charts["categories"](ax=right)
    assert list_faults(figure) == []
    middle = figure.bbox.width / 2
    assert all(text.get_window_extent().x1 <= middle for text in left.texts)
    assert all(text.get_window_extent().x0 >= middle for text in right.texts)
    plt.close(figure)


@pytest.mark.slow
@pytest.mark.parametrize("plot", [plot_handover, plot_stacks])
def test_longest_names_of_offerings_do_not_overlap(shipped, shipped_model, plot):
    names = pd.Series(shipped_model["offering"].cat.categories)
    of_words = names.str.split().map(lambda words: max(map(len, words)))
    longest = [*names[of_words.nlargest(3).index], *names[names.str.len().nlargest(3).index]]
    model = shipped_model[shipped_model["offering"].isin(longest)]
    frame = layer_stack(model) if plot is plot_stacks else handover_steps(model, by="offering")
    figure = plot(frame, tables=shipped).figure
    for size in (figure.get_size_inches(), (6, 4.5)):
        figure.set_size_inches(*size)
        assert list_faults(figure) == []
    plt.close(figure)


def test_source_line_names_version_and_share_documented(shipped_model):
    ax = plot_distribution(duty_distribution(shipped_model))
    said = describe_chart(ax)
    share = (shipped_model["basis"] == "documented").mean() * 100
    assert str(read_package()["version"]) in said
    named = re.search(rf"Of {len(shipped_model):,} cells, (\d+) % are documented", said)
    assert named
    assert abs(int(named[1]) - share) < 1, "rounded so that all shares add up to 100"
    plt.close(ax.figure)


@pytest.mark.slow
def test_chart_describes_itself_in_the_words_of_its_title_in_every_form(charts, tmp_path):
    chart = charts["handover"]()
    said = describe_chart(chart)
    assert said.startswith(title_of(chart))
    html = chart._repr_html_()
    assert html.startswith(f'<img alt="{said}"'.replace("'", "&#x27;"))
    assert not plt.fignum_exists(chart.figure.number), "a notebook would show it twice"
    svg, png = save_chart(charts["handover"](), tmp_path / "chart")
    assert said.replace("'", "&#x27;") in svg.read_text()
    assert said.encode() in png.read_bytes()


@pytest.mark.slow
def test_alternative_text_is_escaped_and_the_same_chart_gives_the_same_svg(small_model, tmp_path):
    for name in ("one", "two"):
        chart = plot_distribution(duty_distribution(small_model), title='Says "more" & less')
        svg, png = save_chart(chart, tmp_path / name)
        assert not plt.fignum_exists(chart.figure.number)
    assert 'aria-label="Says &quot;more&quot; &amp; less' in svg.read_text()
    assert b'Says "more" & less' in png.read_bytes()
    assert svg.read_bytes() == (tmp_path / "one.svg").read_bytes()


# bars


def test_bars_are_as_long_as_the_counts_are_labelled_and_read_downwards(ax, small_model):
    counts = duty_distribution(small_model)
    plot_distribution(counts, share=False, ax=ax)
    assert sum(bar.get_width() for bar in list_bars(ax)) == counts.to_numpy().sum()
    assert {"3", "1"} <= set(texts(ax))
    assert "0" not in texts(ax)
    assert ax.get_xlim()[0] == 0
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Hosted", "Rented"]
    assert ax.yaxis_inverted()


def test_defaults_and_proposals_are_paler_and_each_part_of_a_bar_has_its_mark(shipped_model):
    counts = duty_distribution(shipped_model)
    ax = plot_distribution(counts, share=False)
    expected = find_marks(shipped_model).value_counts()
    assert add_widths(ax)["pale_color"] == expected[["default", "proposed"]].sum()
    assert sum(add_widths(ax).values()) == len(shipped_model)
    plt.close(ax.figure)
    ax = plot_distribution(counts)
    marked = {line.get_gid() for line in ax.lines}
    assert {"documented", "derived", "stated", "proposed"} <= marked
    key = [text.get_text() for text in ax.get_legend().get_texts()]
    assert key[-5:] == ["documented", "derived", "stated by AWS", "paler: default", "proposed"]
    assert [label.get_text() for label in ax.get_yticklabels()] == CATEGORIES
    plt.close(ax.figure)


@pytest.mark.slow
def test_parts_follow_counts_that_were_sorted_and_are_not_drawn_once_they_were_changed(
    shipped_model, control_summary
):
    for counts in (duty_distribution(shipped_model), control_distribution(control_summary)):
        assert split_by_mark(counts.iloc[::-1].head(3)) != {}
        assert split_by_mark(counts * 2) == {}
        assert split_by_mark(counts.rename(index=str.upper)) == {}


def test_basis_of_a_frame_can_be_written_as_parquet(shipped_model, tmp_path):
    counts = duty_distribution(shipped_model).astype("int64")
    counts.index, counts.columns = counts.index.astype("str"), counts.columns.astype("str")
    counts.to_parquet(tmp_path / "counts.parquet")
    assert pd.read_parquet(tmp_path / "counts.parquet").attrs == counts.attrs
    assert pd.concat([counts, counts]).attrs == counts.attrs


@pytest.mark.slow
@pytest.mark.parametrize("share", [True, False])
def test_rows_are_sorted_by_what_is_drawn(ax, shipped_model, share):
    counts = duty_distribution(shipped_model, "product_group")
    drawn = counts["Customer"] / counts.sum(axis="columns") if share else counts["Customer"]
    plot_distribution(counts, share=share, ax=ax)
    names = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert drawn[names].is_monotonic_decreasing


@pytest.mark.slow
def test_controls_are_divided_by_the_weakest_basis(control_summary):
    counts = control_distribution(control_summary)
    ax = plot_controls(counts)
    widths, marks = add_widths(ax), control_summary["mark"].value_counts()
    assert sum(widths.values()) == len(control_summary)
    assert widths["other"] == counts["organisation"].sum()
    assert widths["pale_color"] == marks[["default", "proposed"]].sum()
    key = [text.get_text() for text in ax.get_legend().get_texts()]
    assert {"paler: default", "the organisation's own"} <= set(key)
    share = f"{control_summary['documented'].sum() / control_summary['cells'].sum():.0%}"
    assert f"cells behind the controls, {share.replace('%', ' %')} are" in describe_chart(ax)
    plt.close(ax.figure)


def test_many_bars_are_refused_with_what_to_draw_and_top_draws_the_first(ax, shipped_model):
    counts = duty_distribution(shipped_model, "offering")
    with pytest.raises(FrameError, match=r"at most 60 bars; this frame has \d+ rows: draw the first"):
        plot_distribution(counts, ax=ax)
    plot_distribution(counts, top=5, ax=ax)
    assert len(ax.get_yticklabels()) == 5


def test_rows_of_different_totals_are_drawn_as_shares_and_only_a_whole_is_100_percent(ax):
    counts = pd.DataFrame({"AWS": [199, 3], "Shared": [0, 0], "Customer": [1, 0]}, index=["x", "y"])
    plot_distribution(counts, ax=ax)
    assert {"99 % (199)", "100 % (3)"} <= set(texts(ax))
    assert ax.get_xlabel() == "Share of duties, %"


@pytest.mark.slow
def test_plots_take_the_model_itself(shipped_model, some):
    for plot, build in [
        (plot_matrix, responsibility_matrix), (plot_distribution, duty_distribution),
        (plot_actions, action_distribution), (plot_stack, layer_stack), (plot_spread, list_spread),
    ]:  # fmt: skip
        ax, other = plot(some), plot(build(some))
        assert describe_chart(ax) == describe_chart(other)
        plt.close("all")


def test_titles_have_two_lines_at_most_and_the_alternative_text_has_all_of_a_title(ax):
    counts = pd.DataFrame({"AWS": [1], "Shared": [1], "Customer": [1]}, index=["x"])
    title = " ".join(["A sentence that is far too long for a chart"] * 9)
    plot_distribution(counts, title=title, ax=ax)
    assert ax.get_title(loc="left").count("\n") == 1
    assert ax.get_title(loc="left").endswith("\u2026")
    assert describe_chart(ax).startswith(title)


# matrices


def test_matrix_has_a_letter_and_the_code_colour_in_every_cell(ax, small_model):
    plot_matrix(
        responsibility_matrix(small_model),
        row_groups=group_labels(small_model, "offering", "product_group"),
        column_groups=group_labels(small_model, "duty", "layer"),
        title="Ours",
        ax=ax,
    )
    assert list_letters(ax) == {"C": 4, "A": 3, "S": 1, "–": 1}
    codes = read_table("responsibilities").set_index("responsibility")
    assert list_fills(ax).count(codes.loc["Customer", "pale_color"]) == 4, "all of them are defaults"
    assert ax.get_title(loc="left") == "Ours"
    # groups are named, set apart, and shaded behind their names
    assert {"Basics", "Arts", "Cloud", "Data"} <= set(texts(ax))
    assert ax.get_xticks()[2] - ax.get_xticks()[1] > 1
    headers = [patch for patch in ax.patches if to_hex(patch.get_facecolor()) == PAPER.lower()]
    assert headers
    assert not any(patch.get_clip_on() for patch in headers)


@pytest.mark.slow
def test_cells_are_marked_by_their_basis(some):
    expected = find_marks(some).value_counts()
    for ax in (
        plot_matrix(responsibility_matrix(some)),
        plot_matrix(responsibility_matrix(some, "duty", "offering")),
        plot_stacks(layer_stack(some)),
    ):
        marks = {line.get_gid(): line for line in ax.lines}
        for mark, sign in list_marks()["mark"].items():
            assert (len(marks[mark].get_xdata()) if mark in marks else 0) == (
                expected[mark] if sign else 0
            )
        plt.close(ax.figure)


def test_basis_follows_a_matrix_that_was_turned_sorted_and_shortened(some):
    matrix = responsibility_matrix(some)
    assert find_cell_marks(matrix.T) == [
        list(column) for column in zip(*find_cell_marks(matrix), strict=True)
    ]
    assert find_cell_marks(matrix.iloc[::-1, 3:5]) == [
        row[3:5] for row in find_cell_marks(matrix)[::-1]
    ]
    assert find_cell_marks(matrix.rename(columns=str.upper)) == []


def test_cell_of_a_service_is_as_good_as_its_weakest_answer(some):
    cells = some[some["service_id"] == "ecs"]
    weakest = find_marks(cells).groupby(cells["duty"], observed=True).agg("max").tolist()
    assert find_cell_marks(responsibility_matrix(cells, "service")) == [weakest]


def test_axes_without_room_for_a_chart_are_refused_with_what_to_do(ax, shipped_model):
    with pytest.raises(FrameError, match="without ax it has a figure of its own size"):
        plot_matrix(shipped_model, ax=ax)


@pytest.mark.slow
def test_matrix_of_all_offerings_is_drawn_in_about_a_second(shipped_model):
    matrix = responsibility_matrix(shipped_model)
    plot_matrix(matrix.iloc[:2])  # imports and fonts
    started = time.process_time()
    ax = plot_matrix(matrix)
    assert time.process_time() - started < 2  # one of the two processors may be busy
    assert len(ax.patches) + len(ax.lines) + len(ax.collections) < 20
    plt.close("all")


# stacks


def test_stack_names_every_duty_and_splits_only_those_that_differ(ax, tables):
    plot_stack(layer_stack(build_category_model(tables)), ax=ax)
    words = texts(ax)
    assert {"Hardware", "Patching", "Backup"} <= set(words)
    assert words.index("Customer: security in the cloud") < words.index("AWS: security of the cloud")
    assert "Split tiles, from left to right: Hosted | Rented" in words
    assert [word for word in words if word in {"A", "S", "C"}] == ["C", "S", "C", "C", "A"]
    assert ax.get_title(loc="left").startswith("2 of 3 duties move")


def test_stack_of_many_offerings_counts_the_answers_of_each_duty(ax, tables, small_model):
    one = small_model[small_model["offering_id"] == "run-far"]
    many = pd.concat([one.assign(offering=f"Way {number}") for number in range(9)])
    is_other = (many["duty"] == "Patching") & many["offering"].isin(["Way 3", "Way 7"])
    many.loc[is_other, "responsibility"] = "Customer"
    plot_stack(layer_stack(many), ax=ax, tables=tables)
    assert ax.get_title(loc="left") == "9 offerings differ in 1 of 3 duties: Patching"
    words = texts(ax)
    assert {"C 2", "Bars: for how many of 9 offerings each party is responsible"} <= set(words)
    counted = [int(word.split()[1]) for word in words if re.fullmatch(r"[ASC–] \d+", word)]
    assert sum(counted) == 27


def test_stacks_stand_side_by_side_with_every_answer(ax, small_model):
    plot_stacks(layer_stack(small_model), ax=ax)
    words = texts(ax)
    assert words.count("Customer") + words.count("AWS") + words.count("Shared") == 3 * 3 - 1
    assert "1 yours · 0 shared" in words
    assert {"Run far", "Paint"} <= {label.get_text() for label in ax.get_xticklabels()}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Patching", "Backup", "Hardware"]
    assert title_of(ax).startswith("What is left for you alone, of 3 duties: ")


# steps, moves, spread


def test_ladder_names_what_is_handed_over_at_each_step(ax, tables):
    ladder = handover_steps(build_category_model(tables))
    plot_handover(ladder, ax=ax)
    said = " ".join(texts(ax)).replace("\n", " ")
    assert all(duty in said for duties in ladder["handed_over"] for duty in duties)
    heights = [bar.get_height() for bar in list_bars(ax)]
    assert sum(heights) == ladder[["AWS", "Shared", "Customer"]].to_numpy().sum()


def test_moves_name_both_answers_and_how_often(ax):
    changes = pd.DataFrame(
        [("AWS", "Shared", "data"), ("Shared", "Customer", "data"), ("AWS", "Shared", "decision")],
        columns=["from", "to", "why"],
    )
    plot_moves(move_counts(changes), ax=ax)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["AWS \u2192 Shared", "Shared \u2192 Customer"]
    assert {"2", "1"} <= set(texts(ax))
    assert ax.get_title(loc="left") == "3 cells moved: 3 towards the customer"


def test_spread_has_a_dot_per_offering_and_names_those_that_stand_out(ax):
    rows = [("x", f"o{number}", 7, 20, 20 * (number % 2), 7.0, False) for number in range(9)]
    rows.append(("x", "loner", 1, 20, 0, 7.0, True))
    columns = ["group", "offering", "duties", "applicable", "documented", "median", "stands_out"]
    plot_spread(pd.DataFrame(rows, columns=columns), ax=ax)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert sum(len(line.get_xdata()) for line in dots) == 10
    assert any("Fewest: loner 1." in text for text in texts(ax))


# the caller's figure and style


def test_chart_makes_a_figure_of_its_own_if_no_axes_are_given_and_leaves_the_style(ax, small_model):
    plt.sca(ax)
    before = dict(plt.rcParams)
    own = plot_distribution(duty_distribution(small_model))
    assert own.figure is plt.gcf() is not ax.figure
    assert dict(plt.rcParams) == before
    plt.close(own.figure)


def read_corners(figure: Figure, **settings) -> list[list[float]]:
    """Save a figure, and return the colours of its two lower corners, each with its opacity."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=30, **settings)
    buffer.seek(0)
    pixels = plt.imread(buffer)
    return [pixels[-2, place].tolist() for place in (1, -2)]


@pytest.mark.slow
def test_dark_style_leaves_its_own_axes_dark_and_gives_a_chart_a_white_background(small_model):
    with plt.style.context("dark_background"):
        figure, (_, right) = plt.subplots(1, 2)
        plot_distribution(duty_distribution(small_model), ax=right)
        assert read_corners(figure) == [[0, 0, 0, 1], [1, 1, 1, 1]]
    plt.close(figure)
    with plt.rc_context({"figure.facecolor": to_hex([PALE] * 3)}):  # on which the ink can be read
        chart = plot_distribution(duty_distribution(small_model))
    assert read_corners(chart.figure, transparent=True)[0][3] == 0
    plt.close(chart.figure)


@pytest.mark.parametrize("plot", [plot_distribution, plot_matrix, plot_stack, plot_stacks])
def test_dollar_signs_in_names_are_drawn_as_they_are(ax, small_model, plot):
    names = small_model["offering"].cat.rename_categories(lambda name: rf"{name} $\foo$ team")
    model = small_model.assign(offering=names)
    if plot is plot_distribution:
        plot(duty_distribution(model, "offering"), ax=ax)
    elif plot is plot_matrix:
        plot(responsibility_matrix(model), ax=ax)
    else:
        plot(layer_stack(model[model["offering_id"] == "paint"]), ax=ax)
    ax.figure.draw_without_rendering()  # mathematics would end in an error
    written = [text for text in ax.figure.findobj(Text) if "$" in text.get_text()]
    assert written
    assert not any(text.get_parse_math() for text in written)
