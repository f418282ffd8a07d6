"""One worked example: input, target, weights and the choices around them.

Owns its shape rules, the names of its quantities and the document's default. Knows no trace and no file format.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from lab.by_hand.digits import LARGEST, not_allowed
from lab.by_hand.offered import SLOPES, TERMS
from lab.parts.activations import ACTIVATIONS
from lab.registry import FieldError, SpecError, did_you_mean
from lab.texts import Text, text

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]

SOFTMAX = "softmax"
OUTPUTS = (*SLOPES, SOFTMAX)
MOST_UNITS = 32
MOST_LAYERS = 8


def activation_title(name: str) -> Text | str:
    """What an activation of any layer is called, softmax among them."""
    return "Softmax" if name == SOFTMAX else ACTIVATIONS[name].title


@dataclass(frozen=True)
class Unit:
    """One neuron: its number in the document's counting, its layer (1-based) and its place in the layer."""

    number: int
    layer: int
    place: int


@dataclass(frozen=True)
class Example:
    """A chain of dense layers with one sample: W holds one row per unit.

    Shapes: x (n_0,), y (n_L,), weights[l] (n_{l+1}, n_l), biases[l] (n_{l+1},)
    Raises: SpecError when shapes do not fit, a number is out of bounds or a name is unknown.
    """

    x: Vector
    y: Vector
    weights: tuple[Matrix, ...]
    biases: tuple[Vector, ...]
    hidden: str = "relu"
    output: str = "relu"
    loss: str = "mse"

    def __post_init__(self) -> None:
        errors = [*_names(self), *_shapes(self)]
        if not errors:
            errors = _bounds(self)
        if errors:
            raise SpecError(errors)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each layer holds, from the input to the output."""
        return (len(self.x), *(len(rows) for rows in self.weights))

    @property
    def depth(self) -> int:
        """How many dense layers there are."""
        return len(self.weights)

    @cached_property
    def layers(self) -> tuple[tuple[Unit, ...], ...]:
        """The units of each dense layer, numbered through as the document does."""
        found: list[tuple[Unit, ...]] = []
        number = 1
        for layer, rows in enumerate(self.weights, start=1):
            found.append(tuple(Unit(number + place, layer, place) for place in range(len(rows))))
            number += len(rows)
        return tuple(found)

    @cached_property
    def unit_of(self) -> dict[int, Unit]:
        """Each unit by its number."""
        return {unit.number: unit for units in self.layers for unit in units}

    @property
    def outputs(self) -> tuple[Unit, ...]:
        """The units of the last layer."""
        return self.layers[-1]

    def sources(self, layer: int) -> tuple[str, ...]:
        """The names of what feeds a layer: the input, or the activations before it."""
        if layer == 1:
            return tuple(f"x{place + 1}" for place in range(len(self.x)))
        return tuple(f"a{unit.number}" for unit in self.layers[layer - 2])

    def weight_name(self, unit: Unit, place: int) -> str:
        """The name of a weight: unit, then the number of its source."""
        return f"w{unit.number}_{self.sources(unit.layer)[place][1:]}"

    @cached_property
    def parameters(self) -> dict[str, float]:
        """Every weight and bias by name, unit by unit, weights before the bias."""
        found: dict[str, float] = {}
        for units in self.layers:
            for unit in units:
                for place, value in enumerate(self.weights[unit.layer - 1][unit.place]):
                    found[self.weight_name(unit, place)] = value
                found[f"b{unit.number}"] = self.biases[unit.layer - 1][unit.place]
        return found

    @property
    def targets(self) -> dict[str, float]:
        """The targets by name, numbered as the outputs they belong to."""
        return {f"y{unit.number}": value for unit, value in zip(self.outputs, self.y, strict=True)}

    @property
    def inputs(self) -> dict[str, float]:
        """The inputs by name."""
        return {f"x{place}": value for place, value in enumerate(self.x, start=1)}

    def activation_of(self, layer: int) -> str:
        """The name of the activation of a layer."""
        return self.output if layer == self.depth else self.hidden

    def changed(self, values: dict[str, float]) -> Example:
        """A new example with the named numbers (parameters, inputs, targets) replaced.

        Raises: SpecError for a name this network does not have.
        """
        known = {**self.inputs, **self.targets, **self.parameters}
        unknown = [name for name in values if name not in known]
        if unknown:
            name, hint = unknown[0], did_you_mean(unknown[0], known)
            message = text("by_hand.example.unknown_quantity", name=name, hint=hint)
            raise SpecError([FieldError(name, "", message)])
        known.update(values)
        weights = tuple(
            tuple(
                tuple(known[self.weight_name(unit, place)] for place in range(self.sizes[unit.layer - 1]))
                for unit in units
            )
            for units in self.layers
        )
        return replace(
            self,
            x=tuple(known[name] for name in self.inputs),
            y=tuple(known[name] for name in self.targets),
            weights=weights,
            biases=tuple(tuple(known[f"b{unit.number}"] for unit in units) for units in self.layers),
        )


def _names(example: Example) -> list[FieldError]:
    choices = (
        ("hidden", "by_hand.example.unknown_activation", example.hidden, tuple(SLOPES)),
        ("output", "by_hand.example.unknown_activation", example.output, OUTPUTS),
        ("loss", "by_hand.example.unknown_loss", example.loss, tuple(TERMS)),
    )
    return [
        FieldError(key, repr(name), text(problem, name=str(name)[:40], hint=did_you_mean(name, allowed)))
        for key, problem, name, allowed in choices
        if name not in allowed
    ]


def _shapes(example: Example) -> list[FieldError]:
    depth = len(example.weights)
    if not 1 <= depth <= MOST_LAYERS:
        return [FieldError("W", str(depth), text("by_hand.example.depth", n=depth, most=MOST_LAYERS))]
    errors: list[FieldError] = []
    before = len(example.x)
    if not 1 <= before <= MOST_UNITS:
        message = text("by_hand.example.inputs", n=before, most=MOST_UNITS)
        errors.append(FieldError("x", str(before), message))
    for layer, (rows, biases) in enumerate(zip(example.weights, example.biases, strict=True), start=1):
        if not 1 <= len(rows) <= MOST_UNITS:
            message = text("by_hand.example.rows", n=len(rows), most=MOST_UNITS)
            errors.append(FieldError(f"W{layer}", str(len(rows)), message))
        wrong_rows = [(place, len(row)) for place, row in enumerate(rows, start=1) if len(row) != before]
        for place, length in wrong_rows[:1]:
            where = text("by_hand.example.row", matrix=f"W{layer}", n=place)
            errors.append(_length(where, length, before, layer - 1))
        if len(biases) != len(rows):
            errors.append(_length(f"b{layer}", len(biases), len(rows), layer))
        before = len(rows)
    if len(example.y) != before:
        errors.append(_length("y", len(example.y), before, depth))
    return errors


def _length(where: str, found: int, wanted: int, layer: int) -> FieldError:
    """What is said of a row that does not fit a layer; 0 is the input."""
    if layer == 0:
        message = text("by_hand.example.after_input", n=found, wanted=wanted)
    else:
        message = text("by_hand.example.after_layer", n=found, wanted=wanted, layer=layer)
    return FieldError(where, str(found), message)


def _bounds(example: Example) -> list[FieldError]:
    values = {**example.inputs, **example.targets, **example.parameters}
    return [
        FieldError(name, repr(value), not_allowed(repr(value)))
        for name, value in values.items()
        if not abs(value) <= LARGEST
    ]


DOCUMENT = Example(
    x=(1.0, 2.0, 3.0),
    y=(0.0, 1.0),
    weights=(
        ((0.1, 0.2, -0.1), (-0.3, 0.1, 0.2), (0.4, -0.2, 0.1), (-0.2, -0.1, -0.3)),
        ((0.5, -0.4, 0.3, 0.2), (-0.3, 0.6, 0.1, -0.5)),
    ),
    biases=((0.1, 0.0, -0.1, 0.2), (0.1, 0.2)),
)
