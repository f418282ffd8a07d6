"""How fast and how well drawings are read: `python -m bench.ink`.

Measures pixels to probabilities, and the share of MNIST's test set and of pen digits that each shipped model
reads right, by the brush they were drawn with. MNIST is read from LAB_HOME.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np
import torch

from bench.row import Row, show
from lab.data import load
from lab.ink.drawing import Drawing, Ink, rasterise, unit_drawing
from lab.ink.framing import STEPS, Framing, frame
from lab.models.answers import answer, answers
from lab.models.loading import load_model
from lab.models.shipped import SHIPPED
from lab.paths import lab_home
from lab.runs.wording import data_stand_in
from tests.support.pen import pen_digits

BRUSHES = (8, 14, 20, 26, 32)
TITLES = {"cnn": "CNN", "augmented-mlp": "augmented MLP", "document-mlp": "document's MLP"}
MNIST_BARS = {"cnn": 99.5, "augmented-mlp": 98.5}
PEN_BARS = {"cnn": 98.5, "augmented-mlp": 96.5}
ANY_BRUSH_BARS = {"cnn": 97.5}
FOUR = [[[46, 8], [14, 66], [74, 66]], [[56, 40], [54, 108]]]


def framed(
    strokes: object, brush: float = 20.0, *, as_pixels: bool = False, off: tuple[str, ...] = ()
) -> Framing:
    """Pen strokes on a canvas of 280 pixels, framed from the lines or from the painted canvas."""
    drawing = unit_drawing(strokes, brush=brush)
    return frame(rasterise(drawing) if as_pixels else drawing, off=off, stages=False)


def share_right(name: str, framings: list[Framing], labels: list[int]) -> float:
    """Per cent of the framings that a shipped model reads right."""
    model = load_model(name)
    found = [one.digit for i in range(0, len(framings), 500) for one in answers(model, framings[i : i + 500])]
    return 100 * float(np.mean(np.array(found) == np.array(labels)))


def speed() -> Iterator[Row]:
    """Milliseconds from pixels, or strokes, to probabilities and verdict, the median of 200."""
    drawing = unit_drawing(FOUR)
    sources: dict[str, Drawing | Ink] = {"28 x 28 pixels": frame(drawing).pixels, "strokes": drawing}
    for name, title in TITLES.items():
        model = load_model(name)
        for kind, source in sources.items():
            times = []
            for _ in range(220):
                start = time.perf_counter()
                answer(model, frame(source, stages=False))
                times.append(1000 * (time.perf_counter() - start))
            median, late = np.percentile(times[20:], [50, 95])
            bar = "5 ms" if name != "cnn" and kind != "strokes" else ""
            shown = f"median {median:.2f} ms, 95th percentile {late:.2f} ms (n = 200)"
            yield Row(f"Ink: {kind} to probabilities, {title}", shown, bar, median <= 5 if bar else None)


def row(title: str, what: str, share: float, count: int, bar: float | None) -> Row:
    """One accuracy against its bar."""
    shown = f"{share:.2f} % of {count:,}"
    return Row(f"Ink: {title}, {what}", shown, f">= {bar} %" if bar else "", share >= bar if bar else None)


def on_mnist() -> Iterator[Row]:
    """Accuracy on MNIST's test images as they are, and framed once more."""
    data = load("mnist", lab_home())
    if data.stand_in:
        print(data_stand_in(data.stand_in), file=sys.stderr)
        return
    images, labels = np.array(data.test_images, dtype=np.float32) / 255, data.test_labels.tolist()
    plain = [frame(image, off=("crop", "pen", "box", "mass"), stages=False) for image in images]
    again = [frame(image, stages=False) for image in images]
    for name, title in TITLES.items():
        share = share_right(name, plain, labels)
        yield row(title, "MNIST test", share, len(labels), MNIST_BARS.get(name))
        yield row(title, "MNIST test, framed again", share_right(name, again, labels), len(labels), None)


def on_pen_digits() -> Iterator[Row]:
    """Accuracy on pen digits by brush, from strokes and from the painted canvas; the lowest over brushes."""
    digits = pen_digits()
    if not digits:
        print("no pen digits on this machine; LAB_TEST_DATA names their folder", file=sys.stderr)
        return
    labels, strokes = [one.label for one in digits], [one.strokes for one in digits]
    shrunk = [framed(s, off=tuple(step.name for step in STEPS[:4])) for s in strokes]
    drawn = {
        (kind, brush): [framed(s, brush, as_pixels=kind == "pixels") for s in strokes]
        for kind in ("strokes", "pixels")
        for brush in BRUSHES
    }
    count = len(labels)
    for name, title in TITLES.items():
        share = share_right(name, shrunk, labels)
        yield row(title, "pen digits merely shrunk to 28 x 28", share, count, None)
        for kind in ("strokes", "pixels"):
            shares = {brush: share_right(name, drawn[kind, brush], labels) for brush in BRUSHES}
            pen, lowest = f"pen digits from {kind}", min(shares, key=lambda brush: shares[brush])
            yield row(title, f"{pen}, brush 20", shares[20], count, PEN_BARS.get(name))
            what = f"{pen}, worst brush of 8 to 32 ({lowest})"
            yield row(title, what, shares[lowest], count, ANY_BRUSH_BARS.get(name))


if __name__ == "__main__":
    assert set(TITLES) == set(SHIPPED)
    torch.set_num_threads(1)
    show(speed())
    show(on_mnist())
    show(on_pen_digits())
