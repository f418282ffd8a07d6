"""Strokes that are no digits: letters, scribbles, symbols, dots, and pictures of noise.

Owns how they are drawn, from a seed. The judge that ships with the CNN is fitted on some of them and the
false-confidence table is measured on others: see `FIT_LETTERS` and `TEST_LETTERS`.
"""

from __future__ import annotations

import itertools

import numpy as np

from lab.ink.drawing import Ink

# Control points on a grid 4 wide and 6 high, x to the right, y down; "~" before a stroke bends it smoothly.
LETTERS: dict[str, tuple[str, ...]] = {
    "A": ("06 20 46|14 34", "06 13 20 33 46|~13 24 33", "~06 03 10 30 43 46|04 44"),
    "C": ("~41 20 01 03 05 26 45", "~31 10 03 16 36", "~42 31 11 04 16 36 45"),
    "E": ("40 00 06 46|03 33", "~31 10 12 23 12 04 16 36", "00 06|00 40|03 33|06 46"),
    "F": ("40 00 06|03 33", "00 06|00 40|03 43", "~40 10 02 06|02 32"),
    "G": ("~41 20 01 04 16 36 44|24 44 46", "~41 20 02 05 26 44 24", "~42 30 11 04 16 36 45 43 23"),
    "H": ("00 06|40 46|03 43", "~00 06|~40 46|~03 22 43", "10 06|40 36|03 43"),
    "J": ("~40 44 35 16 05", "10 40|~30 34 26 06 05", "~30 35 16 05"),
    "K": ("00 06|40 03 46", "00 06|~40 13 03|~13 24 46", "10 06|40 13 46"),
    "M": ("06 00 23 40 46", "06 10 24 30 46", "~06 10 23 30 46"),
    "N": ("06 00 46 40", "~06 01 23 46 40", "06 00|00 46|46 40"),
    "P": ("06 00|~00 40 42 03", "00 06|~00 30 41 32 03", "~06 00 30 42 23 03"),
    "R": ("06 00|~00 40 42 03|03 46", "~06 00 30 42 03|~13 34 46", "06 00|~00 40 32 03|13 46"),
    "T": ("00 40|20 26", "~01 10 40|20 26", "00 40|20 16"),
    "U": ("~00 04 16 36 44 40", "00 05 16 36 45 40", "~00 05 26 45 40|40 46"),
    "V": ("00 26 40", "~00 14 26 34 40", "~00 25 40"),
    "W": ("00 16 22 36 40", "~00 05 16 24 36 45 40", "~00 16 23 36 40"),
    "X": ("00 46|40 06", "~00 23 46|~40 23 06", "10 46|40 06"),
    "Y": ("00 23 40|23 26", "~00 13 23|40 16", "~00 02 23 42|40 44 36 06"),
    "a": ("~42 22 04 16 36 43|42 46", "~43 22 03 15 35 43|~43 45 46"),
    "d": ("~43 22 04 16 36 44|40 46", "~43 13 05 26 44|40 46"),
    "e": ("~04 44 42 22 03 16 46", "~03 33 32 12 04 16 36"),
    "f": ("~40 30 11 16|02 32", "~31 20 12 16|03 33"),
    "h": ("00 06|~04 22 42 46", "10 06|~14 33 34 36"),
    "k": ("00 06|32 04 36", "~10 06|~32 14 36"),
    "m": ("03 06|~04 12 23 26|~24 33 43 46", "~03 06 04 13 24 26 24 33 44 46"),
    "n": ("02 06|~03 22 42 46", "~02 06 04 22 43 46"),
    "p": ("01 06|~01 31 43 24 04", "~11 16|~12 31 43 24 14"),
    "r": ("02 06|~03 22 42", "~02 06 04 22 33"),
    "t": ("~20 25 36 45|02 42", "20 26|12 32"),
    "u": ("~02 05 26 44|42 46", "~02 04 16 35 42|~42 45 46"),
    "v": ("02 26 42", "~02 25 42"),
    "w": ("02 16 23 36 42", "~02 15 24 35 42"),
    "x": ("02 46|42 06", "~02 24 46|~42 24 06"),
    "y": ("02 24|42 06", "~02 04 25 42|~42 34 06"),
}
FIT_LETTERS = "ACFHKMPTVXaehnrty"
TEST_LETTERS = "".join(letter for letter in LETTERS if letter not in FIT_LETTERS)
SYMBOLS: dict[str, tuple[str, ...]] = {
    "plus": ("23 23|20 26|03 43",),
    "arrow": ("03 43|31 43 35",),
    "tick": ("03 16 40",),
    "square": ("01 05 45 41 01",),
    "triangle": ("20 06 46 20",),
    "star": ("06 20 46 02 42 06",),
    "heart": ("~22 11 02 26 42 31 22",),
    "house": ("06 03 20 43 46 06|03 43",),
    "waves": ("~03 12 23 34 43|~05 14 25 36 45",),
    "hash": ("10 16|30 36|02 42|04 44",),
    "smile": ("~20 01 05 26 45 41 20|~14 25 34|12 12|32 32",),
    "spiral": ("~23 33 24 13 22 42 35 05 01 20 41",),
}


