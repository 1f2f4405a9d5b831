"""Whether the plan and its claims came before the trainings: asked of the repository's history."""

import subprocess
from pathlib import Path

import ticketscope
from ticketscope import claims

_CLAIMS = [str(Path(claims.__file__).parent / name) for name in ("claims.yaml", "extensions.yaml")]
YES, NO, UNKNOWN = "yes", "no", "not known"


def plan_is_earlier(plan: str, commit: str, repository: Path | None = None) -> str:
    """Whether a commit contains the plan's: yes, no, or not known (not in this repository)."""
    code = _git(repository, "merge-base", "--is-ancestor", plan, clean(commit))
    return {0: YES, 1: NO}.get(code, UNKNOWN)


def claims_are_the_same(
    plan: str, commit: str, repository: Path | None = None, files: list[str] | None = None
) -> str:
    """Whether a commit has the claims and margins of the plan's: yes, no, or not known."""
    code = _git(repository, "diff", "--quiet", plan, clean(commit), "--", *(files or _CLAIMS))
    return {0: YES, 1: NO}.get(code, UNKNOWN)


def clean(commit: str) -> str:
    """The commit without the mark of files that differed from it."""
    return commit.removesuffix("-dirty")


def _git(repository: Path | None, *arguments: str) -> int:
    """The exit status; 128 where there is no git."""
    folder = repository or Path(ticketscope.__file__).parent
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError:
        return 128
    return done.returncode
