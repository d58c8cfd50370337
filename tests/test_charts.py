"""Charts, asked through their artists: what is drawn, labelled and said."""

import io
import re
from importlib.resources import files

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib import rc_params_from_file
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from srm_data.changes import move_counts
from srm_data.charts.counts import plot_distribution, plot_ranking
from srm_data.charts.matrices import plot_matrix
from srm_data.charts.stacks import plot_stack, plot_stacks
from srm_data.charts.steps import plot_handover, plot_moves
from srm_data.charts.style import INK, PALE, PAPER, SOFT_INK
from srm_data.display import embed_chart, save_chart
from srm_data.exceptions import FrameError
from srm_data.load import read_table
from srm_data.matrix import (
    duty_distribution,
    group_labels,
    handover_steps,
    layer_stack,
    rank_customer_duties,
    responsibility_matrix,
)
from srm_data.model import build_category_model
from tests.plots import list_fills, list_letters


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_bars_are_as_long_as_the_counts_and_labelled_with_them(ax, small_model):
    counts = duty_distribution(small_model)
    plot_distribution(counts, ax=ax)
    widths = [bar.get_width() for container in ax.containers for bar in container]
    assert sum(widths) == counts.sum().sum()
    assert {"3", "1"} <= set(texts(ax))
    assert "0" not in texts(ax)


def test_shares_fill_every_row_and_keep_the_count(ax, small_model):
    plot_distribution(duty_distribution(small_model), share=True, ax=ax)
    assert sum(container[0].get_width() for container in ax.containers) == pytest.approx(100)
    assert "50 % (3)" in texts(ax)
    assert ax.get_xlim() == (0, 100)


def test_bars_begin_at_zero_and_rows_read_downwards(ax, small_model):
    plot_distribution(duty_distribution(small_model), ax=ax)
    assert ax.get_xlim()[0] == 0
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Hosted", "Rented"]
    assert ax.yaxis_inverted()


def test_ranking_puts_the_customer_at_the_left(ax, small_model):
    plot_ranking(rank_customer_duties(small_model), ax=ax)
    drawn = dict.fromkeys(container.get_label() for container in ax.containers)
    assert [*drawn] == ["Customer", "Shared", "AWS", "Not applicable"]


def test_matrix_has_a_letter_and_the_code_colour_in_every_cell(ax, small_model):
    plot_matrix(responsibility_matrix(small_model), ax=ax)
    assert list_letters(ax) == {"C": 4, "A": 3, "S": 1, "–": 1}
    colors = read_table("responsibilities").set_index("responsibility")["color"]
    assert list_fills(ax).count(colors["Customer"]) == 4


def test_matrix_cell_with_two_answers_is_drawn_in_two_parts(ax, small_model):
    plot_matrix(responsibility_matrix(small_model, "service"), ax=ax)
    assert sum(list_letters(ax).values()) == 2 * 3 + 2


def test_groups_of_the_matrix_are_named_and_set_apart(ax, small_model):
    plot_matrix(
        responsibility_matrix(small_model),
        row_groups=group_labels(small_model, "offering", "product_group"),
        column_groups=group_labels(small_model, "duty", "layer"),
        ax=ax,
    )
    assert {"Basics", "Arts", "Cloud", "Data"} <= set(texts(ax))
    assert ax.get_xticks()[2] - ax.get_xticks()[1] > 1


def test_stack_names_every_duty_and_both_sides(ax, tables):
    plot_stack(layer_stack(build_category_model(tables)), ax=ax)
    words = texts(ax)
    assert {"Hardware", "Patching", "Backup"} <= set(words)
    assert words.index("Customer: security in the cloud") < words.index("AWS: security of the cloud")
    assert "Split tiles, from left to right: Hosted | Rented" in words


def test_stack_splits_only_the_duties_that_differ(ax, tables):
    plot_stack(layer_stack(build_category_model(tables)), ax=ax)
    letters = [word for word in texts(ax) if word in {"A", "S", "C"}]
    assert letters == ["C", "S", "C", "C", "A"]


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


def test_stack_of_one_offering_is_titled_with_its_name(ax, tables, small_model):
    part = small_model[small_model["offering_id"] == "run-far"]
    plot_stack(layer_stack(part), ax=ax, tables=tables)
    assert ax.get_title(loc="left").startswith(f"{part['offering'].iloc[0]}: ")


@pytest.mark.parametrize("name", ["", "Run far"])
def test_title_says_what_the_stack_shows(ax, tables, name, small_model):
    part = small_model[small_model["offering_id"] == "run-far"]
    plot_stack(layer_stack(part if name else build_category_model(tables)), name=name, ax=ax)
    title = "Run far: 2 AWS's, 1 the customer's" if name else "2 of 3 duties move"
    assert ax.get_title(loc="left").startswith(title)


