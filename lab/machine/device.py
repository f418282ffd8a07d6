"""The machine that a run trains on: which device, its name, its memory.

Owns the choice between CPU and GPU. Imports torch only where a GPU is asked about.
"""

from __future__ import annotations

import math
import os
import platform
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.events import DevicePassedOver
from lab.machine.blas import cpu_facts
from lab.registry import FieldError, SpecError
from lab.texts import Text, said, text

if TYPE_CHECKING:
    import torch

CGROUP = Path("/sys/fs/cgroup")
_MB = 1 << 20


def choose_device(name: str) -> torch.device:
    """The torch device for `auto`, `cpu` or `cuda`; auto takes a GPU if there is one.

    Raises: SpecError, where a GPU is asked for and there is none.
    """
    import torch

    if name == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda")
    if name == "cuda":
        raise SpecError([FieldError("train.device", name, said("machine.no_gpu"))])
    return torch.device("cpu")


def compute_on_one_core() -> None:
    """Has torch compute with one core in this thread, for what is too small to share.

    OpenMP counts per thread: two that share a drawing wait for each other three times as long as one computes.
    """
    import torch

    torch.set_num_threads(1)


def tried_device(name: str) -> tuple[torch.device, DevicePassedOver | None]:
    """The device to train on, once it has computed something right, and why the GPU was passed over, if it was.

    For the process that trains: trying a GPU takes some of its memory for good.

    Raises: SpecError, where a GPU is asked for and there is none, or it does not work.
    """
    import torch

    device = choose_device(name)
    if device.type != "cuda" or not (trouble := _trouble_with_gpu()):
        return device, None
    if name == "cuda":
        raise SpecError([FieldError("train.device", name, gpu_trouble(trouble))])
    return torch.device("cpu"), trouble


def gpu_trouble(trouble: DevicePassedOver) -> Text:
    """Why a GPU that was asked for cannot be used, and what else is allowed."""
    if trouble.trouble == "wrong_numbers":
        return said("machine.gpu_wrong")
    return said("machine.gpu_fails", reason=trouble.detail)


@cache
def _trouble_with_gpu() -> DevicePassedOver | None:
    """Why the GPU cannot be trusted; None where a product there is the CPU's. Full float32 from then on."""
    import torch

    try:
        backends: Any = torch.backends
        for kind in (backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn):
            kind.fp32_precision = "ieee"  # by default cuDNN rounds to TF32's ten bits
        numbers = torch.arange(64.0).view(8, 8)
        made = numbers.to("cuda") @ numbers.to("cuda")
        right = torch.equal(made.cpu(), numbers @ numbers)
    except Exception as error:  # built for other cards, no driver, no memory left: whatever torch says
        said = str(error).strip().splitlines() or [type(error).__name__]
        return DevicePassedOver(trouble="not_working", detail=said[0])
    return None if right else DevicePassedOver(trouble="wrong_numbers")


def device_title(device: torch.device) -> str:
    """What the device is called, to whoever reads it here."""
    return device_in_words(*device_facts(device))


def device_facts(device: torch.device) -> tuple[str, int]:
    """The device's name, and how many cores of a processor this process may use; 0 for a GPU."""
    if device.type == "cuda":
        import torch

        return str(torch.cuda.get_device_name(device)), 0
    return _cpu_name(), usable_cores()


def device_in_words(name: str, cores: int) -> str:
    """A device as it is called, with its cores where it has a number of them."""
    return text("machine.processor", name=name, n=cores) if cores else name


def cpu_title() -> str:
    """The processor's name and how many cores this process may use."""
    return device_in_words(_cpu_name(), usable_cores())


def _cpu_name() -> str:
    return cpu_facts().get("model_name") or platform.processor() or platform.machine()


def usable_cores(cgroup: Path = CGROUP) -> int:
    """How many cores this process may use: those it is bound to, and no more than its container is given time for."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return math.ceil(min(bound, _quota(cgroup)))


def _quota(cgroup: Path) -> float:
    """The cores' worth of time that the container may use; infinite without a limit."""
    try:
        if (cgroup / "cpu.max").is_file():
            used, period = (cgroup / "cpu.max").read_text().split()
        else:  # version 1
            used, period = (
                (cgroup / "cpu" / f"cpu.cfs_{what}_us").read_text() for what in ("quota", "period")
            )
        return float(used) / float(period) if float(used) > 0 else math.inf
    except (OSError, ValueError, ZeroDivisionError):
        return math.inf


def gpu_memory_gb() -> float:
    """The memory of the smallest GPU, by its driver's own tool, which takes none of it; 0 where there is no GPU."""
    try:
        said = subprocess.run(
            ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout
        return min(float(line) for line in said.split()) * _MB / 1e9
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0.0


def gpu_memory_left_gb(device: torch.device) -> tuple[float, float]:
    """What is free of a GPU's memory, and all of it."""
    import torch

    free, total = torch.cuda.mem_get_info(device)
    return free / 1e9, total / 1e9
