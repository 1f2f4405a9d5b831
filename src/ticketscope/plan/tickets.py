"""What a training, a cut and a published ticket read and depend on (sections 3.1 and 3.2)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from ticketscope.config import Config
from ticketscope.errors import InputError
from ticketscope.external.settings import ExternalTicket
from ticketscope.plan.names import DENSE, TicketName, TicketWildcards
from ticketscope.plan.paths import Paths
from ticketscope.runtime.fingerprint import module_digest
from ticketscope.tickets import criteria
from ticketscope.tickets.embeddings import require_embeddings
from ticketscope.tickets.fairseq_options import sizes
from ticketscope.tickets.settings import SHUFFLED


def tickets_of(config: Config) -> list[TicketName]:
    """All tickets of an experiment, seed by seed: LTH0, then the series one by one."""
    if config.external_tickets.tickets:
        return [
            TicketName(seed, series, k)
            for seed in config.seeds
            for series, k in config.external_tickets.names(seed)
        ]
    pruned = [
        (series, k)
        for series in config.pruning.series
        for k in range(1, config.recipe(series).iterations + 1)
    ]
    return [
        TicketName(seed, series, k) for seed in config.seeds for series, k in [(DENSE, 0), *pruned]
    ]


def chosen_tickets(
    tickets: Sequence[TicketName], chosen: Literal["all", "last"] | Sequence[int]
) -> list[TicketName]:
    """LTH0s, and of each seed's series all tickets, the last one, or those of some iterations."""
    last = {name[:2]: name.k for name in sorted(tickets)}
    return [
        name
        for name in tickets
        if name.k == 0
        or chosen == "all"
        or (name.k == last[name[:2]] if chosen == "last" else name.k in chosen)
    ]


