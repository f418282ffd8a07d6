"""The learning rate over a run, before the run: the very function that the engine will ask.

Colours are the theme's by name ("@blue").
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.figures.look import NO_BUTTONS, Figure
from lab.parts.schedules import Schedule
from lab.texts import text

POINTS = 160


@dataclass(frozen=True)
class ScheduleData:
    """Units: progress in epochs, rates as the optimizer gets them."""

    progress: list[float]
    rates: list[float]
    steps: int


def schedule_data(schedule: Schedule, lr: float, steps_per_epoch: int, epochs: int) -> ScheduleData:
    """The learning rate at evenly spaced steps, the first and the last among them."""
    steps = max(1, steps_per_epoch * epochs)
    count = min(POINTS, steps)
    picked = sorted({round(i * (steps - 1) / max(1, count - 1)) for i in range(count)})
    return ScheduleData(
        [step / steps_per_epoch for step in picked],
        [lr * schedule.factor(step, steps_per_epoch, epochs) for step in picked],
        steps,
    )


def schedule_figure(data: ScheduleData) -> Figure:
    """The learning rate as one line over the epochs, from zero up."""
    end = (data.progress[-1] or 1.0) * 1.01
    point = text("figures.runs.rate_after", rate="%{y:.3g}", epochs="%{x:.2f}")
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "x": data.progress,
                "y": data.rates,
                "line": {"color": "@blue", "width": 2},
                "fill": "tozeroy",
                "fillcolor": "@blue/0.12",
                "hovertemplate": f"{point}<extra></extra>",
                "showlegend": False,
            }
        ],
        "layout": {
            "margin": {"l": 56, "r": 8, "t": 8, "b": 36},
            "xaxis": {
                "title": {"text": text("figures.runs.epochs")},
                "range": [0, end],
                "nticks": 6,
                "fixedrange": True,
            },
            "yaxis": {"rangemode": "tozero", "exponentformat": "power", "nticks": 5, "fixedrange": True},
            "hovermode": "closest",
            "modebar": NO_BUTTONS,
        },
    }
