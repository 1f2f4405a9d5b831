"""Let an epoch's last update count all sentences when some devices have no batch left.

Wrong upstream (ve-fairseq 0.12.3): with several devices an epoch's end may leave some without a
batch. fairseq then forgets how many labels such a device predicted in earlier batches of the same
update, and divides the gradient by too little.
Gain: weights after training on two devices are those of one device, up to rounding.
Other versions: it applies to them too, because without it a gradient would silently be wrong; where
fairseq counts correctly, it adds nothing to any sum.
Can go: when only batches without sentences are left out of an update's counts.
"""

from typing import Any

from fairseq.data.iterators import EpochBatchIterator
from fairseq.tasks import FairseqTask


class NoEmptyBatch(FairseqTask):
    """Mixin: no sentences become a batch in which every label is padding."""

    def get_batch_iterator(
        self, dataset: Any, *arguments: Any, **options: Any
    ) -> EpochBatchIterator:
        """The iterator collates by `_Collater`."""
        iterator = super().get_batch_iterator(dataset, *arguments, **options)
        iterator.collate_fn = _Collater(dataset, self.target_dictionary.pad())
        return iterator


class _Collater:
    """Puts sentences into a batch; a batch of none has a sentence with nothing to predict."""

    def __init__(self, dataset: Any, padding: int) -> None:
        self._dataset, self._padding = dataset, padding

    def __call__(self, sentences: list[Any]) -> dict[str, Any]:
        if sentences:
            return self._dataset.collater(sentences)
        batch = self._dataset.collater([self._dataset[0]])
        batch["target"].fill_(self._padding)
        batch["ntokens"] = 0
        return batch