class TicketJobs:
    """Inputs and settings of the jobs that make tickets; methods take Snakemake's wildcards.

    Raises:
        InputError: a criterion needs what its series does not have, a pattern does not fit, or
            embeddings to begin with cannot be read.
    """

    def __init__(self, config: Config, paths: Paths) -> None:
        self._config, self._paths = config, paths
        for name in config.pruning.series:
            if reason := self._impossible(name):
                raise InputError(f"config error: pruning.series.{name}: {reason}")
        if not config.joined and not config.external_tickets.tickets:
            self._check_embeddings()

    def _check_embeddings(self) -> None:
        model, extra = self._config.model, self._config.training.extra
        options, dims = model.overrides | extra, sizes(model.arch, model.overrides)
        for side in ("encoder", "decoder"):
            option = f"{side}-embed-path"
            if path := options.get(option):
                key = f"config error: {'training.extra' if option in extra else 'model.overrides'}"
                require_embeddings(str(path), dims[f"{side}-embed-dim"], f"{key}: {option}")

    def _impossible(self, name: str) -> str | None:
        """Why a series' cuts would fail, days after the start, as far as the config tells."""
        config, needs = self._config, self._needs(name)
        if criteria.REWOUND in needs and 0 in config.recipe(name).epochs:
            return (
                "its criterion needs the weights that are rewound to, and the initialisation is "
                "no checkpoint: set a point above 0"
            )
        if "input_norm" in needs and config.pruning.embeddings:
            return (
                "its criterion needs the inputs of all prunable weights, and embeddings have none: "
                "set pruning.embeddings to false"
            )
        return None

    def previous_checkpoint(self, wildcards: TicketWildcards) -> str:
        """Checkpoint of the ticket before this one in its series."""
        return TicketName.of(wildcards).previous.fill(self._paths.checkpoint)

    def previous_mask(self, wildcards: TicketWildcards) -> str:
        """Mask of the ticket before this one in its series."""
        return TicketName.of(wildcards).previous.fill(self._paths.mask)

    def last(self, wildcards: TicketWildcards) -> list[str]:
        """Checkpoint that this ticket's retraining goes on from; none if it begins anew."""
        return [self.previous_checkpoint(wildcards)] if self._goes_on(wildcards) else []

    def rewound(self, wildcards: TicketWildcards) -> list[str]:
        """LTH0's checkpoint of the epoch that this ticket rewinds to; none for the beginning."""
        name = TicketName.of(wildcards)
        epoch = self._config.recipe(name.series).epochs[name.k - 1]
        return [name.fill(self._paths.rewind(epoch))] if epoch else []

    def _goes_on(self, wildcards: TicketWildcards) -> bool:
        name = TicketName.of(wildcards)
        recipe = self._config.recipe(name.series)
        begins = recipe.kind == "redrawn" or (
            recipe.kind == "weights" and recipe.epochs[name.k - 1] == 0
        )
        return not begins

    def source_mask(self, wildcards: TicketWildcards) -> str:
        """The mask that a ticket takes from another series."""
        name = TicketName.of(wildcards)
        source = self._config.pruning.series[name.series].of
        assert source is not None  # the rule's wildcards are such series only
        return name._replace(series=source).fill(self._paths.mask)

    @property
    def cutting(self) -> list[str]:
        """Series that have masks of their own."""
        return [name for name, series in self._config.pruning.series.items() if series.of is None]

    @property
    def taking(self) -> list[str]:
        """Series that take the masks of others."""
        return [name for name, series in self._config.pruning.series.items() if series.of]

    def statistics(self, wildcards: TicketWildcards) -> list[str]:
        """What the criterion of a ticket's series needs beside weights, in the criterion's order.

        Statistics of the ticket before on the calibration sentences, or the checkpoint that is
        rewound to.
        """
        return [
            path
            for need in self._needs(wildcards.series)
            for path in (
                self.rewound(wildcards)
                if need == criteria.REWOUND
                else [
                    TicketName.of(wildcards).previous.fill(
                        self._paths.saliency.replace("{statistic}", need)
                    )
                ]
            )
        ]

    def _needs(self, series: str) -> tuple[str, ...]:
        criterion = self._config.pruning.series[series].criterion
        return () if criterion in (None, SHUFFLED, "none") else criteria.needs(criterion)

    def prune_settings(self, wildcards: TicketWildcards) -> dict[str, Any]:
        """What a ticket's mask depends on, and nothing of other series or iterations."""
        name = TicketName.of(wildcards)
        needs = self._needs(name.series)
        return {
            "series": self._config.pruning.series[name.series].model_dump(
                mode="json", include={"criterion", "scope"}
            ),
            "fraction": self._config.recipe(name.series).fractions[name.k - 1],
            "seed": name.seed,
            "k": name.k,
        } | ({"needs": list(needs)} if needs else {})

    def taken_settings(self, wildcards: TicketWildcards) -> dict[str, Any]:
        """What is done with another series' mask."""
        name = TicketName.of(wildcards)
        shuffled = self._config.pruning.series[name.series].criterion == SHUFFLED
        return {"shuffled": shuffled, "seed": name.seed}

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
        name = TicketName.of(wildcards)
        order_seed = self._config.pruning.series[name.series].order_of(name.k)
        order = {} if order_seed is None else {"order_seed": order_seed}
        kind = self._config.recipe(name.series).kind
        if order and kind == "weights" and not self._goes_on(wildcards):
            # Another order is another seed of fairseq, which would draw other weights than LTH0's.
            order["init_seed"] = name.seed
        return self.model_and_training | {"kind": kind, "max_epoch": self.last_epoch(name)} | order

    def last_epoch(self, name: TicketName) -> int:
        """The epoch in which a ticket's training ends, counted from LTH0's first."""
        # Fine-tuning continues where the last ticket ended; the others repeat LTH0's last epochs.
        if name.k and self._config.recipe(name.series).kind == "none":
            return self._config.epochs_seen(name.series, name.k)
        return self._config.training.max_epoch

    def epochs(self, name: TicketName) -> int:
        """How many epochs a ticket is trained."""
        max_epoch = self._config.training.max_epoch
        if name.k == 0:
            return max_epoch
        return max_epoch - self._config.recipe(name.series).epochs[name.k - 1]

    @property
    def epochs_seen(self) -> dict[str, list[int]]:
        """Epochs of training behind the tickets of each series, from its first on."""
        config = self._config
        seen = {
            series: [
                config.epochs_seen(series, k)
                for k in range(1, config.recipe(series).iterations + 1)
            ]
            for series in config.pruning.series
        }
        return {DENSE: [config.training.max_epoch]} | seen

    @property
    def saliency_settings(self) -> dict[str, Any]:
        """What the statistics of criteria that see data depend on."""
        return self._config.pruning.calibration.model_dump(mode="json") | {
            "label_smoothing": self._config.training.label_smoothing
        }

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
