"""A ticket as a folder that Transformers loads: weights, mask, tokeniser, model card."""

from pathlib import Path
from typing import Any

from safetensors.numpy import save_file

from ticketscope.errors import InputError
from ticketscope.export.card import model_card
from ticketscope.export.fsmt import EOS, PAD, PREFIX, TOKENS, fsmt_config, fsmt_weights
from ticketscope.export.tokenizer import merges, vocabulary
from ticketscope.results import Results, Ticket
from ticketscope.results.ticket import PATHS
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.outputs import write_json, write_lines
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask

# fairseq-generate stops after 200 subwords (--max-len-b); here start and end count, too.
_LONGEST = 202


def find(folder: Path) -> Ticket:
    """The ticket of a folder results/<experiment>/tickets/seed<seed>/<series>/LTH<k>.

    Raises:
        InputError: it is not the folder of a finished ticket.
    """
    path = folder.absolute()
    for ticket in Results(path.parents[3]).tickets if len(path.parents) > 3 else ():
        if ticket.checkpoint.parent == path:
            return ticket
    raise InputError(
        f"{folder} is not the folder of a finished ticket: name one such as "
        "results/toy/tickets/seed1/magnitude/LTH9"
    )


def export(ticket: Ticket, output: Path) -> None:
    """Write a ticket as FSMT: model and mask, tokeniser, generation settings, README.md.

    The checkpoint is the one that was translated with. The same ticket gives the same bytes.

    Args:
        ticket: A ticket of an experiment.
        output: Folder to write to; made if absent, other files in it stay.

    Raises:
        InputError: FSMT cannot hold the model or its subwords, a weight under the mask is not zero,
            or a file of the experiment is missing.
    """
    results, checkpoint = Results(ticket.root), ticket.decoded_checkpoint
    what = f"checkpoint {checkpoint}"
    state, mask = checkpoints.load(checkpoint), ticket.mask
    checkpoints.check_published(state, mask, what)
    config = fsmt_config(state, results.languages, what)
    weights = fsmt_weights(state, config, what)
    files: dict[str, Any] = {"config.json": config, "generation_config.json": _generation(results)}
    files["tokenizer_config.json"] = {
        "tokenizer_class": "FSMTTokenizer",
        "langs": config["langs"],
        "do_lower_case": False,
        "model_max_length": config["max_position_embeddings"],
    }
    for side, language in zip(("src", "tgt"), results.languages, strict=True):
        dictionary = ticket.root / PATHS.binary / f"dict.{language}.txt"
        files[f"vocab-{side}.json"] = vocabulary(dictionary, config[f"{side}_vocab_size"])
    write_lines(output / "merges.txt", merges(ticket.root / PATHS.bpe / "codes"))
    for name, content in files.items():
        write_json(output / name, content)
    # By the names of the model's own state_dict.
    named = Mask({PREFIX + name: kept for name, kept in mask.kept.items()})
    named.save(output / "mask.safetensors")
    with atomic_write(output / "model.safetensors") as temporary:
        save_file(weights, temporary, metadata={"format": "pt"})
    write_lines(output / "README.md", model_card(ticket, results, output.resolve().name))


def _generation(results: Results) -> dict[str, Any]:
    """How the experiment translated; greedy search if it is not finished and did not say."""
    search = {}
    if (results.path / PATHS.provenance).exists():
        decoding = results.provenance["config"]["decoding"]
        search = {"num_beams": decoding["beam"], "length_penalty": float(decoding["lenpen"])}
    return {
        **TOKENS,
        "max_length": _LONGEST,
        "forced_eos_token_id": EOS,
        "suppress_tokens": [PAD],  # fairseq never chooses it
        "use_cache": True,
        **search,
    }