def _curve(points: np.ndarray, smooth: bool) -> np.ndarray:
    """Points a pen leaves on its way: straight pieces, or a Catmull-Rom curve."""
    if len(points) < 2:
        return points
    if not smooth or len(points) < 3:
        pieces = [np.linspace(a, b, 8, endpoint=False) for a, b in itertools.pairwise(points)]
        return np.concatenate([*pieces, points[-1:]])
    around = np.concatenate(([2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]))
    t = np.linspace(0, 1, 8, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        pieces.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        )
    return np.concatenate([*pieces, points[-1:]])


def drawn(template: str, generator: np.random.Generator, wobble: float = 0.22) -> list[list[list[float]]]:
    """One person's version of a template: points moved, slanted, stretched, turned."""
    slant, stretch = generator.uniform(-0.3, 0.3), generator.uniform(0.75, 1.3)
    turn = generator.uniform(-0.17, 0.17)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = matrix @ np.array([[stretch, -slant], [0, 1]])
    strokes = []
    for stroke in template.split("|"):
        smooth = stroke.startswith("~")
        points = np.array([[int(p[0]), int(p[1])] for p in stroke.lstrip("~").split()], dtype=float)
        points += generator.normal(0, wobble, points.shape)
        path = _curve(points, smooth) @ matrix.T
        strokes.append([[round(float(x), 3), round(float(y), 3)] for x, y in path])
    return strokes


def letter(name: str, generator: np.random.Generator) -> list[list[list[float]]]:
    """A letter in one of its ways of writing."""
    return drawn(str(generator.choice(LETTERS[name])), generator)


def symbol(name: str, generator: np.random.Generator) -> list[list[list[float]]]:
    """A simple drawing that is neither letter nor digit."""
    return drawn(str(generator.choice(SYMBOLS[name])), generator)


def scribble(generator: np.random.Generator) -> list[list[list[float]]]:
    """Back and forth, round and round, or here and there without lifting the pen."""
    kind = generator.integers(3)
    if kind == 0:  # hatching
        n = int(generator.integers(5, 14))
        points = np.stack([np.arange(2 * n) % 2 * generator.uniform(2, 4), np.arange(2 * n) * 4 / n], axis=1)
        points += generator.normal(0, 0.4, points.shape)
    elif kind == 1:  # coils
        t = np.linspace(0, generator.uniform(3, 7) * 2 * np.pi, 40)
        away = np.linspace(0, generator.uniform(2, 6), 40)
        points = np.stack([np.cos(t) * 2 + away, np.sin(t) * generator.uniform(1, 2.5)], axis=1)
        points += generator.normal(0, 0.15, points.shape)
    else:
        points = generator.uniform(0, 6, (int(generator.integers(7, 18)), 2))
    path = _curve(points, bool(generator.integers(2)) or kind == 1)
    return [[[round(float(x), 3), round(float(y), 3)] for x, y in path]]


def noise(generator: np.random.Generator) -> Ink:
    """A picture without a line: grey noise, spots, or soft blobs; (280, 280), 0 to 1."""
    from scipy import ndimage

    kind, raw = generator.integers(3), generator.random((280, 280), dtype=np.float32)
    if kind == 0:
        return raw
    if kind == 1:
        return (raw > generator.uniform(0.9, 0.999)).astype(np.float32)
    soft = ndimage.gaussian_filter(raw, generator.uniform(4, 16))
    blobs: Ink = (soft > np.quantile(soft, generator.uniform(0.5, 0.9))).astype(np.float32)
    return blobs
