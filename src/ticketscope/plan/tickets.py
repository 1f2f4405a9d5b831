"""What a training, a cut and a published ticket read and depend on (sections 3.1 and 3.2)."""

from pathlib import Path
from typing import Any

from ticketscope.config import Config
from ticketscope.external.settings import ExternalTicket
from ticketscope.plan.names import DENSE, TicketName, TicketWildcards
from ticketscope.plan.paths import Paths
from ticketscope.runtime.fingerprint import module_digest
from ticketscope.tickets import criteria


def tickets_of(config: Config) -> list[TicketName]:
    """All tickets of an experiment, seed by seed: LTH0, then the series one by one."""
    if config.external_tickets.tickets:
        return [
            TicketName(seed, series, k)
            for seed in config.seeds
            for series, k in config.external_tickets.names(seed)
        ]
    numbers = range(1, config.pruning.iterations + 1)
    return [
        TicketName(seed, series, k)
        for seed in config.seeds
        for series, k in [(DENSE, 0), *((s, k) for s in config.pruning.series for k in numbers)]
    ]


class TicketJobs:
    """Inputs and settings of the jobs that make tickets; methods take Snakemake's wildcards."""

    def __init__(self, config: Config, paths: Paths) -> None:
        self._config, self._paths = config, paths

    def previous_checkpoint(self, wildcards: TicketWildcards) -> str:
        """Checkpoint of the ticket before this one in its series."""
        return TicketName.of(wildcards).previous.fill(self._paths.checkpoint)

    def previous_mask(self, wildcards: TicketWildcards) -> str:
        """Mask of the ticket before this one in its series."""
        return TicketName.of(wildcards).previous.fill(self._paths.mask)

    def rewound(self, wildcards: TicketWildcards) -> str:
        """LTH0's checkpoint of the epoch that this ticket rewinds to."""
        name = TicketName.of(wildcards)
        return name.fill(self._paths.rewind(self._config.rewind_epoch(name.k)))

    def prune_settings(self, wildcards: TicketWildcards) -> dict[str, Any]:
        """What a ticket's mask depends on, and nothing of other series or iterations."""
        name = TicketName.of(wildcards)
        return {
            "series": self._config.pruning.series[name.series].model_dump(
                mode="json", exclude={"order_seed"}
            ),
            "fraction": self._config.fraction(name.k),
            "seed": name.seed,
            "k": name.k,
        }

    def criterion(self, wildcards: TicketWildcards) -> str:
        """A digest of the module that ranks this series' weights, which may be the user's own."""
        criterion = self._config.pruning.series[wildcards.series].criterion
        if criterion == "none":
            return ""
        return module_digest(Path(criteria.__file__).with_name(f"{criterion}.py"))

    @property
    def train_settings(self) -> dict[str, Any]:
        """What LTH0's training depends on."""
        return self.model_and_training | {"rewind_epochs": self._config.rewind_epochs}

    def retrain_settings(self, wildcards: TicketWildcards) -> dict[str, Any]:
        """What a ticket's retraining depends on."""
        kind, last = self._config.rewinding.kind, self.last_epoch(int(wildcards.k))
        order_seed = self._config.pruning.series[wildcards.series].order_seed
        order = {} if order_seed is None else {"order_seed": order_seed}
        return self.model_and_training | {"kind": kind, "max_epoch": last} | order

    def last_epoch(self, k: int) -> int:
        """The epoch in which LTHk's training ends, counted from LTH0's first."""
        # Fine-tuning continues where the last ticket ended; the others repeat LTH0's last epochs.
        if self._config.rewinding.kind == "none":
            return self._config.epochs_seen(k)
        return self._config.training.max_epoch

    def epochs(self, k: int) -> int:
        """How many epochs LTHk is trained."""
        return self._config.epochs_seen(k) - (self._config.epochs_seen(k - 1) if k else 0)

    @property
    def model_and_training(self) -> dict[str, Any]:
        """What all trainings of the experiment share."""
        # Without defaults: an option that a later version adds makes no ticket stale.
        config = self._config
        sections = {
            "model": config.model, "training": config.training, "languages": config.languages
        }  # fmt: skip
        return {
            name: section.model_dump(mode="json", exclude_defaults=True)
            for name, section in sections.items()
        }

    @property
    def averages(self) -> bool:
        """Whether tickets have a second checkpoint, the mean of their last epochs, for decoding."""
        config = self._config
        return config.training.average_checkpoints > 1 and not config.external_tickets.tickets

    @property
    def decoded_checkpoint(self) -> str:
        """The checkpoint that decodes and whose representations are read."""
        return self._paths.averaged if self.averages else self._paths.checkpoint

    def external(self, wildcards: TicketWildcards) -> ExternalTicket:
        """A ticket trained elsewhere."""
        return self._config.external_tickets.find(*TicketName.of(wildcards))

    def external_dense(self, wildcards: TicketWildcards) -> list[str]:
        """Checkpoint of the LTH0 of a ticket trained elsewhere; none for LTH0 itself."""
        name = TicketName.of(wildcards)
        return [self._config.external_tickets.find(*name.dense).checkpoint] if name.k else []

    def external_stamps(self, wildcards: TicketWildcards) -> list[list[int]]:
        """Size and time of a ticket's files: one that is replaced may bring an old time with it."""
        ticket = self.external(wildcards)
        stats = [Path(path).stat() for path in (ticket.checkpoint, ticket.mask) if path]
        return [[stat.st_size, stat.st_mtime_ns] for stat in stats]
