import json
import shutil

import numpy as np
import pytest
import torch

from lab.ink.drawing import parse_drawing, rasterise
from lab.ink.framing import STEPS, frame
from lab.models.answers import answer, answers, inputs, read_number, through_training
from lab.models.loading import ModelError, load_model
from lab.models.shipped import SHIPPED
from lab.network.build import build_network
from lab.network.weights import load, save
from lab.paths import epoch_weights, latest_weights
from lab.presets import PRESETS
from tests.support.drawn_digits import DIGITS

RUN = "amber-finch-k3v7qa"


def framed(digit, brush=10.0, **options):
    return frame(parse_drawing(DIGITS[digit], width=90, height=120, brush=brush), **options)


def saved(path, spec, weights=None, **metadata):
    network = build_network(spec.network)
    save(path, weights or network.state_dict(), {"spec": spec.model_dump_json(), **metadata})


@pytest.fixture
def spec():
    return PRESETS["softmax"].spec


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_answers_at_once_and_is_small(name):
    assert SHIPPED[name].path.stat().st_size < 1_000_000
    model = load_model(name)
    assert model.title == SHIPPED[name].title
    assert json.loads(SHIPPED[name].spec_path.read_text()) == json.loads(model.spec.model_dump_json())
    assert load_model(name) is model


@pytest.mark.parametrize("digit", range(10))
def test_the_shipped_networks_read_a_drawn_digit_at_any_brush(digit):
    for name in ("cnn", "augmented-mlp"):
        found = answers(load_model(name), [framed(digit, brush) for brush in (4, 10, 16)])
        assert [one.digit for one in found] == [digit] * 3
        assert all(one.is_digit and one.refusal is None for one in found)


def test_an_answer_is_a_distribution_with_its_margin():
    found = answer(load_model("cnn"), framed(4))
    best, second = sorted(found.probabilities, reverse=True)[:2]
    assert sum(found.probabilities) == pytest.approx(1)
    assert found.margin == pytest.approx(best - second)
    assert found.probabilities[found.digit] == best


def test_a_batch_gives_what_each_alone_gives():
    model = load_model("cnn")
    framings = [framed(digit) for digit in range(10)]
    alone = [answer(model, framing).probabilities for framing in framings]
    together = [one.probabilities for one in answers(model, framings)]
    np.testing.assert_allclose(alone, together, atol=1e-5)
    assert answers(model, []) == ()


def test_the_model_uses_its_own_normalisation_whatever_the_framing_was_made_with():
    model = load_model("document-mlp")
    assert model.normalisation.name == "half"
    one, two = framed(3, normalisation="mnist"), framed(3, normalisation="half")
    assert answer(model, one) == answer(model, two)
    torch.testing.assert_close(inputs(model, [one])[0, 0], torch.from_numpy(two.values))


def test_a_step_switched_off_is_off_for_the_model_too():
    raw = framed(3, off=["normalise"])
    torch.testing.assert_close(inputs(load_model("cnn"), [raw])[0, 0], torch.from_numpy(raw.pixels))
    merely_shrunk = framed(3, off=[step.name for step in STEPS])
    assert answer(load_model("cnn"), merely_shrunk) != answer(load_model("cnn"), framed(3))


def test_a_run_answers_with_its_latest_weights_while_it_trains(tmp_path, spec):
    path = latest_weights(tmp_path, RUN)
    saved(path, spec, epoch="1")
    first = load_model(RUN, tmp_path)
    assert first.epoch == 1
    weights = {name: torch.zeros_like(tensor) for name, tensor in first.network.state_dict().items()}
    saved(path, spec, weights, epoch="2")
    second = load_model(RUN, tmp_path)
    assert second.epoch == 2
    assert answer(second, framed(7)).probabilities == pytest.approx([0.1] * 10)


def test_a_drawing_is_followed_through_training(tmp_path, spec):
    for epoch in (1, 2, 3, 12):
        saved(epoch_weights(tmp_path, RUN, epoch), spec, epoch=str(epoch))
    epoch_weights(tmp_path, RUN, 2).write_bytes(b"cut off")
    lines = through_training(RUN, framed(7), tmp_path)
    assert [epoch for epoch, _ in lines] == [1, 3, 12]
    assert load_model(f"{RUN}@3", tmp_path).epoch == 3


