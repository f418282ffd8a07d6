"""A trained network in memory, ready to answer: a shipped one, a run's, a file's.

Owns what may be loaded and what is refused; each file is read once until it changes. Knows no drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor, nn

from lab.models.shipped import SHIPPED
from lab.network.build import build_network
from lab.network.weights import WeightsError, load
from lab.parts.layers import BatchNorm, Conv2d, Dropout, LayerNorm, Linear, MaxPool
from lab.parts.normalisation import NORMALISATIONS, Normalisation
from lab.paths import epoch_weights, is_run_id, latest_weights, run_folder
from lab.presets import title_said
from lab.registry import SpecError, did_you_mean
from lab.spec import RunSpec, parse_spec
from lab.texts import text

MODELS_KEPT = 48


MAX_MODEL_BYTES = 512_000_000


class ModelError(ValueError):
    """A model that cannot answer, and why, in words for a person."""


@dataclass(frozen=True, eq=False)
class Model:
    """A network in memory, ready to answer, and where it came from.

    `reference` is what `load_model` was asked for; `epoch` is None where the file does not say.
    """

    reference: str
    spec: RunSpec
    network: nn.Sequential
    epoch: int | None
    path: Path

    @property
    def title(self) -> str:
        """What a person calls it."""
        shipped = SHIPPED.get(self.reference)
        return str(shipped.title) if shipped else title_said(self.spec.title) or self.reference

    @property
    def normalisation(self) -> Normalisation:
        """How pixels become this network's numbers: the object its training used."""
        return NORMALISATIONS[self.spec.data.normalisation]


def load_model(reference: str, home: Path | None = None) -> Model:
    """The model of a shipped name, a run's id, `RUN@EPOCH`, or the path of a .safetensors file.

    A file is read once and again only when it changes; `home` is needed for runs.
    Raises: ModelError.
    """
    path = _path_of(reference, home)
    try:
        stat = path.stat()
        return _read(reference, path, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        raise ModelError(run_missing(reference, home)) from None
    except OSError as error:
        raise ModelError(text("models.unreadable", name=reference[:80], reason=error.strerror)) from None


def _path_of(reference: str, home: Path | None) -> Path:
    if reference in SHIPPED:
        return SHIPPED[reference].path
    run_id, _, epoch = reference.partition("@")
    if home is not None and is_run_id(run_id):
        if not epoch:
            return latest_weights(home, run_id)
        if epoch.isdecimal() and 1 <= int(epoch) <= 10_000:
            return epoch_weights(home, run_id, int(epoch))
        raise ModelError(text("models.no_epoch", epoch=epoch[:20], run=run_id))
    if reference.endswith(".safetensors"):
        return Path(reference)
    hint = did_you_mean(reference, SHIPPED)
    raise ModelError(text("models.unknown", name=reference[:80], hint=hint))


def run_missing(reference: str, home: Path | None) -> str:
    run_id = reference.partition("@")[0]
    if home is not None and is_run_id(run_id):
        if run_folder(home, run_id).is_dir():
            return text("models.no_weights", run=reference)
        return text("models.no_run", run=run_id)
    return text("models.no_file", name=reference[:200])


@lru_cache(maxsize=MODELS_KEPT)
def _read(reference: str, path: Path, mtime_ns: int, size: int) -> Model:
    """The model in a file as it is at this time and size."""
    try:
        tensors, metadata = load(path, MAX_MODEL_BYTES)
        spec = parse_spec(metadata["spec"])
        _refuse_inflated(spec, tensors, path)
        network = build_network(spec.network).eval().requires_grad_(False)
        network.load_state_dict(tensors)
    except KeyError:
        raise ModelError(text("models.no_spec", name=path.name)) from None
    except WeightsError as error:
        raise ModelError(str(error)) from None
    except SpecError as error:
        raise ModelError(text("models.bad_spec", name=path.name, reason=str(error)[:300])) from None
    except RuntimeError as error:  # what torch says about names and shapes
        raise ModelError(text("models.misfit", name=path.name, reason=str(error)[:300])) from None
    broken = next((name for name, tensor in tensors.items() if not bool(torch.isfinite(tensor).all())), None)
    if broken is not None:
        raise ModelError(text("models.diverged", name=reference, tensor=broken))
    epoch = metadata.get("epoch", "")
    return Model(reference, spec, network, int(epoch) if epoch.isdecimal() else None, path)


def _refuse_inflated(spec: RunSpec, tensors: dict[str, Tensor], path: Path) -> None:
    """Refuses a small file whose spec would build a network that fills the memory.

    Each dense or convolutional layer must lie in the file, as wide as the spec says.
    """
    features: int | None = None
    for index, layer in enumerate(spec.network.layers):
        if not isinstance(layer, Linear | Conv2d):
            features = features if isinstance(layer, Dropout | BatchNorm | LayerNorm | MaxPool) else None
            continue
        name, width = ("linear", layer.units) if isinstance(layer, Linear) else ("conv", layer.channels)
        tensor = tensors.get(f"{index}.{name}.weight")
        if tensor is None or tensor.shape[0] != width or features not in (None, tensor.shape[1]):
            if tensor is None:
                raise ModelError(text("models.layer_missing", name=path.name, layer=index))
            raise ModelError(text("models.layer_misfit", name=path.name, layer=index, held=tensor.shape))
        features = width
