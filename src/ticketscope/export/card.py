"""The model card of an exported ticket: what it is, how to use it, where it comes from."""

import json
import re
from collections.abc import Iterator

from ticketscope.results import Results, Ticket
from ticketscope.results.ticket import PATHS
from ticketscope.runtime.files import sha256

_CARD = """\
---
language: [{source}, {target}]
library_name: transformers
pipeline_tag: translation
tags: [fsmt, translation, pruning, lottery-ticket]
---

# {label} of {experiment}

A Transformer that translates from `{source}` to `{target}`. {pruned:,} of its {total:,} prunable
weights ({sparsity:.1%}) are exactly zero. ticketscope trained it with fairseq and pruned it; here
it is FSMT, in which Transformers has the same architecture.

```python
from transformers import FSMTForConditionalGeneration, FSMTTokenizer

model = FSMTForConditionalGeneration.from_pretrained({folder})
tokenizer = FSMTTokenizer.from_pretrained({folder})
batch = tokenizer(["A sentence."], return_tensors="pt")
print(tokenizer.batch_decode(model.generate(**batch), skip_special_tokens=True))
```

`mask.safetensors` has a boolean tensor for each prunable parameter, named as in
`model.state_dict()`: True where a weight is kept. Nothing enforces it. Anyone who trains the model
must apply it after each step.

FSMTTokenizer normalises quotation marks, dashes and spaces, which was not done to the training
text, and splits words as `subwords.tokenizer: moses` does; the training text's was `{tokenizer}`.
From subwords, such as those of `corpus/bpe/`, this gives the numbers that fairseq gives:

```python
def encode(subwords):  # "Hau@@ s ."
    tokens = [s[:-2] if s.endswith("@@") else s + "</w>" for s in subwords.split()]
    return tokenizer.convert_tokens_to_ids(tokens) + [tokenizer.sep_token_id]
```

## Origin

| | |
| --- | --- |
{origin}

## Texts

These are the texts of the experiment. The weights are made from its training text (`corpus.train`),
whose licence says whether you may pass them on.

| text | licence | citation |
| --- | --- | --- |
{texts}"""


def model_card(ticket: Ticket, results: Results, folder: str) -> list[str]:
    """Lines of README.md.

    Args:
        ticket: The ticket.
        results: Of its experiment; without provenance.json, neither versions nor licences are told.
        folder: What the exported folder is called.
    """
    source, target = results.languages
    origin, texts = dict(_origin(ticket)), ["| not recorded: the experiment is not finished | | |"]
    tokenizer = "not recorded"
    if (results.path / PATHS.provenance).exists():
        record = results.provenance
        tokenizer = record["config"]["subwords"].get("tokenizer", "moses")
        origin |= {name: str(value) for name, value in record["code"].items()}
        origin |= {name: record["versions"][name] for name in ("torch", "ve-fairseq")}
        texts = [
            f"| {_plain(row['data'])} | {row['licence']} | {row['citation']} |"
            for row in record["licences"]
            if not row["data"].startswith(("contrast set", "probing task"))  # no training text
        ]
    return _CARD.format(
        source=source,
        target=target,
        label=f"{ticket.series} {ticket.label}",
        experiment=_plain(results.path.resolve().name),
        pruned=ticket.mask.pruned,
        total=ticket.mask.total,
        sparsity=ticket.mask.sparsity,
        folder=json.dumps(folder, ensure_ascii=False),
        tokenizer=tokenizer,
        origin="\n".join(f"| {name} | {value} |" for name, value in origin.items()),
        texts="\n".join(texts),
    ).split("\n")


def _plain(name: str) -> str:
    """The name of a file or folder, of which Markdown and HTML take nothing for their own."""
    line = name if name.isprintable() else repr(name)
    return re.sub(r"([\\`*_\[\]<>|&$~])", r"\\\1", line)


def _origin(ticket: Ticket) -> Iterator[tuple[str, str]]:
    yield "experiment", _plain(ticket.root.resolve().name)
    yield "ticket", str(ticket)
    yield "checkpoint, SHA-256", sha256(ticket.decoded_checkpoint)
    yield "mask, SHA-256", sha256(ticket.checkpoint.with_name("mask.safetensors"))
