"""Which texts an experiment reads, and the jobs that prepare them (section 3.1, appendix A.1)."""

import shutil
from collections.abc import Iterable
from typing import Any

from ticketscope.config import Config
from ticketscope.corpus import registry
from ticketscope.corpus.settings import PlainFiles, Source
from ticketscope.corpus.sources import Part, side
from ticketscope.errors import InputError
from ticketscope.plan.paths import SOURCES, Paths
from ticketscope.runtime.files import require_file

TOY_SPLITS = ["train", "valid", "test", "unseen"]

# What the model and its tickets depend on; the others are only translated.
MAIN_SPLITS = ["train", "valid", "test"]


class TextJobs:
    """The splits and what each is joined from.

    Attributes:
        splits: Splits of the corpus; the grammar's has a fourth, of words that never met in train.
            With tickets trained elsewhere there may be no train text.
        main: Those of train, valid and test; BPE and dictionaries are made with them.
        further: The others, prepared one by one, so that one more touches no ticket.
        tests: Those that are translated and scored beside the one of `decoding.split`.
        languages: Source and target.
        dictionaries: fairseq's dictionaries of tickets trained elsewhere; else none.
        pretokenized: Splits whose text comes as subwords -> the archive and member of its merges.

    Raises:
        InputError: an unknown source, a split that it lacks, a file that does not exist.
    """

    def __init__(self, config: Config, paths: Paths) -> None:
        self._config, self._paths = config, paths
        self.languages = [config.languages.source, config.languages.target]
        splits = TOY_SPLITS[: 4 if self.sources("test") == [registry.TOY] else 3]
        splits += [name for name in config.corpus.tests if name not in splits]
        self.splits = [split for split in splits if self.sources(split)]
        external = config.external_tickets
        self.main = [split for split in self.splits if split in MAIN_SPLITS]
        self.further = [split for split in self.splits if split not in MAIN_SPLITS]
        self.tests = list(config.corpus.tests)
        self.dictionaries = [str(path) for path in external.dictionaries(config.languages)]
        # Joining reads no text.
        if not config.joined:
            self._check()
        self.pretokenized = self._pretokenized()

    def sources(self, split: str) -> list[Source]:
        """The texts that a split is joined from."""
        return self._config.corpus.texts(split)

    def public(self, splits: Iterable[str]) -> list[str]:
        """Names of the registry's texts in those splits."""
        texts = [text for split in splits for text in self.sources(split)]
        return [text for text in texts if isinstance(text, str) and text != registry.TOY]

    def manifests(self, splits: Iterable[str]) -> list[str]:
        """Manifests of the public texts in those splits; each text's files lie beside its own."""
        return [f"{SOURCES}/{name}.json" for name in self.public(splits)]

    def files(self, split: str) -> list[str]:
        """Files of the user and of the grammar in a split: source, target, source, ..."""
        files = []
        for text in self.sources(split):
            if isinstance(text, PlainFiles):
                files += [text.src, text.tgt]
            elif text == registry.TOY:
                files += [f"{self._paths.toy}/{split}.{language}" for language in self.languages]
        return files

    def settings(self, split: str) -> dict[str, Any]:
        """Where each side of a split's texts lies, and how many pairs are used.

        A path is given where a manifest stands for the file; the others are those of `files`.
        """
        public = self._public_split(split)
        parts = []
        for text in self.sources(split):
            sides = [side(text, public, language, SOURCES) for language in self.languages]
            part = Part(sides=sides, held_out={}, at_most=None)
            if isinstance(text, str) and text != registry.TOY:
                part["held_out"] = registry.find(text).held_out
                part["at_most"] = self._config.corpus.pairs.get(text)
            parts.append(part)
        limit = self._config.corpus.limit if split == "train" else None
        return {"parts": parts, "split": public, "limit": limit}

    @staticmethod
    def _public_split(split: str) -> str:
        """The split that is taken from a public text."""
        return split if split in MAIN_SPLITS else "test"

    def train_subwords(self, language: str) -> list[str]:
        """A side of the train text in subwords; there may be none (see `splits`)."""
        return [f"{self._paths.bpe}/train.{language}"] if "train" in self.splits else []

    def derivations(self, split: str) -> list[str]:
        """The grammar's annotation of a split, if its text is the grammar's alone."""
        if self.sources(split) != [registry.TOY]:
            return []
        return [f"{self._paths.toy}/{split}.derivations.jsonl.gz"]

    def _pretokenized(self) -> dict[str, str]:
        archives = {}
        for split in MAIN_SPLITS:
            for name in self.public([split]):
                source = registry.find(name)
                if source.pretokenized:
                    path = registry.side(name, split, self.languages[0]).path
                    archives[split] = f"{SOURCES}/{path}:{source.codes}"
        return archives

    def _check(self) -> None:
        """Report what is wrong with the corpus now, not after an hour."""
        config, source, target = self._config, *self.languages
        keys = {split: f"corpus.{split}" for split in MAIN_SPLITS}
        keys |= {name: f"corpus.tests.{name}" for name in config.corpus.tests}
        for split, key in keys.items():
            for text in self.sources(split):
                if isinstance(text, PlainFiles):
                    require_file(text.src, f"config error: {key}")
                    require_file(text.tgt, f"config error: {key}")
                    if text.src == text.tgt:
                        raise InputError(f"config error: {key}: src and tgt are the same file")
                elif text == registry.TOY and (source, target) != ("en", "de"):
                    raise InputError(
                        f"config error: {key}: toy is English to German, languages are "
                        f"{source} and {target}"
                    )
                elif text == registry.TOY and split in config.corpus.tests and split != "unseen":
                    raise InputError(f"config error: {key}: the grammar's further text is `unseen`")
                elif text != registry.TOY:
                    for language in self.languages:
                        _in_registry(key, text, self._public_split(split), language)
        for name in config.corpus.pairs:
            if name not in self.public(keys):
                raise InputError(f"config error: corpus.pairs: no split uses a public text {name}")
        for name, labels in config.similarity.labels.items():
            if isinstance(labels, str):
                require_file(labels, f"config error: similarity.labels.{name}")
            else:
                _require_command(labels[0], f"config error: similarity.labels.{name}")
        for name, path in config.representations.texts.items():
            require_file(path, f"config error: representations.texts.{name}")
        config.external_tickets.check_files(config.languages)
        if config.scoring.comet is not None:
            require_file(config.scoring.comet.model, "config error: scoring.comet.model")
            _require_command(config.scoring.comet.command, "config error: scoring.comet.command")
        if config.subwords.codes is not None:
            require_file(config.subwords.codes, "config error: subwords.codes")
        if config.subwords.tokenizer == "sentencepiece" and self._pretokenized():
            raise InputError(
                "config error: subwords.tokenizer: is sentencepiece, but a text of the corpus is "
                "already in BPE subwords"
            )
        if config.decoding.split == "unseen" and self.sources("test") != [registry.TOY]:
            raise InputError("config error: decoding.split: unseen needs corpus.test: toy")


def _require_command(name: str, key: str) -> None:
    if shutil.which(name) is None:
        raise InputError(f"{key}: there is no program {name}: install it, or give its path")


def _in_registry(key: str, name: str, split: str, language: str) -> None:
    try:
        registry.side(name, split, language)
    except InputError as error:
        raise InputError(f"config error: {key}: {error}") from None
