"""The places that pin versions agree: requirements.in, its lock, conda, make, the image."""

import re
import tomllib
from pathlib import Path

import yaml

PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def pins(text: str) -> dict[str, str]:
    """Lower-case name -> version of the lines that pin one."""
    return {name.lower(): version for name, version in PIN.findall(text)}


def conda_pins(root: Path) -> dict[str, str]:
    dependencies = yaml.safe_load((root / "envs/ticketscope.yaml").read_text())["dependencies"]
    (pip,) = [part["pip"] for part in dependencies if isinstance(part, dict)]
    return pins("\n".join(pip))


def test_the_lock_has_every_direct_dependency_at_its_version(root: Path) -> None:
    direct = pins((root / "requirements.in").read_text())
    locked = pins((root / "requirements.lock").read_text())
    assert direct
    assert direct.items() <= locked.items()


def test_every_line_of_requirements_pins_a_version(root: Path) -> None:
    lines = (root / "requirements.in").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert len(wanted) == len(pins("\n".join(wanted)))


def test_the_lock_is_versions_and_hashes_only(root: Path) -> None:
    text = (root / "requirements.lock").read_text()
    entries = text.replace(" \\\n", "").splitlines()
    for entry in entries:
        assert re.fullmatch(r"[a-z0-9.-]+==[^ ]+( +--hash=sha256:[0-9a-f]{64})+", entry), entry
    names = [PIN.match(entry)[1] for entry in entries]
    assert names == sorted(set(names))


def test_torch_and_its_gpu_libraries_are_not_locked(root: Path) -> None:
    locked = pins((root / "requirements.lock").read_text())
    assert not [name for name in locked if re.match(r"(torch|triton|nvidia-.*|cuda-.*)$", name)]


def test_fairseq_is_the_build_that_was_checked(root: Path) -> None:
    """Its publisher is unnamed, so the bytes whose sources were compared are the pin."""
    entry = re.search(
        r"^ve-fairseq==0\.12\.3((?: \\\n +--hash=\S+)+)",
        (root / "requirements.lock").read_text(),
        re.MULTILINE,
    )
    assert entry
    assert set(re.findall("sha256:([0-9a-f]{64})", entry[1])) == {
        "5e84da7a92db08aae7f9cc3d155d4574d915fe1959dc1e041d514b6ef7bc000a",  # Python 3.11
        "9ba18767af12978b4700ac7d9914e6abfe365a50ce17faa6a79e8f07f4129be5",  # Python 3.12
    }


def test_the_conda_environment_has_what_jobs_import(root: Path) -> None:
    jobs, _ = (root / "requirements.in").read_text().split("# tests and style")
    conda = conda_pins(root)
    torch = conda.pop("torch")
    assert conda == pins(jobs)
    assert f"TORCH ?= torch=={torch}\n" in (root / "Makefile").read_text()


def dockerfile(root: Path) -> list[tuple[str, str]]:
    """Its instructions in order, as (word, rest), continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (root / "Dockerfile").read_text())
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_installs_by_make_env_and_in_no_other_way(root: Path) -> None:
    """So that its versions are the lock's, whatever else changes."""
    runs = [rest for word, rest in dockerfile(root) if word == "RUN"]
    assert not [run for run in runs if re.search(r"\b(pip|conda|curl|wget|uv)3? ", run)]
    assert [run for run in runs if run.endswith('make env TORCH="${TORCH}"')] == runs[-1:]
    copied = next(rest for word, rest in dockerfile(root) if word == "COPY").split()
    rule = re.search(
        r"^\.venv/\.installed: (requirements.+)$", (root / "Makefile").read_text(), re.MULTILINE
    )
    assert rule
    assert {"Makefile", *rule[1].split()} <= set(copied)


def test_the_image_has_the_same_torch_and_python_as_the_others(root: Path) -> None:
    arguments = [rest for word, rest in dockerfile(root) if word == "ARG"]
    torch = re.search(r"^TORCH \?= (.+)$", (root / "Makefile").read_text(), re.MULTILINE)
    assert torch
    assert f"TORCH={torch[1]}" in arguments
    pythons = {
        version
        for word, rest in dockerfile(root)
        if word == "RUN"
        for version in re.findall(r"\bpython(3\.\d+)\b", rest)
    }
    conda = yaml.safe_load((root / "envs/ticketscope.yaml").read_text())["dependencies"]
    assert [f"python={version}" for version in pythons] == conda[:1]


def test_the_image_leaves_out_what_git_leaves_out(root: Path) -> None:
    ignored = {line.strip("/") for line in (root / ".gitignore").read_text().splitlines()}
    left_out = (root / ".dockerignore").read_text().splitlines()
    assert ignored <= {line.removeprefix("**/") for line in left_out}
    assert ".git" in left_out


def test_extras_pin_their_versions(root: Path) -> None:
    extras = tomllib.loads((root / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    for requirements in extras.values():
        assert all(re.fullmatch(r"[a-z0-9-]+(\[\w+\])?==[0-9.]+", line) for line in requirements)
