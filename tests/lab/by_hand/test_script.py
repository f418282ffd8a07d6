"""The lesson as a PyTorch script prints the same numbers."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import replace

import pytest
import torch

from lab.by_hand.example import DOCUMENT
from lab.by_hand.offered import RULES
from lab.by_hand.script import torch_script
from lab.by_hand.update import HandOptimizer
from tests.lab.by_hand.examples import taught


@pytest.mark.parametrize("optimizer", RULES)
@pytest.mark.parametrize(("output", "loss"), [("relu", "mse"), ("sigmoid", "bce"), ("softmax", "ce")])
def test_the_torch_script_prints_the_same_numbers(optimizer: str, output: str, loss: str) -> None:
    example = replace(DOCUMENT, output=output, loss=loss)
    told, out = taught(example, optimizer), io.StringIO()
    before = torch.get_default_dtype()
    try:
        with contextlib.redirect_stdout(out):
            exec(torch_script(example, HandOptimizer(optimizer)), {})
    finally:
        torch.set_default_dtype(before)
        torch.set_printoptions(profile="default")
    printed = out.getvalue()
    assert float(re.findall(r"^loss = (.*)$", printed, re.M)[0]) == pytest.approx(told.trace.loss, abs=1e-12)
    assert told.after is not None
    assert float(re.findall(r"^new loss = (.*)$", printed, re.M)[0]) == pytest.approx(
        told.after.trace.loss, abs=1e-7
    )
