"""Weight files: exact, whole or absent, and hostile ones refused before they cost anything."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lab.network import weights

METADATA = {"spec": '{"version": 1}', "epoch": "3", "step": "1800"}


def tensors() -> dict[str, torch.Tensor]:
    flat = torch.arange(24, dtype=torch.float32)
    return {
        "0.weight": flat[:12].view(3, 4),
        "0.bias": flat[12:15],
        "twice": flat[:12].view(3, 4).t(),
        "count": torch.tensor(7),
        "mask": torch.tensor([True, False]),
        "half": torch.ones(3, dtype=torch.bfloat16),
    }


def test_what_is_saved_is_loaded_to_the_bit_and_the_metadata_too(tmp_path: Path) -> None:
    path = tmp_path / "run" / "latest.safetensors"
    weights.save(path, tensors(), METADATA)
    loaded, metadata = weights.load(path)
    assert metadata == METADATA
    assert loaded.keys() == tensors().keys()
    for name, tensor in tensors().items():
        assert loaded[name].dtype == tensor.dtype
        assert torch.equal(loaded[name], tensor)
    assert [file.name for file in path.parent.iterdir()] == ["latest.safetensors"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run" / "latest.safetensors"
    weights.save(path, tensors(), METADATA)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lab.files.os.replace", full)
    with pytest.raises(OSError, match="No space"):
        weights.save(path, {"other": torch.zeros(9)}, {})
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["latest.safetensors"]


def test_one_changed_bit_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "latest.safetensors"
    weights.save(path, tensors(), METADATA)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(weights.WeightsError, match=r"latest\.safetensors is damaged"):
        weights.load(path)


def test_a_file_without_a_seal_from_another_tool_is_accepted() -> None:
    from safetensors.torch import save

    loaded, metadata = weights.loads(save({"a": torch.ones(2)}))
    assert torch.equal(loaded["a"], torch.ones(2))
    assert metadata == {}


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(weights.WeightsError):
        weights.loads(data, "upload")


@pytest.mark.parametrize(
    "header",
    [
        b"[" * 100_000,
        b"[]",
        b"{}" + b" " * (1 << 20),
        json.dumps({"a": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4 * 10**9]}}).encode(),
        json.dumps({"__metadata__": {"spec": 3}}).encode(),
        json.dumps({"__metadata__": []}).encode(),
        json.dumps({"a": {"dtype": "X9", "shape": [1], "data_offsets": [0, 4]}}).encode(),
    ],
)
def test_a_hostile_header_is_refused(header: bytes) -> None:
    with pytest.raises(weights.WeightsError, match="upload"):
        weights.loads(struct.pack("<Q", len(header)) + header + b"1234", "upload")


def test_a_file_over_the_cap_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "big.safetensors"
    weights.save(path, {"a": torch.zeros(1000)}, {})
    with pytest.raises(weights.WeightsError, match="at most 1,000 are read"):
        weights.load(path, max_bytes=1000)
