"""What a figure says."""

from matplotlib.figure import Figure


def caption(figure: Figure) -> str:
    """The text below it, in one line."""
    return " ".join(figure._supxlabel.get_text().split())


def legend(figure: Figure) -> list[str]:
    """The names in its legends."""
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def words(figure: Figure) -> list[str]:
    """What is written in its panels."""
    return [text.get_text() for axes in figure.axes for text in axes.texts]
