"""Finished trainings, kept by all that decided them: none is lost, none is carried out twice.

Snakemake deletes a job's outputs before the job runs again: because Snakemake was killed just as
the job ended, because another job of its group failed, because an input was made anew. What a
training publishes is therefore linked into a folder that no rule declares, and the same training is
published again from there.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ticketscope.runtime.files import disk_errors, sha256
from ticketscope.tickets.workfolder import same_training

RECIPE = "recipe.json"


@dataclass(frozen=True)
class Trained:
    """Where one finished training is kept.

    Attributes:
        ticket: Folder of all trainings of this ticket.
        recipe: All that decides the result (version, settings, hashes of inputs), as JSON values.
        outputs: Name -> file that the training publishes. The last to be published comes last.
    """

    ticket: Path
    recipe: Mapping[str, Any]
    outputs: Mapping[str, Path]

    @property
    def folder(self) -> Path:
        for note in self.ticket.glob(f"[!.]*/{RECIPE}"):
            if same_training(note, self.recipe):
                return note.parent
        text = json.dumps(self.recipe, sort_keys=True)
        return self.ticket / hashlib.sha256(text.encode()).hexdigest()[:16]

    def publish(self, name: str, progress: Callable[[str], None]) -> bool:
        """Publish a training that was finished before; whether there was one.

        Args:
            name: What to call it.
            progress: Gets a line if there is one, or if it is damaged and is dropped.
        """
        try:
            digests = dict(json.loads((self.folder / RECIPE).read_bytes())["sha256"])
        except FileNotFoundError:
            return False
        except (ValueError, LookupError, TypeError):
            digests = {}
        if any(not self._is_whole(output, digests) for output in self.outputs):
            progress(f"{name}: {self.folder} is damaged and removed; the ticket is trained again")
            shutil.rmtree(self.folder)
            return False
        for output, path in self.outputs.items():
            _link(self.folder / output, path)
            os.utime(path)  # else it would look older than the inputs that it was made of
        progress(f"{name}: has been trained before; published again from {self.folder}")
        return True

    def _is_whole(self, output: str, digests: Mapping[str, str]) -> bool:
        path = self.folder / output
        return path.is_file() and output in digests and sha256(path) == digests[output]

    def keep(self, name: str, progress: Callable[[str], None]) -> None:
        """Keep what was published; earlier trainings of the ticket stay, and a line names them."""
        others = set(self.ticket.glob("*/")) - {self.folder}
        for unfinished in (path for path in others if path.name.startswith(".")):
            shutil.rmtree(unfinished)
        if earlier := [path for path in others if not path.name.startswith(".")]:
            size = sum(file.stat().st_size for path in earlier for file in path.iterdir())
            progress(
                f"{name}: {len(earlier)} earlier trainings with other settings, data or version "
                f"are kept in {self.ticket} ({size / 1e6:,.0f} MB): delete what you do not need"
            )
        with disk_errors(self.folder):
            self.ticket.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=".", dir=self.ticket))
            temporary.chmod(0o755)
            for output, path in self.outputs.items():
                _link(path, temporary / output)
            digests = {output: sha256(path) for output, path in self.outputs.items()}
            note = {"recipe": self.recipe, "sha256": digests}
            (temporary / RECIPE).write_text(json.dumps(note, indent=1), encoding="utf-8")
            shutil.rmtree(self.folder, ignore_errors=True)
            temporary.replace(self.folder)


def _link(source: Path, destination: Path) -> None:
    """One file with two names, which costs no space; a copy where the file system has no links."""
    with disk_errors(destination):
        destination.parent.mkdir(parents=True, exist_ok=True)
        temporary = destination.with_name(f".{destination.name}.link")
        temporary.unlink(missing_ok=True)
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)
        with suppress(FileNotFoundError):
            destination.unlink()  # renaming onto another name of the same file does nothing
        temporary.replace(destination)
