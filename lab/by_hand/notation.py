"""The document's symbols: how each quantity of a network is written in LaTeX and in plain text.

Owns names to symbols only. Quantities are named x1, w5_1, b5, z5, a5, y5, J5, J; their gradients dz5, dw5_1, ...;
their values after the update new_w5_1, ... Knows no numbers.
"""

from __future__ import annotations

import re

from lab.by_hand.example import Example


def indexes(name: str) -> str:
    """The index of a symbol: 51 for unit 5 and source 1, with a comma once a number has two digits."""
    parts = re.sub(r"^\D+", "", name).split("_")
    return ("," if any(len(part) > 1 for part in parts) and len(parts) > 1 else "").join(parts)


def symbol(example: Example, name: str) -> str:
    """The LaTeX of a quantity, a gradient (d...) or an updated parameter (new_...)."""
    if name.startswith("new_"):
        return _primed(symbol(example, name[4:]))
    if name.startswith("d"):
        return rf"\frac{{\partial J}}{{\partial {symbol(example, name[1:])}}}"
    if name == "J":
        return "J"
    if name[0] == "p":
        unit, source = name[1:].split("_")
        before = example.sources(example.unit_of[int(unit)].layer)[0][0]
        return rf"{symbol(example, 'w' + name[1:])}\,{symbol(example, before + source)}"
    letter = name[0]
    if letter == "a" and example.unit_of[int(name[1:])].layer == example.depth:
        letter = r"\hat{y}"
    return f"{letter}_{{{indexes(name)}}}"


def _primed(written: str) -> str:
    letter, _, rest = written.partition("_")
    return f"{letter}'_{rest}" if rest else f"{letter}'"


_INNERMOST = (
    (r"\\hat\{([a-z])\}", r"\1hat"),
    (r"\\hat ?([a-z])", r"\1hat"),
    (r"\\text\{([^{}]*)\}", r"\1"),
    (r"\\tfrac\{1\}\{2\}", "1/2"),
    (r" ?\\cdot 10\^\{(-?\d+)\}", r"e\1"),
    (r"\\partial ", "d"),
    (r"\\frac\{dJ\}\{([^{}]*)\}", r"dJ/\1"),
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1) / (\2)"),
    (r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)"),
    (r"_\{([^{}]*)\}", r"\1"),
    (r"\^\{(\w+)\}", r"^\1"),
    (r"\^\{([^{}]*)\}", r"^(\1)"),
    (r"(?<![A-Za-z}_^])\{([^{}]*)\}", r"\1"),
)
_REST = (
    (r"\\cdot", "*"),
    (r"\\le(?![a-z])", "<="),
    (r"\\\\\s*(&\\quad)?", " "),
    (r"\\(?:,|;|quad)", " "),
    (r"\\(?:left|right|mathrm)(?![a-z])", ""),
    (r"\\([A-Za-z]+)", r"\1"),
    (r"[{}&]", ""),
    (r"\(\((-?[\w.]+)\)\)", r"(\1)"),
    (r"(?<![-\w)])\((\w+)\) /", r"\1 /"),
    (r"\s+", " "),
)


def plain(latex: str) -> str:
    """The formula as one line of text, for a terminal and for labels that are read aloud."""
    before = ""
    while before != latex:  # from the innermost braces outwards
        before = latex
        for pattern, put in _INNERMOST:
            latex = re.sub(pattern, put, latex)
    for pattern, put in _REST:
        latex = re.sub(pattern, put, latex)
    return latex.strip()
