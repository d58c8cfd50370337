"""Charts, asked through their artists: what is drawn, labelled and said."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from srm_data.charts import plot_distribution, plot_matrix, plot_ranking, plot_stack
from srm_data.load import read_table
from srm_data.matrix import (
    duty_distribution,
    groups_of,
    rank_customer_duties,
    responsibility_matrix,
    stack_layers,
)
from srm_data.model import build_category_model, build_model
from srm_data.present import embed_chart


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def fills(ax: Axes) -> list[str]:
    return [to_hex(p.get_facecolor()).upper() for p in ax.patches if isinstance(p, Rectangle)]


def test_bars_are_as_long_as_the_counts_and_labelled_with_them(ax, tables):
    counts = duty_distribution(build_model(tables))
    plot_distribution(counts, ax=ax)
    widths = [bar.get_width() for container in ax.containers for bar in container]
    assert sum(widths) == counts.sum().sum()
    assert {"3", "1"} <= set(texts(ax))
    assert "0" not in texts(ax)


def test_shares_fill_every_row_and_keep_the_count(ax, tables):
    plot_distribution(duty_distribution(build_model(tables)), share=True, ax=ax)
    assert sum(container[0].get_width() for container in ax.containers) == pytest.approx(100)
    assert "50 % (3)" in texts(ax)
    assert ax.get_xlim() == (0, 100)


def test_bars_begin_at_zero_and_rows_read_downwards(ax, tables):
    plot_distribution(duty_distribution(build_model(tables)), ax=ax)
    assert ax.get_xlim()[0] == 0
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Hosted", "Rented"]
    assert ax.yaxis_inverted()


def test_ranking_puts_the_customer_at_the_left(ax, tables):
    plot_ranking(rank_customer_duties(build_model(tables)), ax=ax)
    assert [c.get_label() for c in ax.containers] == ["Customer", "Shared", "AWS", "Not applicable"]


def test_matrix_has_a_letter_and_the_code_colour_in_every_cell(ax, tables):
    plot_matrix(responsibility_matrix(build_model(tables)), ax=ax)
    assert texts(ax)[:9] == ["C", "C", "C", "A", "A", "C", "A", "S", "–"]
    colors = read_table("responsibilities").set_index("responsibility")["color"]
    assert fills(ax).count(colors["Customer"]) == 4


def test_matrix_cell_with_two_answers_is_drawn_in_two_parts(ax, tables):
    plot_matrix(responsibility_matrix(build_model(tables), "service"), ax=ax)
    assert "A/C" in texts(ax)
    assert len(fills(ax)) == 2 * 3 + 2


def test_groups_of_the_matrix_are_named_and_set_apart(ax, tables):
    model = build_model(tables)
    plot_matrix(
        responsibility_matrix(model),
        row_groups=groups_of(model, "offering", "product_group"),
        column_groups=groups_of(model, "duty", "layer"),
        ax=ax,
    )
    assert {"Basics", "Arts", "Cloud", "Data"} <= set(texts(ax))
    assert ax.get_yticks()[2] - ax.get_yticks()[1] > 1


def test_stack_names_every_duty_and_both_sides(ax, tables):
    plot_stack(stack_layers(build_category_model(tables)), ax=ax)
    words = texts(ax)
    assert {"Hardware", "Patching", "Backup"} <= set(words)
    assert words.index("Customer: security in the cloud") < words.index("AWS: security of the cloud")
    assert any(word.endswith("Hosted  |  Rented") for word in words)


def test_stack_splits_only_the_duties_that_differ(ax, tables):
    plot_stack(stack_layers(build_category_model(tables)), ax=ax)
    letters = [word for word in texts(ax) if word in {"A", "S", "C"}]
    assert letters == ["C", "S", "C", "C", "A"]


@pytest.mark.parametrize("name", ["", "Run far"])
def test_title_says_what_the_stack_shows(ax, tables, name):
    model = build_model(tables)
    part = model[model["offering_id"] == "run-far"]
    plot_stack(stack_layers(part if name else build_category_model(tables)), name=name, ax=ax)
    title = "Run far: 2 AWS's, 1 the customer's" if name else "2 of 3 duties move"
    assert ax.get_title(loc="left").startswith(title)


def test_title_can_be_given(ax, tables):
    plot_matrix(responsibility_matrix(build_model(tables)), title="Ours", ax=ax)
    assert ax.get_title(loc="left") == "Ours"


def test_current_axes_are_used_if_none_are_given(ax, tables):
    plt.sca(ax)
    assert plot_distribution(duty_distribution(build_model(tables))) is ax


def test_legend_names_letter_and_word_of_what_is_shown(ax, tables):
    plot_distribution(duty_distribution(build_category_model(tables)), ax=ax)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["A  AWS", "S  Shared", "C  Customer"]


def test_embedded_chart_keeps_its_alternative_text_and_closes_its_figure(tables):
    figure, ax = plt.subplots()
    plot_distribution(duty_distribution(build_model(tables)), ax=ax)
    html = embed_chart(ax, 'Says "more" & less').data
    assert 'alt="Says &quot;more&quot; &amp; less"' in html
    assert "data:image/png;base64," in html
    assert not plt.fignum_exists(figure.number)


def test_ink_can_be_read_on_every_fill():
    """WCAG 2.1 wants a contrast of 4.5 for text of this size."""

    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    ink = luminance("#1F2A36")
    for color in read_table("responsibilities")["color"]:
        assert (luminance(color) + 0.05) / (ink + 0.05) >= 4.5
