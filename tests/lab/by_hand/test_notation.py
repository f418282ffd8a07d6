"""Formulas read as plain text too."""

from __future__ import annotations

from lab.by_hand.notation import plain


def test_a_formula_reads_as_plain_text() -> None:
    assert plain(r"\frac{\partial J}{\partial w_{51}} = \frac{\partial J}{\partial z_{5}} \cdot a_{1}") == (
        "dJ/dw51 = dJ/dz5 * a1"
    )
    assert plain(r"1 \;\; (z > 0), \quad 0 \;\; (z \le 0)") == "1 (z > 0), 0 (z <= 0)"
    assert plain(r"\hat{y}_{5} = \frac{1}{1 + e^{-z_{5}}}") == "yhat5 = 1 / (1 + e^(-z5))"
