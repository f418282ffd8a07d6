"""`python -m lab.runner`: the runner of a data folder as a process, usually started by `lab.runner.process`.

A module of this name is the one that multiprocessing does not run again in each worker.
"""

from __future__ import annotations

import sys

from lab.paths import lab_home
from lab.runner.process import serve

sys.exit(serve(lab_home()))
