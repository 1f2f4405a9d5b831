"""An exported ticket in Transformers computes and translates what it does in fairseq.

Transformers and what it needs take 170 MB, and nothing here but this test reads them: they are
installed from the index into an environment of the test's own, unless they are there already.
"""

import importlib.util
import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import numpy as np
import pytest
import torch
from fairseq.sequence_generator import SequenceGenerator

import ticketscope
from ticketscope.corpus.parallel import read_lines
from ticketscope.export.ticket import export

TRANSFORMERS = "transformers==5.24.0"
LINES = 48
PEER = Path(__file__).with_name("transformers_peer.py")


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """An interpreter that imports transformers, and our own torch."""
    if importlib.util.find_spec("transformers"):
        return sys.executable
    folder = tmp_path_factory.mktemp("transformers")
    venv.create(folder, with_pip=True)
    interpreter = folder / "bin/python"
    site = subprocess.run(
        [interpreter, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    (Path(site) / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = [interpreter, "-m", "pip", "install", "--quiet", "--no-input", TRANSFORMERS]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot install {TRANSFORMERS}: {done.stderr.strip().splitlines()[-1]}")
    return str(interpreter)


@pytest.mark.long
def test_transformers_computes_what_fairseq_does(smoke, python, tmp_path):
    ticket = ticketscope.load(smoke / "results/smoke").ticket("magnitude", 2)
    export(ticket, tmp_path / "exported")
    texts = {
        name: read_lines(smoke / f"results/smoke/corpus/{name}")[:LINES]
        for name in ("bpe/test.en", "bpe/test.de", "raw/test.en")
    }
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    subprocess.run([python, PEER, tmp_path], check=True, timeout=600)
    theirs = json.loads((tmp_path / "theirs.json").read_text())
    loaded = ticket.model()
    source = [loaded.source.encode_line(line, add_if_not_exist=False)
              for line in texts["bpe/test.en"]]  # fmt: skip
    assert theirs["ids"] == [row.tolist() for row in source]
    # The grammar's sentences have nothing that FSMT's tokeniser normalises.
    assert theirs["ids_of_text"] == theirs["ids"]
    with np.load(tmp_path / "theirs.npz") as arrays, torch.no_grad():
        tokens, previous = (torch.from_numpy(arrays[name]) for name in ("tokens", "previous"))
        logits = loaded.model(tokens, tokens.ne(1).sum(1), previous)[0]
        true = previous.ne(1)
        apart = (logits - torch.from_numpy(arrays["logits"]))[true].abs().max()
        assert apart < 1e-5 < logits[true].abs().max()
        assert not arrays["masked"].any() and arrays["masked"].size == ticket.mask.pruned
        for beam, penalty in ((1, 1.0), (4, 0.6)):
            generator = SequenceGenerator(
                [loaded.model], loaded.target, beam_size=beam, len_penalty=penalty, max_len_b=200
            )
            batch = {"net_input": {"src_tokens": tokens, "src_lengths": tokens.ne(1).sum(1)}}
            ours = [best[0]["tokens"].tolist() for best in generator.generate([], batch)]
            assert theirs[f"beam {beam}"] == ours
    # By the experiment's own settings, as its translations were made.
    hypotheses = smoke / "results/smoke/translations/seed1/magnitude/LTH2.subwords.txt"
    expected = read_lines(hypotheses)[:LINES]
    assert [loaded.target.string(torch.tensor(row)) for row in theirs["default"]] == expected
