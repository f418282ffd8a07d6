"""What a finding is, and what one finding rules out among the others.

Owns the one table of what contradicts what. Looks at no run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from lab.diagnosis.next_steps import OPPOSITE, NextStep, Way
from lab.spec import RunSpec


@dataclass(frozen=True)
class Finding:
    """One thing that was seen, whether it is good, and what to do about it."""

    kind: str
    tone: Literal["good", "hint", "bad"]
    sentence: str
    steps: tuple[NextStep, ...] = ()


@dataclass(frozen=True)
class RuledOut:
    """What a finding leaves unsaid below it: findings that it explains, and advice that it contradicts."""

    findings: tuple[str, ...] = ()
    advice: tuple[Way, ...] = ()


_SYMPTOMS = ("dead_units", "untrained", "overfitting", "far", "gap", "improving")
RULES = {
    "early": RuledOut(("improving",), ("longer",)),  # however many epochs, it would end at the same place
    "symmetric": RuledOut(_SYMPTOMS),
    "random_labels": RuledOut(_SYMPTOMS),
    "noisy_labels": RuledOut(("untrained", "far")),
    "penalty": RuledOut(_SYMPTOMS),
    "dead_units": RuledOut((), ("raise",)),
    "untrained": RuledOut(("overfitting", "gap")),  # near chance both are noise
    "far": RuledOut(("gap",)),  # what helps against a gap makes learning slower still
    "overfitting": RuledOut(("far", "improving"), ("longer", "raise")),
}


def consistent(seen: list[Finding]) -> list[Finding]:
    """The findings without those that one above rules out, and without advice given or contradicted above."""
    said: list[Finding] = []
    unsaid: set[str] = set()
    unadvised: set[Way] = set()
    given: list[RunSpec] = []
    for finding in seen:
        if finding.kind in unsaid:
            continue
        rule = RULES.get(finding.kind, RuledOut())
        unsaid.update(rule.findings)
        unadvised.update(rule.advice)
        steps = []
        for step in finding.steps:
            if step.spec in given or (step.way and step.way in unadvised):
                continue
            steps.append(step)
            given.append(step.spec)
            unadvised.update({step.way, OPPOSITE.get(step.way, step.way)})
        said.append(replace(finding, steps=tuple(steps)))
    return said
