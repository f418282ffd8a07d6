"""Tensors in files: written beside and renamed, sealed with a sha256, size and header capped before parsing.

Owns the file format (safetensors; nothing is ever unpickled). Knows no network and no run.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
from lab.files import write_beside
from lab.texts import text

MAX_FILE_BYTES = 1 << 30
MAX_CHECKPOINT_BYTES = 1 << 36  # of the lab's own, with what the optimizer keeps
MAX_HEADER_BYTES = 1 << 20  # a header of 10^6 tensors costs 40 s and 1.7 GB to parse
SEAL = "sha256"


class WeightsError(ValueError):
    """A weight file that cannot be used, and why."""


def save(path: Path, tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> None:
    """Write the tensors so that a reader sees the old file or the new one, never a part.

    Raises: OSError, with the old file untouched.
    """
    write_beside(path, dumps(tensors, metadata))


def load(path: Path, max_bytes: int = MAX_FILE_BYTES) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors (on the CPU) and the metadata of a file.

    Raises: WeightsError, FileNotFoundError.
    """
    size = path.stat().st_size
    if size > max_bytes:
        raise WeightsError(text("network.too_large", name=path.name, size=size, most=max_bytes))
    return loads(path.read_bytes(), path.name, max_bytes)


def shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor in a file of the lab's own, read from its header alone.

    Raises: WeightsError, FileNotFoundError.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise WeightsError(
            text("network.not_safetensors", name=path.name, reason=str(error)[:200])
        ) from error


def dumps(tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> bytes:
    """The bytes of a weight file, its seal among the metadata."""
    import torch
    from safetensors.torch import save as serialize

    # Views of one flat buffer, which training uses, are refused by the format.
    alone = {
        name: here if _fills_its_memory(here) else here.clone(memory_format=torch.contiguous_format)
        for name, here in ((name, tensor.detach().to("cpu")) for name, tensor in tensors.items())
    }
    return serialize(alone, {**metadata, SEAL: _seal(alone)})


def loads(
    data: bytes, name: str = "", max_bytes: int = MAX_FILE_BYTES
) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors and the metadata in the bytes of a weight file, such as an upload.

    Raises: WeightsError.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load as parse

    name = name or text("network.the_file")
    if len(data) > max_bytes:
        raise WeightsError(text("network.too_large", name=name, size=len(data), most=max_bytes))
    metadata = _metadata(data, name)
    try:
        tensors = parse(data)
    except (SafetensorError, ValueError, KeyError, AttributeError, RuntimeError) as error:
        raise WeightsError(text("network.not_safetensors", name=name, reason=str(error)[:200])) from error
    seal = metadata.pop(SEAL, None)
    if seal is not None and seal != _seal(tensors):
        raise WeightsError(text("network.damaged", name=name))
    return tensors, metadata


def _fills_its_memory(tensor: torch.Tensor) -> bool:
    return tensor.is_contiguous() and tensor.untyped_storage().nbytes() == tensor.numel() * tensor.itemsize


def _metadata(data: bytes, name: str) -> dict[str, str]:
    if len(data) < 8:
        raise WeightsError(text("network.too_short", name=name, size=len(data)))
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(MAX_HEADER_BYTES, len(data) - 8):
        allowed = min(MAX_HEADER_BYTES, len(data) - 8)
        raise WeightsError(text("network.header_too_long", name=name, length=length, most=allowed))
    try:
        header = json.loads(data[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise WeightsError(text("network.header_not_json", name=name)) from error
    metadata = header.get("__metadata__", {}) if isinstance(header, dict) else {}
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise WeightsError(text("network.metadata_not_text", name=name, value=str(metadata)[:80]))
    return metadata


def _seal(tensors: Mapping[str, torch.Tensor]) -> str:
    """The sha256 over names, types, shapes and bytes, in the order of the names."""
    import torch

    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)};".encode())
        digest.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
