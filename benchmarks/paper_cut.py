"""One magnitude cut of a checkpoint of the paper's size, file to file: CPU time and memory."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from ticketscope.config import load
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import Setup, command
from ticketscope.tickets.dense_mask import dense_mask

ROOT = Path(__file__).parents[1]
LIMITS = {
    f"{cut}.{name}": ("at most", limit)
    for cut in ("first_cut", "second_cut")
    for name, limit in (("cpu_seconds", 60), ("peak_gib", 6))
}

CUT = """
import sys
from pathlib import Path
from ticketscope.tickets.settings import Series
from ticketscope.tickets.prune import prune
folder = Path(sys.argv[1])
series = Series(criterion="magnitude", scope="global")
prune(folder / "checkpoint.pt", folder / sys.argv[2], series=series, fraction=0.2, seed=1, k=1,
      output=folder / sys.argv[3])
"""


def measure() -> dict[str, object]:
    """CPU seconds and peak memory of the first and of the second cut, each in a process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        maker = multiprocessing.get_context("spawn").Process(target=_checkpoint, args=(folder,))
        maker.start()
        maker.join()
        size = (folder / "checkpoint.pt").stat().st_size
        dense_mask(folder / "checkpoint.pt", embeddings=False, biases=True, output=folder / "m0")
        cuts = [_cut(folder, f"m{k}", f"m{k + 1}") for k in (0, 1)]
    return {
        "checkpoint_gb": round(size / 1e9, 2),
        "first_cut": cuts[0],
        "second_cut": cuts[1],
    }


def _checkpoint(folder: Path) -> None:
    """Transformer-Big as fairseq builds it, with Adam's moments in single precision."""
    from fairseq import options, tasks
    from fairseq.dataclass.utils import convert_namespace_to_omegaconf
    from fairseq.utils import import_user_module

    config = load(ROOT / "config.yaml", ROOT / "config/wmt16.yaml")
    types = (config.subwords.dictionary or 0) - 4
    for language in ("en", "de"):
        text = "".join(f"w{i} 1\n" for i in range(types))
        (folder / f"dict.{language}.txt").write_text(text, encoding="utf-8")
    setup = Setup(config.model, config.training, config.languages, folder, seed=1)
    arguments = [a for a in command(setup, folder, max_epoch=60, cpu=False)[4:] if a != "--fp16"]
    parsed = options.parse_args_and_arch(options.get_training_parser(), arguments)
    import_user_module(parsed)
    cfg = convert_namespace_to_omegaconf(parsed)
    model = tasks.setup_task(cfg.task).build_model(cfg.model)
    moments = torch.randn(sum(weight.numel() for weight in model.parameters()))
    checkpoints.save(
        {
            "cfg": {},
            "model": model.state_dict(),
            "optimizer_history": [],
            "extra_state": {},
            "last_optimizer_state": {"state": {0: {"exp_avg": moments, "exp_avg_sq": moments + 1}}},
        },
        folder / "checkpoint.pt",
    )


def _cut(folder: Path, before: str, after: str) -> dict[str, float]:
    process = subprocess.Popen([sys.executable, "-c", CUT, str(folder), before, after])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("the cut failed")
    return {
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_gib": round(usage.ru_maxrss * 1024 / 2**30, 2),
    }
