"""What Transformers makes of an exported ticket; run by an interpreter that has it, without ours.

Argument: a folder with exported/ and texts.json; theirs.json and theirs.npz are written beside.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from transformers import FSMTForConditionalGeneration, FSMTTokenizer

folder = Path(sys.argv[1])
model, report = FSMTForConditionalGeneration.from_pretrained(
    folder / "exported", output_loading_info=True
)
assert not any(report.values()), report
tokenizer = FSMTTokenizer.from_pretrained(folder / "exported")
texts = json.loads((folder / "texts.json").read_text())
mask, state = load_file(folder / "exported/mask.safetensors"), model.state_dict()


def encode(subwords):
    tokens = [s[:-2] if s.endswith("@@") else s + "</w>" for s in subwords.split()]
    return [*tokenizer.convert_tokens_to_ids(tokens), tokenizer.sep_token_id]


def padded(rows):
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], True, 1)


ids = [encode(line) for line in texts["bpe/test.en"]]
tokens, previous = padded(ids), padded([[2, *encode(line)[:-1]] for line in texts["bpe/test.de"]])
seen = tokens.ne(1).long()
with torch.no_grad():
    logits = model(input_ids=tokens, attention_mask=seen, decoder_input_ids=previous).logits
    generated = {
        name: model.generate(input_ids=tokens, attention_mask=seen, **options)
        for name, options in {
            "beam 1": {"num_beams": 1},
            "beam 4": {"num_beams": 4, "length_penalty": 0.6},
            "default": {},
        }.items()
    }
np.savez(
    folder / "theirs.npz",
    tokens=tokens,
    previous=previous,
    logits=logits,
    masked=torch.cat([state[name][~kept] for name, kept in mask.items()]),
)
rows = {
    name: [[number for number in row[1:] if number != 1] for row in found.tolist()]
    for name, found in generated.items()
}
ids_of_text = tokenizer(texts["raw/test.en"]).input_ids
(folder / "theirs.json").write_text(json.dumps({"ids": ids, "ids_of_text": ids_of_text, **rows}))
