"""The tables of parts: every entry has its words, and does what its formula says."""

from collections.abc import Mapping

import pytest
import torch
from torch.nn import functional

from lab.parts.augmentations import AUGMENTATIONS
from lab.parts.initialisations import INITIALISATIONS
from lab.parts.layers import LAYERS
from lab.parts.losses import LOSSES, BinaryCrossEntropy, CrossEntropy, Hinge, SquaredError
from lab.parts.optimizers import OPTIMIZERS
from lab.parts.schedules import SCHEDULES
from lab.registry import Part, words_of
from lab.texts import speaking
from lab.texts.formats import source
from tests.support.parts import part

TABLES: dict[str, Mapping[str, type[Part]]] = {
    "layers": LAYERS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "initialisations": INITIALISATIONS,
    "augmentations": AUGMENTATIONS,
}
ENTRIES = [(name, kind) for name, parts in TABLES.items() for kind in parts]


@pytest.mark.parametrize(("name", "kind"), ENTRIES)
def test_every_part_has_its_words_and_bounded_fields(name: str, kind: str) -> None:
    entry = TABLES[name][kind]
    assert part(TABLES[name], kind) == entry(kind=kind)
    assert str(entry.title)
    assert str(entry.summary).endswith(".")
    assert entry.formula
    for field_name, field in entry.model_fields.items():
        if field_name != "kind":
            assert words_of(field) is not None, field_name


@pytest.mark.parametrize(("name", "kind"), ENTRIES)
def test_every_part_is_described_in_chinese(name: str, kind: str) -> None:
    entry = TABLES[name][kind]
    described = [words_of(field) for key, field in entry.model_fields.items() if key != "kind"]
    with speaking("zh"):
        said = [str(entry.summary), *(str(words.description) for words in described if words)]
        assert all(sentence.endswith("。") for sentence in said), said
        assert "Document" not in source(entry.source)


def test_losses_equal_torchs_own() -> None:
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(7, 10, generator=generator, dtype=torch.float64)
    labels = torch.randint(0, 10, (7,), generator=generator)
    one_hot = functional.one_hot(labels, 10).double()
    expected = {
        CrossEntropy(label_smoothing=0.1): functional.cross_entropy(logits, labels, label_smoothing=0.1),
        SquaredError(): 0.5 * functional.mse_loss(logits, one_hot, reduction="sum") / 7,
        BinaryCrossEntropy(): functional.binary_cross_entropy_with_logits(logits, one_hot, reduction="sum")
        / 7,
        Hinge(margin=0.5): functional.multi_margin_loss(logits, labels, margin=0.5),
    }
    for loss, value in expected.items():
        torch.testing.assert_close(loss.function()(logits, labels), value)
