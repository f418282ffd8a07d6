"""What the forkserver loads once, so that a forked worker starts in milliseconds.

Owns the state every worker begins with. Starts no thread pool (a forked child would wait for it for
ever) and never touches CUDA (it cannot be used after a fork).
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os

import numpy as np
import safetensors.torch  # noqa: F401
import torch
import torch._dynamo

import lab.data
import lab.engines.worker
import lab.training.budget
import lab.training.loop
from lab.events import Stop, Stopped, message_from_json, to_json
from lab.machine.blas import openblas_is_faster
from lab.paths import lab_home

# The first optimizer of a process would import it: 1.5 s.
assert torch._dynamo

# What is made at the first use is made here, once for all workers.
to_json(Stopped(step=0))
message_from_json(to_json(Stop()))

openblas_is_faster()  # loads it, where it is to be used
np.seterr(all="ignore")  # a run that diverges is told by its loss, not by a warning

# One thread for each worker, always: the same numbers whether it trains alone or beside others.
torch.set_num_threads(1)

if os.environ.get("LAB_HOME"):  # which the runner always sets
    with contextlib.suppress(OSError, ValueError):
        lab.data.load("mnist", lab_home())  # unpacks and checks the files, or makes the digits

gc.collect()
gc.freeze()  # pages that are never collected stay shared after the fork

# At its own end the server has nothing to tidy up, and triton (which torch._dynamo imports) would fill
# the log with what it calls leaks. Workers never run this: they leave by os._exit themselves.
atexit.register(os._exit, 0)
