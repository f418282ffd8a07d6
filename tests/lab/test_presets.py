"""Every preset is a run that can be begun, with words of its own."""

from __future__ import annotations

import pytest

from lab.network.report import misfits
from lab.presets import PRESETS, preset, run_title, title_said
from lab.registry import SpecError
from lab.spec import changed
from lab.texts import speaking


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_words_and_layers_that_fit(name: str) -> None:
    entry = PRESETS[name]
    assert entry.name == name
    assert entry.title
    assert str(entry.summary).endswith(".")
    assert entry.source
    assert preset(name) is entry.spec
    assert not misfits(entry.spec.network)


def test_no_two_presets_are_the_same_run_or_have_the_same_title() -> None:
    assert len({entry.spec.model_dump_json() for entry in PRESETS.values()}) == len(PRESETS)
    assert len({entry.title for entry in PRESETS.values()}) == len(PRESETS)


def test_the_documents_network_is_the_documents() -> None:
    spec = preset("document-mlp")
    units = [layer.units for layer in spec.network.layers if layer.kind == "linear"]
    assert units == [256, 128, 64, 10]
    assert (spec.train.batch_size, spec.train.epochs, spec.train.optimizer.lr) == (100, 10, 0.001)


def test_an_unknown_preset_is_named_with_the_nearest() -> None:
    with pytest.raises(SpecError, match="unknown preset 'lenet'; did you mean 'lenet5'"):
        preset("lenet")


def test_a_preset_that_was_changed_is_a_run_with_a_name_of_its_own() -> None:
    spec = preset("lenet5")
    assert run_title(spec) == "LeNet-5"
    assert run_title(changed(spec, "train.epochs", 3)) == "LeNet-5, changed"
    with speaking("zh"):  # the store keeps the English name, a reader sees it in Chinese
        assert run_title(changed(preset("small-cnn"), "train.epochs", 4)) == "A small CNN, changed"
        assert title_said("A small CNN, changed") == "小型 CNN（已修改）"
