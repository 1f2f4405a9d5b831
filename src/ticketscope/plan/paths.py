"""Where files lie: the only place where paths below results/ and logs/ are put together.

Attributes that belong to a ticket are patterns with {seed}, {series} and {k}, as Snakemake's
wildcards are; `TicketName.fill` makes a path of one.
"""

from dataclasses import dataclass

TICKET = "seed{seed}/{series}/LTH{k}"

# Shared by all experiments.
SOURCES = "resources/sources"
FREE_SOURCES = f"{SOURCES}/free"
# The files of a public contrast set are listed there; they lie below `SOURCES`.
CONTRAST_MANIFEST = f"{SOURCES}/contrasts/{{name}}.json"
TASKS = "resources/probing"
# Two finished experiments compared, a folder a pair: <a>-<b>.
COMPARISONS = "results/compare"


@dataclass(frozen=True)
class Paths:
    """Paths of an experiment.

    Attributes:
        results: Folder of all its artifacts.
        logs: Folder of logs and benchmarks, which mirrors `results`.
    """

    results: str
    logs: str

    @classmethod
    def of(cls, experiment: str) -> "Paths":
        """Those of the experiment of this name."""
        return cls(f"results/{experiment}", f"logs/{experiment}")

    # The corpus.

    @property
    def corpus(self) -> str:
        return f"{self.results}/corpus"

    @property
    def toy(self) -> str:
        """Folder of the grammar's text: <split>.<language>, <split>.derivations.jsonl.gz."""
        return f"{self.corpus}/toy"

    @property
    def raw(self) -> str:
        """Folder of raw text: <split>.<language>."""
        return f"{self.corpus}/raw"

    @property
    def bpe(self) -> str:
        """Folder of text in subwords, <split>.<language>, and of the merges, `codes`."""
        return f"{self.corpus}/bpe"

    @property
    def binary(self) -> str:
        """fairseq-preprocess's folder of train, valid and test."""
        return f"{self.corpus}/bin"

    @property
    def further_binary(self) -> str:
        """fairseq-preprocess's folder of a further test text, whose subset is `test`."""
        return f"{self.corpus}/further/{{split}}"

    # Tickets.

    @property
    def ticket(self) -> str:
        """Folder of a ticket."""
        return f"{self.results}/tickets/{TICKET}"

    @property
    def dense(self) -> str:
        """Folder of LTH0."""
        return self.ticket.replace("{series}/LTH{k}", "dense/LTH0")

    @property
    def checkpoint(self) -> str:
        return f"{self.ticket}/checkpoint.pt"

    @property
    def averaged(self) -> str:
        """The mean of the last epochs' checkpoints."""
        return f"{self.ticket}/averaged.pt"

    @property
    def mask(self) -> str:
        return f"{self.ticket}/mask.safetensors"

    @property
    def saliency(self) -> str:
        """A statistic of a ticket's weights on the calibration sentences."""
        return f"{self.ticket}/{{statistic}}.safetensors"

    @property
    def untrained(self) -> str:
        """The encoder that was never trained."""
        return f"{self.results}/tickets/seed{{seed}}/untrained/checkpoint.pt"

    def rewind(self, epoch: int) -> str:
        """LTH0's checkpoint at the end of an epoch."""
        return f"{self.dense}/rewind/epoch{epoch}.pt"

    @property
    def work(self) -> str:
        """Folder in which fairseq trains a ticket; not an output, so that a training resumes."""
        return f"{self.results}/work/{TICKET}"

    @property
    def dense_work(self) -> str:
        """The same of LTH0."""
        return self.work.replace("{series}/LTH{k}", "dense/LTH0")

    @property
    def kept(self) -> str:
        """Folder of a ticket's finished trainings; no output, so that Snakemake deletes none."""
        return f"{self.results}/trained/{TICKET}"

    @property
    def dense_kept(self) -> str:
        """The same of LTH0."""
        return self.kept.replace("{series}/LTH{k}", "dense/LTH0")

    @property
    def ticket_logs(self) -> str:
        """Folder of the logs and benchmarks of the jobs that make a ticket."""
        return f"{self.logs}/tickets/{TICKET}"

    # What is read off the tickets.

    @property
    def hypotheses(self) -> str:
        """A ticket's translations: <this>.txt, <this>.subwords.txt."""
        return f"{self.results}/translations/{TICKET}"

    @property
    def further_hypotheses(self) -> str:
        """The same of a further test text: the split follows the ticket's name."""
        return f"{self.hypotheses}.{{split}}"

    @property
    def behaviour(self) -> str:
        """A ticket's behaviour: <this>.contrasts.npz, .probabilities.csv, .erasure.csv."""
        return f"{self.results}/behaviour/{TICKET}"

    @property
    def segments(self) -> str:
        """Loss along the segments of a seed."""
        return f"{self.results}/behaviour/seed{{seed}}/segments.csv"

    @property
    def sensitivity(self) -> str:
        """What a seed's tickets lose with each module."""
        return f"{self.results}/behaviour/seed{{seed}}/sensitivity.csv"

    @property
    def toy_contrasts(self) -> str:
        """Contrasts of the grammar."""
        return f"{self.results}/behaviour/toy_contrasts.tsv"

    @property
    def contrasts(self) -> str:
        """A contrast set: <this>.tsv, and <this>.<side>.subwords for each side."""
        return f"{self.results}/behaviour/contrasts/{{set}}"

    @property
    def representations(self) -> str:
        """Store of a ticket's states and attention on the text of `representations.split`."""
        return f"{self.results}/representations/{TICKET}"

    @property
    def texts(self) -> str:
        """Folder of a text of `representations.texts`."""
        return f"{self.results}/texts/{{text}}"

    @property
    def similarity(self) -> str:
        """A ticket's comparisons: <this>.npz and tables."""
        return f"{self.results}/similarity/{TICKET}"

    @property
    def probing(self) -> str:
        """Folder of all that probing writes."""
        return f"{self.results}/probing"

    @property
    def vectors(self) -> str:
        """A ticket's word vectors of a text of probing tasks: <this>.words.npy."""
        return f"{self.probing}/vectors/{TICKET}/{{text}}"

    @property
    def probing_text(self) -> str:
        """Folder of a text of probing tasks."""
        return f"{self.probing}/text/{{text}}"

    @property
    def probes(self) -> str:
        """Scores and predictions of a job's probes: <this>.csv, <this>.npz."""
        return f"{self.probing}/{TICKET}/{{part}}"

    @property
    def cost(self) -> str:
        """What the tickets of a seed cost: <this>.csv, <this>.speed.csv."""
        return f"{self.results}/cost/seed{{seed}}"

    # Tables, figures, the page.

    @property
    def tables(self) -> str:
        """Folder of tables."""
        return f"{self.results}/tables"

    @property
    def figures(self) -> str:
        """Folder of figures."""
        return f"{self.results}/figures"

    @property
    def provenance(self) -> str:
        return f"{self.results}/provenance.json"

    @property
    def page(self) -> str:
        return f"{self.results}/report.html"
