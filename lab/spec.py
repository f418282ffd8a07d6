"""A run is a value: data, network and training in one frozen, versioned JSON value with its seed in it.

Owns reading such a value from untrusted text and changing it field by field. Knows no torch and no page.
"""

from __future__ import annotations

import codecs
import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ValidationError

from lab.data import DatasetName
from lab.parts.augmentations import AnyAugmentation
from lab.parts.initialisations import AnyInitialisation, PyTorchDefault
from lab.parts.layers import AnyLayer
from lab.parts.losses import AnyLoss, CrossEntropy
from lab.parts.normalisation import NormalisationName
from lab.parts.optimizers import SGD, AnyOptimizer
from lab.parts.schedules import AnySchedule, Constant
from lab.registry import FieldError, Spec, SpecError, hyper, once, refused, spec_error, unknown_key
from lab.texts import Text, said

VERSION = 1
MAX_TEXT_BYTES = 1_000_000
MAX_LAYERS = 64


class DataSpec(Spec):
    """Which samples are trained on, and what happens to them first."""

    dataset: DatasetName = hyper(
        "mnist", said("spec.data.dataset.title"), said("spec.data.dataset.description")
    )
    train_samples: int = hyper(
        60_000,
        said("spec.data.train_samples.title"),
        said("spec.data.train_samples.description"),
        ge=20,
        le=60_000,
    )
    validation_share: float = hyper(
        0.0,
        said("spec.data.validation_share.title"),
        said("spec.data.validation_share.description"),
        ge=0.0,
        le=0.5,
    )
    normalisation: NormalisationName = hyper(
        "half", said("spec.data.normalisation.title"), said("spec.data.normalisation.description")
    )
    augmentations: tuple[AnyAugmentation, ...] = hyper(
        (), said("spec.data.augmentations.title"), said("spec.data.augmentations.description"), max_length=16
    )
    label_noise: float = hyper(
        0.0,
        said("spec.data.label_noise.title"),
        said("spec.data.label_noise.description"),
        ge=0.0,
        le=1.0,
    )


class NetworkSpec(Spec):
    """The stack of layers from a 28 x 28 image to ten logits."""

    layers: tuple[AnyLayer, ...] = hyper(
        ...,
        said("spec.network.layers.title"),
        said("spec.network.layers.description"),
        min_length=1,
        max_length=MAX_LAYERS,
    )
    initialisation: AnyInitialisation = hyper(
        PyTorchDefault(),
        said("spec.network.initialisation.title"),
        said("spec.network.initialisation.description"),
    )


class TrainSpec(Spec):
    """What is made small, how, and for how long."""

    loss: AnyLoss = hyper(CrossEntropy(), said("spec.train.loss.title"), said("spec.train.loss.description"))
    optimizer: AnyOptimizer = hyper(
        SGD(), said("spec.train.optimizer.title"), said("spec.train.optimizer.description")
    )
    schedule: AnySchedule = hyper(
        Constant(), said("spec.train.schedule.title"), said("spec.train.schedule.description")
    )
    batch_size: int = hyper(
        100,
        said("spec.train.batch_size.title"),
        said("spec.train.batch_size.description"),
        formula=r"g = \frac{1}{B} \sum_b g_b",
        ge=1,
        le=10_000,
    )
    epochs: int = hyper(
        10, said("spec.train.epochs.title"), said("spec.train.epochs.description"), ge=1, le=1000
    )
    l1: float = hyper(
        0.0,
        said("spec.train.l1.title"),
        said("spec.train.l1.description"),
        formula=r"J \leftarrow J + \lambda_1 \sum |w|",
        ge=0.0,
        le=1.0,
    )
    clip_norm: float = hyper(
        0.0,
        said("spec.train.clip_norm.title"),
        said("spec.train.clip_norm.description"),
        formula=r"g \leftarrow g \cdot \min(1,\; c / \lVert g \rVert)",
        ge=0.0,
        le=1000.0,
    )
    early_stopping: int = hyper(
        0,
        said("spec.train.early_stopping.title"),
        said("spec.train.early_stopping.description"),
        ge=0,
        le=100,
    )
    seed: int = hyper(
        0, said("spec.train.seed.title"), said("spec.train.seed.description"), ge=0, le=2**31 - 1
    )
    device: Literal["auto", "cpu", "cuda"] = hyper(
        "auto",
        said("spec.train.device.title"),
        said("spec.train.device.description"),
        choices={"auto": said("spec.train.device.auto")},
    )


