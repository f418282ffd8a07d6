"""Fine-tuning is another run: the same one, from these weights, more gently."""

from __future__ import annotations

from pathlib import Path

from lab.parts.initialisations import FromRun
from lab.presets import preset
from lab.runs.fine_tuning import fine_tuned
from lab.runs.store import Store


def test_a_fine_tuned_run_starts_from_the_weights_at_a_tenth_of_the_rate(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run = store.run(store.submit(preset("softmax"), want="pause"))
    assert run is not None
    gentle, plain = fine_tuned(run), run.spec
    assert gentle.network.initialisation == FromRun(run=run.id)
    assert gentle.train.optimizer.lr == plain.train.optimizer.lr / 10
    assert gentle.title == f"{run.title}, fine-tuned"
    assert gentle.network.layers == plain.network.layers
    assert gentle.data == plain.data
