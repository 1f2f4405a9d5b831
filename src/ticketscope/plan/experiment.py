"""The plan of an experiment: every part of it, from the validated config."""

from collections.abc import Sequence

from ticketscope.config import Config
from ticketscope.plan.behaviour import BehaviourJobs
from ticketscope.plan.comparisons import Comparisons
from ticketscope.plan.cost import CostJobs
from ticketscope.plan.erasure import ErasureJobs
from ticketscope.plan.masks import MaskJobs
from ticketscope.plan.names import TicketName
from ticketscope.plan.paths import Paths
from ticketscope.plan.probing import ProbingJobs
from ticketscope.plan.segments import SegmentJobs
from ticketscope.plan.sensitivity import SensitivityJobs
from ticketscope.plan.texts import TextJobs
from ticketscope.plan.tickets import TicketJobs, tickets_of


class Plan:
    """Which jobs an experiment has and what they read.

    Attributes:
        config: The experiment's config.
        paths: Where its files lie.
        tickets: All tickets, seed by seed; the series of a seed share LTH0.
        series: Names of the tickets' series in their order, `dense` first.
        texts: Which texts are read.
        training: Jobs that make tickets.
        masks: Which masks are compared.
        behaviour: What is asked of the tickets' behaviour.
        comparisons: Which tickets are compared with which.
        probing: What is probed.
        erasure: What is erased of the probed.
        segments: Which tickets are joined by segments.
        sensitivity: Whose modules are silenced.
        cost: Which tickets are timed.

    Args:
        config: As `joined.parts.resolve` returns it.
        probed: The probing tasks of experiments that are joined.

    Raises:
        InputError: the config names what does not exist; one line.
    """

    def __init__(self, config: Config, probed: Sequence[str] | None = None) -> None:
        self.config = config
        self.paths = Paths.of(config.experiment)
        self.tickets = tickets_of(config)
        self.series = list(dict.fromkeys(name.series for name in self.tickets))
        self.texts = TextJobs(config, self.paths)
        self.training = TicketJobs(config, self.paths)
        self.masks = MaskJobs(config, self.paths, self.tickets)
        self.behaviour = BehaviourJobs(config, self.paths)
        self.comparisons = Comparisons(config, self.paths, self.tickets)
        self.probing = ProbingJobs(config, self.paths, self.tickets, probed)
        self.erasure = ErasureJobs(config, self.paths, self.probing)
        self.segments = SegmentJobs(config, self.paths, self.tickets)
        self.sensitivity = SensitivityJobs(config, self.paths, self.tickets)
        self.cost = CostJobs(config, self.tickets)

    def tickets_of_seed(self, seed: int) -> list[TicketName]:
        """Tickets of a seed, LTH0 first."""
        return [name for name in self.tickets if name.seed == seed]

    def per_ticket(self, pattern: str, **wildcards: str) -> list[str]:
        """A pattern with {seed}, {series} and {k} for every ticket of the experiment.

        Args:
            pattern: Such as `paths.mask`.
            wildcards: Values of further wildcards.
        """
        return [pattern.format(**name._asdict(), **wildcards) for name in self.tickets]