def test_title_can_be_given(ax, small_model):
    plot_matrix(responsibility_matrix(small_model), title="Ours", ax=ax)
    assert ax.get_title(loc="left") == "Ours"


def test_chart_makes_a_figure_of_its_own_if_no_axes_are_given(ax, small_model):
    plt.sca(ax)
    own = plot_distribution(duty_distribution(small_model))
    assert own.figure is plt.gcf() is not ax.figure
    plt.close(own.figure)


def test_legend_names_letter_and_word_of_what_is_shown(ax, tables):
    defaults = build_category_model(tables).drop(columns="basis")
    plot_matrix(responsibility_matrix(defaults, "duty", "category"), ax=ax)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["A  AWS", "S  Shared", "C  Customer"]


def test_stacks_stand_side_by_side_and_say_every_answer(ax, small_model):
    plot_stacks(layer_stack(small_model), ax=ax)
    words = texts(ax)
    assert words.count("Customer") + words.count("AWS") + words.count("Shared") == 3 * 3 - 1
    assert {"Run far", "Paint", "1 yours · 0 shared"} <= set(words)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Patching", "Backup", "Hardware"]


def test_title_of_stacks_says_what_is_left_for_the_customer(ax, small_model):
    plot_stacks(layer_stack(small_model), ax=ax)
    title = ax.get_title(loc="left").replace("\n", " ")
    assert title.startswith("What is left for you alone, of 3 duties: ")


def test_ladder_names_what_is_handed_over_at_each_step(ax, tables):
    ladder = handover_steps(build_category_model(tables))
    plot_handover(ladder, ax=ax)
    said = " ".join(texts(ax)).replace("\n", " ")
    for duties in ladder["handed_over"]:
        assert all(duty in said for duty in duties)
    heights = [bar.get_height() for container in ax.containers for bar in container]
    assert sum(heights) == ladder[["AWS", "Shared", "Customer"]].to_numpy().sum()


def test_moves_say_from_whom_to_whom_and_how_often(ax):
    changes = pd.DataFrame(
        [("AWS", "Shared", "data"), ("Shared", "Customer", "data"), ("AWS", "Shared", "decision")],
        columns=["from", "to", "why"],
    )
    plot_moves(move_counts(changes), ax=ax)
    assert [word for word in texts(ax) if word][:6] == ["AWS", "Shared", "2", "Shared", "Customer", "1"]
    assert ax.get_title(loc="left") == "3 cells moved: 3 towards the customer"


def test_moves_of_nothing_say_so(ax):
    plot_moves(move_counts(pd.DataFrame(columns=["from", "to", "why"])), ax=ax)
    assert ax.get_title(loc="left") == "No cell moved"


def test_parties_are_named_in_the_first_bar_in_the_place_of_a_legend(ax):
    counts = pd.DataFrame({"AWS": [3, 1], "Shared": [4, 5], "Customer": [5, 6]}, index=["x", "y"])
    plot_distribution(counts, ax=ax)
    assert {"AWS 3", "Shared 4", "Customer 5"} <= set(texts(ax))
    assert ax.get_legend() is None


def test_style_of_the_caller_is_left_alone(ax, small_model):
    before = dict(plt.rcParams)
    plot_distribution(duty_distribution(small_model), ax=ax)
    assert dict(plt.rcParams) == before


