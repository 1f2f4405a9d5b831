"""Let rows of the training log average over updates of one epoch only.

Wrong upstream (ve-fairseq 0.12.3): the averages between two rows run on across the end of an epoch,
and a process that resumes there begins them anew.
Gain: rows of a training that resumed at an epoch's end are those of one that was never interrupted.
(In a training that resumed within an epoch, the first row averages from there on.)
Other versions: it applies to them too; where fairseq resets the averages itself, it changes
nothing.
Can go: when fairseq resets them at the end of an epoch.
"""

from typing import Any

from fairseq.logging import metrics
from fairseq.tasks import FairseqTask


class RowsOfOneEpoch(FairseqTask):
    """Mixin: averages between two rows begin anew with each epoch."""

    def begin_epoch(self, epoch: int, model: Any) -> None:
        """Reset them."""
        super().begin_epoch(epoch, model)
        metrics.reset_meters("train_inner")
