"""Following a how-to of docs/ to the letter, so that no page says what does not work."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

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


def links(page: str) -> list[str]:
    """The relative links and pictures of a page, a path from the root, without their anchors."""
    text = (ROOT / page).read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^()\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    relative = (target.split("#")[0] for target in targets if "://" not in target)
    return [target for target in relative if target]


def navigation() -> list[str]:
    """The pages in the site's navigation, as paths in docs/."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    _, nav = re.split(r"^nav:$", text, flags=re.MULTILINE)  # the rest has tags of mkdocs

    def leaves(item: Any) -> Iterator[str]:
        if isinstance(item, str):
            yield item
        else:
            for part in item.values() if isinstance(item, dict) else item:
                yield from leaves(part)

    return list(leaves(yaml.safe_load(nav)))


def documented_columns() -> dict[str, set[str]]:
    """The columns that docs/reference/tables.md describes, by the name of the table's file."""
    text = (ROOT / "docs/reference/tables.md").read_text(encoding="utf-8")
    columns = {}
    for heading, section in re.findall(r"^### `([^`]+)`\n(.*?)(?=^##|\Z)", text, re.M | re.S):
        rows = re.findall(r"^\| (.*?) \|", section, re.MULTILINE)
        if rows:
            columns[Path(heading).name] = set(re.findall(r"`(\w+)`", " ".join(rows)))
    return columns


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
