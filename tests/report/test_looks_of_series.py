"""A series has one look in all figures of an experiment, and no other series has it."""

from types import SimpleNamespace

from matplotlib.colors import to_hex, to_rgb

from tests.behaviour.made_up import erasure_rows
from ticketscope.report.figures import erasure, forms, style
from ticketscope.report.figures.plot import save_all

SERIES = ["dense", "magnitude", "random", "control", "shuffled", "reordered"]


def look(series, names):
    return tuple(forms.look_of(series, names).values())


def test_no_two_series_look_alike():
    names = [*SERIES, *(f"mine{number}" for number in range(18))]
    assert len({look(name, names) for name in names}) == len(names)


def test_every_series_can_be_seen_on_white_paper():
    for colour in (*style.COLOURS.values(), *style.OTHER_COLOURS):
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in to_rgb(colour)
        )
        # As the Web Content Accessibility Guidelines define contrast; yellow has 1.3.
        luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert 1.05 / (luminance + 0.05) > 2


def test_a_figure_without_some_series_changes_no_look():
    alone = look("reordered", ["magnitude", "reordered"])
    with style.experiment(SERIES):
        assert look("reordered", ["magnitude", "reordered"]) == look("reordered", SERIES) != alone
    assert look("reordered", ["magnitude", "reordered"]) == alone


def test_saved_figures_are_of_the_experiment_that_is_named(tmp_path):
    rows = erasure_rows((1, 2, 3)).replace({"series": {"random": "reordered"}})
    pictures = {}
    for name, series in (("all", SERIES), ("some", [])):
        files = {end: [str(tmp_path / f"{name}.{end}")] for end in ("svg", "pdf", "csv")}
        save_all(
            erasure.plots(),
            erasure.Tables(rows),
            SimpleNamespace(**files),
            figures=["erasure"],
            series=series,
        )
        pictures[name] = (tmp_path / f"{name}.svg").read_text().lower()
    first, second = (to_hex(colour) for colour in style.OTHER_COLOURS[:2])
    assert first not in pictures["all"] and second in pictures["all"]
    assert first in pictures["some"] and second not in pictures["some"]
