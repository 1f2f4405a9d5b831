"""Translating a text with a ticket: fairseq-generate in one subprocess (section 3.1)."""

import re
import subprocess
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.runtime.processes import fairseq_command, fairseq_environment
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
    """Best hypothesis of every sentence, as subwords, in the text's order.

    What fairseq prints goes to our standard output (the job's log).

    Args:
        checkpoint: A ticket's checkpoint.
        data: Folder of fairseq-preprocess.
        subset: fairseq's name of the split.
        sentences: How many it has.
        languages: The pair.
        decoding: Beam size, length penalty, batch size.
        gpu: Device for CUDA_VISIBLE_DEVICES; None: on CPU.

    Raises:
        InputError: fairseq failed, or a sentence has no hypothesis; one line.
    """
    arguments = [
        *fairseq_command("generate"), str(data),
        "--user-dir", str(PLUGIN), "--path", str(checkpoint), "--gen-subset", subset,
        "--source-lang", languages.source, "--target-lang", languages.target,
        "--beam", str(decoding.beam), "--lenpen", str(decoding.lenpen),
        "--max-tokens", str(decoding.max_tokens), "--skip-invalid-size-inputs-valid-test",
        # With any larger multiple fairseq drops a last batch that is not full: up to seven
        # sentences would never be translated.
        "--required-batch-size-multiple", "1",
    ]  # fmt: skip
    if gpu is None:
        arguments += ["--cpu", "--num-workers", "0"]
    done = subprocess.run(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=fairseq_environment(gpu),
        check=False,
    )
    print(done.stdout, flush=True)
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if "rror" in line] or ["no message"]
        raise InputError(f"fairseq-generate failed on {checkpoint}: {lines[-1].strip()}")
    return parse(done.stdout, sentences)


def parse(printed: str, sentences: int) -> list[str]:
    """Hypotheses from what fairseq-generate printed, ordered by sentence number.

    Lines look like `H-<sentence>TAB<score>TAB<subwords>`; the order is that of the batches.

    Raises:
        InputError: a sentence has no hypothesis: fairseq skips those that are too long.
    """
    found = {
        int(match[1]): match[2]
        for match in re.finditer(r"^H-(\d+)\t[^\t\n]*\t(.*)$", printed, re.MULTILINE)
    }
    missing = [number for number in range(sentences) if number not in found]
    if missing:
        raise InputError(
            f"no translation of sentence {missing[0] + 1} (and {len(missing) - 1} others): longer "
            "than decoding.max_tokens or than the model's positions"
        )
    return [found[number] for number in range(sentences)]