def test_a_long_training_is_followed_at_sixty_epochs_and_its_last(tmp_path, spec):
    saved(epoch_weights(tmp_path, RUN, 1), spec)
    for epoch in range(2, 151):
        shutil.copy(epoch_weights(tmp_path, RUN, 1), epoch_weights(tmp_path, RUN, epoch))
    lines = through_training(RUN, framed(7), tmp_path)
    assert len(lines) <= 61
    assert lines[-1][0] == 150


def test_a_deleted_run_is_said(tmp_path):
    with pytest.raises(ModelError, match="it was deleted"):
        load_model(RUN, tmp_path)
    with pytest.raises(ModelError, match="it was deleted"):
        through_training(RUN, framed(1), tmp_path)
    latest_weights(tmp_path, RUN).parent.mkdir(parents=True)
    with pytest.raises(ModelError, match="no weights yet"):
        load_model(RUN, tmp_path)


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("cnnn", "unknown model 'cnnn'; did you mean 'cnn'?"),
        ("../../etc/passwd", "unknown model"),
        ("nowhere/x.safetensors", "there is no file 'nowhere/x.safetensors'"),
        (f"{RUN}@first", "'first' is not an epoch"),
        (f"{RUN}@0", "'0' is not an epoch"),
        ("", "unknown model ''"),
    ],
)
def test_an_unknown_model_is_named(reference, says, tmp_path):
    with pytest.raises(ModelError) as error:
        load_model(reference, tmp_path)
    assert says in str(error.value)


def test_a_file_that_is_no_model_is_refused(tmp_path, spec):
    path = tmp_path / "x.safetensors"
    network = build_network(spec.network)
    cases = {
        "not a safetensors file": lambda: path.write_bytes(b"\x08" + b"\0" * 40),
        "no spec in its metadata": lambda: save(path, network.state_dict(), {}),
        "holds a spec that cannot be used": lambda: save(path, network.state_dict(), {"spec": "{}"}),
        "weights missing": lambda: saved(path, spec, {"a": torch.zeros(3)}),
        "training diverged": lambda: saved(
            path, spec, {name: tensor * torch.nan for name, tensor in network.state_dict().items()}
        ),
    }
    for says, make in cases.items():
        make()
        with pytest.raises(ModelError, match=says):
            load_model(str(path))


def test_a_small_file_cannot_ask_for_a_network_that_fills_the_memory(tmp_path):
    spec = PRESETS["document-mlp"].spec
    wide = spec.model_dump(mode="json")
    wide["network"]["layers"][1]["units"] = wide["network"]["layers"][2]["units"] = 16_384
    path = tmp_path / "wide.safetensors"
    weights = build_network(spec.network).state_dict()
    save(path, weights, {"spec": json.dumps(wide)})
    with pytest.raises(ModelError, match="layer 1 has weights 256 x 784"):
        load_model(str(path))


def test_half_precision_weights_are_read(tmp_path, spec):
    weights = {name: tensor.half() for name, tensor in build_network(spec.network).state_dict().items()}
    saved(tmp_path / "half.safetensors", spec, weights)
    assert sum(
        answer(load_model(str(tmp_path / "half.safetensors")), framed(1)).probabilities
    ) == pytest.approx(1)


def test_a_number_is_read_from_strokes_and_from_pixels():
    strokes = [
        [[x + 110 * place + 20, y + 30] for x, y in stroke]
        for place, digit in enumerate((2, 0, 7))
        for stroke in DIGITS[digit]
    ]
    drawing = parse_drawing(strokes, width=380, height=170, brush=10)
    for source in (drawing, rasterise(drawing)):
        assert [found.digit for _, found in read_number(load_model("cnn"), source)] == [2, 0, 7]


def test_the_weights_of_the_shipped_models_are_finite_and_sealed():
    for shipped in SHIPPED.values():
        tensors, metadata = load(shipped.path)
        assert all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values())
        assert int(metadata["epoch"]) > 0