def _whole(version: Any) -> Any:
    """The version, which is no `true` and no `1.0`: Python takes both for 1."""
    if type(version) is not int:
        raise refused(said("registry.none_of", value=repr(version)[:60], names=(VERSION,)))
    return version


class RunSpec(Spec):
    """Everything a run needs, and nothing else."""

    version: Annotated[Literal[1], BeforeValidator(_whole)] = 1
    title: str = hyper("", said("spec.run.title.title"), said("spec.run.title.description"), max_length=80)
    data: DataSpec = DataSpec()
    network: NetworkSpec
    train: TrainSpec = TrainSpec()


def parse_spec(text: str | bytes) -> RunSpec:
    """The run that a JSON text describes.

    Raises: SpecError, naming each field, its value and what is allowed.
    """
    if len(text) > MAX_TEXT_BYTES:
        raise SpecError([FieldError("", "", said("registry.too_many_bytes", most=MAX_TEXT_BYTES))])
    try:
        plain = _unmarked(text)
        spec = RunSpec.model_validate_json(plain)
        json.loads(plain, object_pairs_hook=once)
        return spec
    except SpecError:
        raise
    except UnicodeDecodeError as error:
        raise SpecError(
            [FieldError("", "", said("registry.not_encoded", encoding=error.encoding, reason=error.reason))]
        ) from None
    except ValidationError as error:
        raise spec_error(error, RunSpec) from None
    except (ValueError, RecursionError) as error:
        raise SpecError([FieldError("", "", said("registry.not_json", reason=str(error)))]) from None


def _unmarked(text: str | bytes) -> str | bytes:
    """The text decoded where it begins with the byte-order mark of some Windows programs, else as it is."""
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    if isinstance(text, str):
        return text
    encoding = next((name for mark, name in marks.items() if text.startswith(mark)), None)
    return text.decode(encoding) if encoding else text


def changed(spec: RunSpec, path: str, value: Any) -> RunSpec:
    """The spec with one field changed; `optimizer.lr` is short for `train.optimizer.lr`.

    Changing a `kind` keeps the fields that the new kind shares with the old one.

    Raises: SpecError.
    """
    content = spec.model_dump(mode="json")
    steps = path.split(".")
    for section in ("train", "data", "network"):
        if steps[0] not in content and steps[0] in content[section]:
            steps = [section, *steps]
    here: Any = content
    for depth, step in enumerate(steps[:-1]):
        here = _child(here, step, ".".join(steps[: depth + 1]))
    _child(here, steps[-1], ".".join(steps))
    if steps[-1] == "kind" and value != here["kind"]:
        _change_kind(here, str(value), steps, spec)
    elif isinstance(here, list):
        here[int(steps[-1])] = value
    else:
        here[steps[-1]] = value
    return parse_spec(json.dumps(content))


def _child(here: Any, step: str, path: str) -> Any:
    if isinstance(here, list):
        if step.isdecimal() and int(step) < len(here):
            return here[int(step)]
        raise SpecError([FieldError(path, step, _no_place(step, len(here)))])
    if isinstance(here, dict) and step in here:
        return here[step]
    known = list(here) if isinstance(here, dict) else []
    if known == list(RunSpec.model_fields):
        known += [*DataSpec.model_fields, *NetworkSpec.model_fields, *TrainSpec.model_fields]
    raise SpecError([unknown_key(path, step, known)])


def _no_place(step: str, length: int) -> Text:
    if length == 0:
        return said("registry.list_is_empty", index=step[:80])
    return said("registry.unknown_index", index=step[:80], last=length - 1)


def _change_kind(part: dict[str, Any], kind: str, steps: list[str], spec: RunSpec) -> None:
    """Give the part another kind, keeping what its fields have in common with it."""
    old = dict(part)
    part.clear()
    part["kind"] = kind
    content = spec.model_dump(mode="json")
    here: Any = content
    for step in steps[:-2]:
        here = here[int(step)] if isinstance(here, list) else here[step]
    for name, value in old.items():
        if name == "kind":
            continue
        trial = {**part, name: value}
        here[int(steps[-2]) if isinstance(here, list) else steps[-2]] = trial
        try:
            parse_spec(json.dumps(content))
        except SpecError:
            continue
        part[name] = value
