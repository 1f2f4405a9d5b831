"""How large an experiment is: numbers that follow from its plan alone."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ticketscope.behaviour.contrast_sets import files_of
from ticketscope.config import Config
from ticketscope.corpus.registry import TOY
from ticketscope.corpus.settings import PlainFiles, Source
from ticketscope.plan.experiment import Plan
from ticketscope.plan.measured import Measured, measure
from ticketscope.plan.task_sizes import TaskSize, task_sizes
from ticketscope.tickets.fairseq_options import sizes

_LAYERS = 6  # of fairseq's encoders and decoders where the config says nothing
# Public texts: lines of train (else of the only split), subwords of a line with its end.
# Multi30k: counted; WMT: the paper's 4.5 M pairs, and 28 is a guess from newstest's words.
_NEWSTEST = (2_700, 25.0)  # 2,000 to 3,000, by year
_KNOWN = {
    "multi30k": (29_000, 17.6),
    "tatoeba": (170_000, 12.0),
    "wmt16_en_de": (4_500_000, 28.0),
}
_HELD_OUT_LINES = 1_000  # of a known text's valid or test, where that is a split of its own
_TOY_SUBWORDS = 11.1  # tables/corpus.csv of the default experiment, and the end of the line
_BYTES_PER_LINE, _GZIP = 140, 3  # newstest2013: 129 in German
_OTHER_SUBWORDS = 28.0
_TOY_PHENOMENA = 15


@dataclass(frozen=True)
class Side:
    """The encoder or the decoder."""

    dim: int
    ffn: int
    layers: int
    heads: int

    def parameters(self, attentions: int) -> int:
        """Weights and biases, with so many attention blocks a layer."""
        attention = 4 * (self.dim**2 + self.dim)
        feed_forward = 2 * self.dim * self.ffn + self.dim + self.ffn
        norms = (attentions + 1) * 2 * self.dim
        return self.layers * (attentions * attention + feed_forward + norms)


@dataclass(frozen=True)
class Scale:
    """An experiment in numbers."""

    plan: Plan

    @property
    def config(self) -> Config:
        return self.plan.config

    @cached_property
    def measured(self) -> Measured | None:
        """What the trainings that are finished took."""
        return measure(self.plan)

    @cached_property
    def encoder(self) -> Side:
        return self._side("encoder")

    @cached_property
    def decoder(self) -> Side:
        return self._side("decoder")

    @cached_property
    def parameters(self) -> int:
        """Of the whole model; positions are sinusoids and have none."""
        shared = self.config.model.overrides.get("share-all-embeddings", False)
        embeddings = self.vocabulary * self.encoder.dim * (1 if shared else 3)
        return self.encoder.parameters(1) + self.decoder.parameters(2) + embeddings

    @property
    def weights(self) -> float:
        """The model's parameters in float32, MB."""
        return 4 * self.parameters / 1e6

    @property
    def checkpoint(self) -> float:
        """A fairseq checkpoint, MB: weights and Adam's two moments in float32."""
        return 3 * self.weights

    @cached_property
    def vocabulary(self) -> int:
        """Types of the joined dictionary, about; of the larger one of tickets trained elsewhere."""
        if given := self.plan.texts.dictionaries:
            return max(Path(path).read_bytes().count(b"\n") for path in given)
        subwords = self.config.subwords
        return subwords.dictionary or subwords.size

    @cached_property
    def contrasts(self) -> int:
        """Contrastive pairs of all sets, about: by the bytes of their sentences."""
        pairs = 0
        for entry in self.plan.behaviour.sets.values():
            if entry == TOY:
                pairs += _TOY_PHENOMENA * self.config.behaviour.items
            else:
                needed = files_of(entry)
                sizes = [(file.bytes or 0) * _packed(Path(file.path)) for file in needed.public]
                sizes += [_size(Path(path)) for path in needed.paths]
                pairs += max(1, sum(sizes) // (3 * _BYTES_PER_LINE))
        return pairs

    @cached_property
    def train_pairs(self) -> int:
        pairs = sum(lines for lines, _ in self._texts("train"))
        return min(pairs, self.config.corpus.limit or pairs)

    @cached_property
    def train_subwords(self) -> int:
        """Of the target side, ends of lines included, in an epoch."""
        texts = self._texts("train")
        if not texts:  # tickets trained elsewhere
            return 0
        mean = sum(lines * length for lines, length in texts) / sum(lines for lines, _ in texts)
        return int(self.train_pairs * mean)

    @cached_property
    def tasks(self) -> dict[str, TaskSize]:
        """The probing tasks by id."""
        return task_sizes(self.config.probing, self.plan.probing.tasks)

    def lines(self, split: str) -> int:
        return sum(lines for lines, _ in self._texts(split))

    def subwords(self, split: str) -> int:
        """Of one side of a split."""
        return int(sum(lines * length for lines, length in self._texts(split)))

    def own_text(self, name: str) -> tuple[int, float]:
        """Lines of a text of `representations.texts`, and subwords of a line."""
        return _file(Path(self.config.representations.texts[name]))

    def _side(self, side: str) -> Side:
        model = self.config.model
        has = sizes(model.arch, model.overrides)
        return Side(
            dim=has[f"{side}-embed-dim"],
            ffn=has[f"{side}-ffn-embed-dim"],
            layers=int(model.overrides.get(f"{side}-layers") or _LAYERS),
            heads=has[f"{side}-attention-heads"],
        )

    def _texts(self, split: str) -> list[tuple[int, float]]:
        at_most = self.config.corpus.pairs
        texts = []
        for text in self.plan.texts.sources(split):
            lines, length = self._text(text, split)
            drawn = at_most.get(text, lines) if isinstance(text, str) else lines
            texts.append((min(lines, drawn), length))
        return texts

    def _text(self, text: Source, split: str) -> tuple[int, float]:
        if isinstance(text, PlainFiles):
            return _file(Path(text.tgt))
        if text == "toy":
            return getattr(self.config.corpus.toy, split), _TOY_SUBWORDS
        if text.startswith("newstest"):
            return _NEWSTEST
        lines, length = _KNOWN.get(text, (1_000_000, _OTHER_SUBWORDS))
        if split != "train":
            lines = _HELD_OUT_LINES
        return lines, length


def _file(path: Path) -> tuple[int, float]:
    return max(1, _size(path) // _BYTES_PER_LINE), _OTHER_SUBWORDS


def _size(path: Path) -> int:
    """Bytes of a text."""
    return path.stat().st_size * _packed(path)


def _packed(path: Path) -> int:
    """How many bytes one of its bytes stands for, about."""
    return _GZIP if path.suffix == ".gz" else 1
