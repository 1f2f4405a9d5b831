"""fairseq-preprocess: from subwords to fairseq's binary data, with a joined dictionary."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.runtime.files import disk_errors
from ticketscope.runtime.processes import Processes, fairseq_command, fairseq_environment


def binarize(
    prefixes: dict[str, Path],
    destination: Path,
    *,
    source: str,
    target: str,
    dictionary: int | None = None,
    dictionaries: Sequence[Path] = (),
) -> None:
    """Run fairseq-preprocess into `destination`, which appears when it is complete.

    Args:
        prefixes: train, valid or test -> path of its subword files without the language. Without
            train, dictionaries must be given.
        destination: Folder to make; an earlier one is replaced.
        source: Source language.
        target: Target language.
        dictionary: Largest size of the joined dictionary, in types; None: all types.
        dictionaries: Dictionaries of source and target that replace the joined one of train.

    Raises:
        InputError: fairseq-preprocess failed; gives the last line of its output.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    with (
        disk_errors(destination),
        tempfile.TemporaryDirectory(dir=destination.parent, prefix=".bin.") as folder,
    ):
        arguments = [
            *fairseq_command("preprocess"), "--source-lang", source, "--target-lang", target,
            "--destdir", f"{folder}/bin", "--cpu",
        ]  # fmt: skip
        for split, prefix in prefixes.items():
            arguments += [f"--{split}pref", str(prefix)]
        if dictionaries:
            arguments += ["--srcdict", str(dictionaries[0]), "--tgtdict", str(dictionaries[1])]
        else:
            arguments.append("--joined-dictionary")
        if dictionary is not None:
            arguments += ["--nwordssrc", str(dictionary), "--nwordstgt", str(dictionary)]
        with Processes([arguments], fairseq_environment(None)) as process:
            lines = list(process.lines)
            code = process.wait()
        print("".join(lines), flush=True)
        if code:
            last = [line.strip() for line in lines if line.strip()][-1:]
            raise InputError(f"fairseq-preprocess failed: {' '.join(last)}")
        # Its log holds times and this machine's paths; all else depends on the text alone.
        Path(folder, "bin/preprocess.log").unlink(missing_ok=True)
        if destination.exists():
            shutil.rmtree(destination)
        Path(folder, "bin").replace(destination)