def read_corners(figure: Figure, **settings) -> list[list[float]]:
    """Save a figure, and return the colours of its two lower corners, each with its opacity."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=30, **settings)
    buffer.seek(0)
    pixels = plt.imread(buffer)
    return [pixels[-2, place].tolist() for place in (1, -2)]


BLACK, WHITE = [0, 0, 0, 1], [1, 1, 1, 1]


def test_dark_style_leaves_its_own_axes_dark_and_gives_a_chart_a_white_background(small_model):
    with plt.style.context("dark_background"):
        figure, (_, right) = plt.subplots(1, 2)
        plot_distribution(duty_distribution(small_model), ax=right)
        assert read_corners(figure) == [BLACK, WHITE]
        assert read_corners(figure, transparent=True)[1][3] == 0
        plt.close(figure)


@pytest.mark.parametrize("part", ["figure", "subfigure"])
def test_background_of_a_chart_is_decided_when_it_is_saved(small_model, part):
    figure = plt.figure()
    ax = (figure if part == "figure" else figure.subfigures()).subplots()
    plot_distribution(duty_distribution(small_model), ax=ax)
    assert read_corners(figure, transparent=True)[0][3] == 0
    assert read_corners(figure, facecolor="black") == [WHITE, WHITE]
    pale = read_corners(figure, facecolor="#FDF6E3")[0]
    assert to_hex(pale) == "#fdf6e3"
    plt.close(figure)


def test_ink_can_be_read_on_the_palest_background_that_is_left():
    grey = to_hex([PALE] * 3)
    assert contrast(grey, SOFT_INK) >= 4.5
    assert contrast(grey, INK) >= 4.5


def test_header_of_a_group_is_shaded_behind_its_names(ax, small_model):
    plot_matrix(
        responsibility_matrix(small_model),
        column_groups=group_labels(small_model, "duty", "layer"),
        ax=ax,
    )
    headers = [patch for patch in ax.patches if to_hex(patch.get_facecolor()) == PAPER.lower()]
    assert len(headers) == small_model["layer"].nunique()  # duties are rows
    assert not any(patch.get_clip_on() for patch in headers)


def test_saved_chart_has_its_alternative_text_in_both_files(small_model, tmp_path):
    for name in ("one", "two"):
        figure, ax = plt.subplots()
        plot_distribution(duty_distribution(small_model), ax=ax)
        svg, png = save_chart(ax, tmp_path / name, 'Says "more"')
        assert not plt.fignum_exists(figure.number)
    assert 'aria-label="Says &quot;more&quot;"' in svg.read_text()
    assert b'Says "more"' in png.read_bytes()
    assert svg.read_bytes() == (tmp_path / "one.svg").read_bytes()


def test_embedded_chart_keeps_its_alternative_text_and_closes_its_figure(small_model):
    figure, ax = plt.subplots()
    plot_distribution(duty_distribution(small_model), ax=ax)
    html = embed_chart(ax, 'Says "more" & less').data
    assert 'alt="Says &quot;more&quot; &amp; less"' in html
    assert "data:image/png;base64," in html
    assert not plt.fignum_exists(figure.number)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(fill: str, ink: str) -> float:
    return (luminance(fill) + 0.05) / (luminance(ink) + 0.05)


def test_ink_can_be_read_on_every_fill():
    """WCAG 2.1 wants a contrast of 4.5 for text of this size."""
    for color in read_table("responsibilities")["color"]:
        assert contrast(color, INK) >= 4.5


def test_names_of_towers_are_broken_and_stand_above_them_without_touching(ax, small_model):
    plot_stacks(layer_stack(small_model), ax=ax)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_rotation() == 0]
    for number, box in enumerate(boxes):
        for other in boxes[:number]:
            assert not box.overlaps(other)


def test_texts_are_in_the_font_that_matplotlib_ships_whatever_is_installed(ax, small_model):
    from matplotlib import get_data_path
    from matplotlib.font_manager import findfont

    with plt.rc_context({"font.family": "serif", "font.sans-serif": ["Arial"], "svg.fonttype": "none"}):
        plot_distribution(duty_distribution(small_model), title="Whose?", ax=ax)
    drawn = [text for text in ax.findobj(Text) if text.get_text()]
    assert len(drawn) > 5
    assert {tuple(text.get_fontfamily()) for text in drawn} == {("DejaVu Sans",)}
    assert all(findfont(text.get_fontproperties()).startswith(get_data_path()) for text in drawn)


def test_style_sheet_fixes_what_an_svg_holds():
    path = str(files("srm_data.charts") / "srm.mplstyle")
    style = rc_params_from_file(path, use_default_template=False)
    assert style["font.family"] == ["DejaVu Sans"]
    assert (style["svg.fonttype"], style["svg.hashsalt"]) == ("path", "srm_data")


@pytest.mark.parametrize(
    "plot", [lambda m, ax: plot_distribution(duty_distribution(m, "offering"), ax=ax),
             lambda m, ax: plot_matrix(responsibility_matrix(m), ax=ax),
             lambda m, ax: plot_stack(layer_stack(m[m["offering_id"] == "paint"]), ax=ax),
             lambda m, ax: plot_stacks(layer_stack(m), ax=ax)],
    ids=["distribution", "matrix", "stack", "stacks"],
)  # fmt: skip
def test_dollar_signs_in_names_are_drawn_as_they_are(ax, small_model, plot):
    names = small_model["offering"].cat.rename_categories(lambda name: rf"{name} $\foo$ team")
    model = small_model.assign(offering=names)
    plot(model, ax)
    ax.figure.draw_without_rendering()  # mathematics would end in an error
    written = [text for text in ax.figure.findobj(Text) if "$" in text.get_text()]
    assert written
    assert not any(text.get_parse_math() for text in written)


def test_lists_of_duties_come_back_from_parquet_and_texts_are_refused(ax):
    steps = handover_steps(build_category_model())
    lists = ["handed_over", "handed_back"]
    plot_handover(steps.assign(**{name: steps[name].map(np.array) for name in lists}), ax=ax)
    assert any("Physical security" in text for text in texts(ax))
    with pytest.raises(FrameError, match="column 'handed_over' of this frame has texts"):
        plot_handover(steps.assign(**{name: steps[name].map(str) for name in lists}))
