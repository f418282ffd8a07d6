"""Which library multiplies matrices fastest on this processor, decided by its maker alone: one machine, one answer.

Torch's library, MKL, runs 256-bit code on processors of other makers than Intel. OpenBLAS, which NumPy and SciPy
carry, runs its 512-bit kernels there, at twice the speed where the processor's units are that wide. Knows no torch.
"""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path

# The parts of AVX-512 that OpenBLAS's kernels of that name are made of.
WIDE = frozenset({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"})
KERNELS = "SkylakeX"
CPUINFO = Path("/proc/cpuinfo")


def blas_environment(cpuinfo: Path = CPUINFO) -> dict[str, str]:
    """What a process that trains is to be started with: OpenBLAS reads it once, when it is loaded.

    One thread, for the same numbers whatever else runs; and its wide kernels where the processor has what they
    need, for OpenBLAS takes narrow ones on processors newer than itself.
    """
    wide = {"OPENBLAS_CORETYPE": KERNELS} if _is_wide_and_not_intel(cpu_facts(cpuinfo)) else {}
    return {"OPENBLAS_NUM_THREADS": "1", **wide}


@cache
def openblas_is_faster() -> bool:
    """Whether this process was started with wide kernels and one thread, and OpenBLAS does as it was asked."""
    if os.environ.get("OPENBLAS_CORETYPE") != KERNELS or os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        return False
    import numpy  # noqa: F401
    import scipy.linalg.blas  # noqa: F401
    from threadpoolctl import threadpool_info

    loaded = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return len(loaded) >= 2 and all(library.get("architecture") == KERNELS for library in loaded)


def cpu_facts(cpuinfo: Path = CPUINFO) -> dict[str, str]:
    """What Linux says of the processor, such as its `model_name`; empty elsewhere."""
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return {}
    return {
        name.strip().replace(" ", "_"): value.strip()
        for name, _, value in (line.partition(":") for line in lines)
    }


def _is_wide_and_not_intel(facts: dict[str, str]) -> bool:
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    return facts.get("vendor_id") != "GenuineIntel" and set(facts.get("flags", "").split()) >= WIDE
