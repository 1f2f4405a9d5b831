# An image for every command of the README. What it installs is requirements.lock, by `make env`;
# results, downloads and what snakemake remembers stay outside, in volumes. docs/run/containers.md has
# the commands, GPUs, Apptainer, and what was not tried.

# Debian 12, since its Python is 3.11.
ARG BASE=debian:12-slim
FROM ${BASE}

# make and util-linux's flock for the Makefile; git is not needed.
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
        ca-certificates make python3.11 python3.11-venv util-linux \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /ticketscope
# Before the code, so that an edit of the code does not install torch again.
COPY Makefile pyproject.toml requirements.lock README.md ./
ARG TORCH=torch==2.13.0
RUN mkdir -p src/ticketscope && make env TORCH="${TORCH}"

COPY . .
ENV PATH=/ticketscope/.venv/bin:$PATH
