"""Translate a text with a ticket: fairseq-generate in one subprocess (section 3.1)."""

import re
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.runtime.checksums import archive_damage
from ticketscope.runtime.processes import Processes, fairseq_command, fairseq_environment
from ticketscope.settings import Languages
from ticketscope.translation.settings import Decoding

PLUGIN = Path(__file__).parents[1] / "tickets/fairseq_plugin"


def decode(
    checkpoint: Path,
    data: Path,
    *,
    subset: str,
    sentences: int,
    languages: Languages,
    decoding: Decoding,
    gpu: str | None,
) -> list[str]:
    """The best hypothesis for every sentence, as subwords, in the text's order.

    fairseq's output is printed (to the job's log).

    Args:
        checkpoint: A ticket's checkpoint.
        data: Folder of fairseq-preprocess.
        subset: fairseq's name of the split.
        sentences: Number of its sentences.
        languages: The language pair.
        decoding: Beam size, length penalty, batch size.
        gpu: Device for CUDA_VISIBLE_DEVICES; None: CPU.

    Raises:
        InputError: the checkpoint is damaged, memory is full, a sentence is too long for a batch,
            fairseq failed, or a sentence has no hypothesis.
    """
    # fairseq loads the file itself, and torch verifies none of its checksums.
    if damage := archive_damage(checkpoint):
        raise InputError(
            f"checkpoint {checkpoint} is corrupt or truncated ({damage}): delete it and run again"
        )
    arguments = [
        *fairseq_command("generate"), str(data),
        "--user-dir", str(PLUGIN), "--path", str(checkpoint), "--gen-subset", subset,
        "--source-lang", languages.source, "--target-lang", languages.target,
        "--beam", str(decoding.beam), "--lenpen", str(decoding.lenpen),
        "--max-tokens", str(decoding.max_tokens), "--skip-invalid-size-inputs-valid-test",
        # With a larger multiple fairseq drops the last batch unless it is full: up to seven
        # sentences would not be translated.
        "--required-batch-size-multiple", "1",
    ]  # fmt: skip
    if gpu is None:
        arguments += ["--cpu", "--num-workers", "0"]
    with Processes([arguments], fairseq_environment(gpu)) as process:
        printed = "".join(process.lines)
        code = process.wait()
    print(printed, flush=True)
    if code != 0:
        if "out of memory" in printed:
            raise InputError(
                f"the GPU's memory was full while {checkpoint} translated {subset}: lower "
                f"decoding.max_tokens ({decoding.max_tokens})"
            )
        if "should not exceed max_tokens" in printed:
            raise InputError(
                f"decoding.max_tokens: a sentence of {subset} has more subwords than "
                f"{decoding.max_tokens}: raise it"
            )
        lines = [line for line in printed.splitlines() if "rror" in line] or ["no message"]
        raise InputError(f"fairseq-generate failed on {checkpoint}: {lines[-1].strip()}")
    return parse(printed, sentences)


def parse(printed: str, sentences: int) -> list[str]:
    """Hypotheses in the output of fairseq-generate, ordered by sentence number.

    Lines look like `H-<sentence>TAB<score>TAB<subwords>`, in the order of the batches.

    Raises:
        InputError: a sentence has no hypothesis: fairseq skips sentences that are too long.
    """
    hypotheses = {
        int(match[1]): match[2]
        for match in re.finditer(r"^H-(\d+)\t[^\t\n]*\t(.*)$", printed, re.MULTILINE)
    }
    missing = [number for number in range(sentences) if number not in hypotheses]
    if missing:
        raise InputError(
            f"no translation of sentence {missing[0] + 1} (and {len(missing) - 1} others): longer "
            "than the model's positions"
        )
    return [hypotheses[number] for number in range(sentences)]
