"""Following a how-to of docs/ to the letter, so that no page says what does not work."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.workflow.conftest import BIN, ROOT, environment


class Block(NamedTuple):
    """A fenced block: its language, its text, and the path that its first line names, if it does.

    Such a line is a comment with nothing but the path: `# src/ticketscope/new.py`.
    """

    language: str
    text: str
    path: str | None


def blocks(page: str) -> list[Block]:
    """The fenced blocks of docs/<page>, in their order."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = []
    for language, body in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        named = re.match(r"# ([\w/.-]+\.\w+)\n", body)
        found.append(Block(language, body, named[1] if named else None))
    return found


def follow(page: str, folder: Path, **more: str) -> str:
    """Do in `folder` what a page says: write its files, apply its diffs, run its commands and code.

    Args:
        page: Its name in docs/.
        folder: The project, as the page finds it.
        more: Environment of the commands.

    Returns:
        What the commands and the code printed.
    """
    printed = ""
    env = environment(PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}", **more)
    # The folder's own src, and no repository that the folder may lie in.
    env |= {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
    for language, text, path in blocks(page):
        if path is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
            continue
        command, given = {
            "diff": (["git", "apply", "-"], text),
            "sh": (["bash", "-eu", "-o", "pipefail"], text),
            "python": ([sys.executable, "-"], text),
        }[language]
        done = subprocess.run(
            command,
            input=given,
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"docs/{page}:\n{text}\n{done.stdout}"
        printed += done.stdout
    return printed
