"""What connects a training with the job that runs it: lines for `tickets.watch`, and SIGTERM."""

from typing import Any

from fairseq.data.iterators import EpochBatchIterator
from fairseq.tasks import FairseqTask

from ticketscope.runtime.startup import start_up
from ticketscope.tickets.fairseq_plugin.interruption import save_on_sigterm
from ticketscope.tickets.watch import BATCHES, LEFT_OUT, OUT_OF_MEMORY
from ticketscope.upstream.fairseq_memory import exit_when_full


class WatchedTask(FairseqTask):
    """Mixin: it computes the same, and prints what `tickets.watch` reads.

    Each line is one write, because the processes of a training print into one stream.
    """

    _begun = False

    def get_batch_iterator(
        self, dataset: Any, *arguments: Any, **options: Any
    ) -> EpochBatchIterator:
        """The same; prints how many batches an epoch has."""
        known = self.dataset_to_epoch_iter.get(dataset)
        iterator = super().get_batch_iterator(dataset, *arguments, **options)
        if iterator is not known:
            print(f"{BATCHES}{len(iterator)}\n", end="", flush=True)
        return iterator

    def filter_indices_by_size(
        self, indices: Any, dataset: Any, *arguments: Any, **options: Any
    ) -> Any:
        """The same; prints how many pairs are too long, which fairseq leaves out."""
        kept = super().filter_indices_by_size(indices, dataset, *arguments, **options)
        if len(kept) < len(indices):
            counts = (len(indices) - len(kept), len(indices), int(dataset.sizes.max()))
            print(f"{LEFT_OUT}{' '.join(map(str, counts))}\n", end="", flush=True)
        return kept

    def begin_epoch(self, epoch: int, model: Any) -> None:
        """The same; the first prints what the start cost."""
        super().begin_epoch(epoch, model)
        save_on_sigterm()
        if not self._begun:
            self._begun = True
            print(f"{start_up()}\n", end="", flush=True)

    def train_step(  # type: ignore[no-untyped-def]
        self, sample, model, criterion, optimizer, update_num, ignore_grad=False
    ):
        """The same.

        Raises:
            SystemExit: the device's memory is full.
        """
        with exit_when_full(f"{OUT_OF_MEMORY}{update_num}"):
            return super().train_step(
                sample, model, criterion, optimizer, update_num, ignore_grad=ignore_grad
            )
