"""Resident memory is read at each look of a benchmark, shared memory seldom."""

import mmap
import time

import numpy as np
import psutil

from ticketscope.upstream import snakemake_benchmarks as benchmarks


def test_resident_memory_is_new_each_time_and_shared_memory_after_a_while(monkeypatch) -> None:
    monkeypatch.setattr(psutil.Process, "memory_full_info", benchmarks._read_all)
    benchmarks.measure_shared_memory_seldom()
    process = psutil.Process()
    first = process.memory_full_info()
    # Mapped, since the heap may have as much that was freed and is still resident.
    block = np.frombuffer(mmap.mmap(-1, 64 << 20), np.uint8)
    block[:] = 1
    second = process.memory_full_info()
    assert second.rss - first.rss > block.nbytes / 2
    assert (second.uss, second.pss) == (first.uss, first.pss)
    later = time.monotonic() + benchmarks.SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert process.memory_full_info().uss - first.uss > block.nbytes / 2


def test_snakemakes_benchmark_reads_it(monkeypatch) -> None:
    from snakemake.benchmark import BenchmarkRecord, BenchmarkTimer

    monkeypatch.setattr(psutil.Process, "memory_full_info", benchmarks._read_all)
    benchmarks.measure_shared_memory_seldom()
    record = BenchmarkRecord()
    timer = BenchmarkTimer(psutil.Process().pid, record)
    timer.work()
    monkeypatch.setattr(benchmarks, "_read_all", None)  # would fail
    timer.work()
    assert record.max_rss > 10 and record.max_uss > 10 and not record.errors
