"""What the forkserver loads leaves a process whose children can train."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# The parent loads; its child trains one step and would wait for ever for a pool of threads that was not forked.
SCRIPT = """
import os, sys
import lab.engines.preload
import torch
assert torch.get_num_threads() == 1
assert not torch.cuda.is_initialized()
assert {"lab.training.loop", "lab.engines.worker", "torch._dynamo"} <= set(sys.modules)
child = os.fork()
if child == 0:
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 8, 3), torch.nn.Flatten(), torch.nn.Linear(8 * 26 * 26, 10))
    optimizer = torch.optim.Adam(network.parameters())
    torch.nn.functional.cross_entropy(network(torch.ones(64, 1, 28, 28)), torch.zeros(64).long()).backward()
    optimizer.step()
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only a machine that forks has a forkserver")
def test_a_child_of_the_loaded_process_trains(home: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "LAB_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.split() == ["7"]
