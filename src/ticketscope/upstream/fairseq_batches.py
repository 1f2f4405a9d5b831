"""Let a training see the same batches whichever epoch its process begins in.

Wrong upstream (ve-fairseq 0.12.3): a process sorts sentences into batches once, with a seed that
counts the epoch in which the process began. A resumed or rewound training sees other batches than
the training that it continues.
Gain: on CPU, a training that was killed ends with the bytes of one that was not.
Other versions: it applies to them too, because without it a ticket would silently depend on its
interruptions; where the seed no longer counts that epoch, it changes nothing.
Can go: when the seed of the batches does not depend on the epoch.
"""

from typing import Any

from fairseq.data.iterators import EpochBatchIterator
from fairseq.tasks import FairseqTask


class SameBatches(FairseqTask):
    """Mixin: batches are those of epoch 1, and each epoch still shuffles them anew."""

    def get_batch_iterator(
        self, dataset: Any, *arguments: Any, epoch: int = 1, **options: Any
    ) -> EpochBatchIterator:
        """The iterator begins in `epoch`, with the batches of epoch 1."""
        known = self.dataset_to_epoch_iter.get(dataset)
        iterator = super().get_batch_iterator(dataset, *arguments, epoch=1, **options)
        if iterator is not known:
            iterator.epoch = max(epoch, 1)
            dataset.set_epoch(iterator.epoch)
        return iterator
