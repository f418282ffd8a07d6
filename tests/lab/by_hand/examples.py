"""Networks for the by-hand tests, made by hypothesis: any size, activation, output and loss."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from lab.by_hand.example import DOCUMENT, OUTPUTS, Example
from lab.by_hand.lesson import Lesson, lesson
from lab.by_hand.offered import TERMS
from lab.by_hand.update import HandOptimizer, start
from lab.parts.activations import ACTIVATIONS


def values(bound: float = 2.0) -> st.SearchStrategy[float]:
    """Numbers with three decimals: readable when a test fails, and rarely on a corner."""
    return st.integers(-int(bound * 1000), int(bound * 1000)).map(lambda whole: whole / 1000)


@st.composite
def examples(draw: st.DrawFn, most: int = 5, layers: int = 3) -> Example:
    """An example of 1 to `layers` dense layers with up to `most` values each."""
    sizes = draw(st.lists(st.integers(1, most), min_size=2, max_size=layers + 1))

    def vector(size: int) -> tuple[float, ...]:
        return tuple(draw(st.lists(values(), min_size=size, max_size=size)))

    weights, biases = [], []
    for inputs, units in pairwise(sizes):
        weights.append(tuple(vector(inputs) for _ in range(units)))
        biases.append(vector(units))
    targets = st.lists(
        st.integers(0, 10).map(lambda tenths: tenths / 10), min_size=sizes[-1], max_size=sizes[-1]
    )
    return Example(
        x=vector(sizes[0]),
        y=tuple(draw(targets)),
        weights=tuple(weights),
        biases=tuple(biases),
        hidden=draw(st.sampled_from(tuple(ACTIVATIONS))),
        output=draw(st.sampled_from(OUTPUTS)),
        loss=draw(st.sampled_from(tuple(TERMS))),
    )


def taught(example: Example = DOCUMENT, optimizer: str = "sgd", detail: str = "unit") -> Lesson:
    return lesson(start(example), HandOptimizer(optimizer), detail)
