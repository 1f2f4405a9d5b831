"""What a process took before its useful part.

The bounds hold however busy the machine is: a sleep takes no CPU, and a process is no older than
the time in which it was started and ended. They leave 0.05 s for rounding.
"""

import os
import subprocess
import sys
import time

from ticketscope.runtime.startup import LINE, start_up

ASLEEP_AND_BUSY = """
import time
time.sleep(0.6)
end = time.process_time() + 0.3
while time.process_time() < end:
    pass
from ticketscope.runtime.startup import start_up
print(start_up())
"""


def test_time_counts_from_the_start_of_the_process_and_cpu_apart():
    before = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", ASLEEP_AND_BUSY], capture_output=True, text=True, check=True
    )
    whole = time.monotonic() - before
    seconds, cpu, _ = map(float, LINE.fullmatch(done.stdout.strip()).groups())
    assert 0.9 <= seconds <= whole + 0.05
    assert 0.3 <= cpu <= seconds - 0.55  # sleep is no work


def test_a_forked_process_begins_at_the_fork():
    reading, writing = os.pipe()
    before = time.monotonic()
    child = os.fork()
    if not child:
        os.write(writing, start_up().encode())
        os._exit(0)
    os.waitpid(child, 0)
    whole = time.monotonic() - before
    os.close(writing)
    with os.fdopen(reading) as line:
        seconds, cpu, process = LINE.fullmatch(line.read()).groups()
    assert float(seconds) <= whole + 0.05 and int(process) == child
    assert float(cpu) <= whole + 0.05  # and not what pytest has taken
    ours, _, _ = LINE.fullmatch(start_up()).groups()
    assert float(ours) > whole + 0.05  # which pytest's own start has taken
