"""Which library multiplies is decided by the processor's maker and its instructions."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from lab.machine.blas import KERNELS, WIDE, blas_environment

WIDE_FLAGS = " ".join(sorted(WIDE))
ALWAYS = {"OPENBLAS_NUM_THREADS": "1"}


@pytest.mark.parametrize(
    ("maker", "flags", "machine", "is_wide"),
    [
        ("AuthenticAMD", f"fpu {WIDE_FLAGS} avx2", "x86_64", True),
        ("AuthenticAMD", "fpu avx2 avx512f", "x86_64", False),
        ("GenuineIntel", WIDE_FLAGS, "x86_64", False),
        ("AuthenticAMD", WIDE_FLAGS, "aarch64", False),
    ],
)
def test_wide_kernels_are_asked_for_where_mkl_does_not_use_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maker: str, flags: str, machine: str, is_wide: bool
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    facts = tmp_path / "cpuinfo"
    facts.write_text(f"processor\t: 0\nvendor_id\t: {maker}\nflags\t\t: {flags}\n\nprocessor\t: 1\n")
    assert blas_environment(facts) == ALWAYS | ({"OPENBLAS_CORETYPE": KERNELS} if is_wide else {})


def test_a_machine_that_says_nothing_of_itself_keeps_torchs_own(tmp_path: Path) -> None:
    assert blas_environment(tmp_path / "nothing") == ALWAYS


def test_a_process_started_as_asked_uses_what_it_was_asked_for() -> None:
    wanted = blas_environment()
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from lab.machine.blas import openblas_is_faster; print(openblas_is_faster())",
        ],
        env={**os.environ, **wanted},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == str("OPENBLAS_CORETYPE" in wanted)
