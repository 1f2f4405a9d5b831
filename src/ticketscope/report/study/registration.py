"""Whether the plan and its claims came before the trainings: asked of the repository's history."""

import subprocess
from pathlib import Path

import ticketscope
from ticketscope import claims

_CLAIMS = [str(Path(claims.__file__).parent / name) for name in ("claims.yaml", "extensions.yaml")]
YES, NO, UNKNOWN = "yes", "no", "not known"


def plan_is_earlier(plan: str, commit: str) -> str:
    """Whether a commit contains the plan's: yes, no, or not known (not in this repository)."""
    code = _git("merge-base", "--is-ancestor", plan, clean(commit))
    return {0: YES, 1: NO}.get(code, UNKNOWN)


def claims_are_the_same(plan: str, commit: str) -> str:
    """Whether a commit has the claims and margins of the plan's: yes, no, or not known."""
    code = _git("diff", "--quiet", plan, clean(commit), "--", *_CLAIMS)
    return {0: YES, 1: NO}.get(code, UNKNOWN)


def clean(commit: str) -> str:
    """The commit without the mark of files that differed from it."""
    return commit.removesuffix("-dirty")


def _git(*arguments: str) -> int:
    """The exit status; 128 where there is no git."""
    command = ["git", "-C", str(Path(ticketscope.__file__).parent), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return 128
    return done.returncode
