"""The address of every page: a link restores, Back and Forward do what it says, what others put there stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from lab.presets import preset
from lab.spec import changed
from lab.spec_link import link_of
from pages.ui.kit import address

ROOT = Path(__file__).resolve().parents[3]
TRAIN = {"preset": "lenet5", "train.epochs": "3"}
BY_HAND = {"hidden": "tanh", "step": "4"}
LINKS: dict[str, Mapping[str, str]] = {
    "train": TRAIN,
    "by_hand": BY_HAND,
    "runs": {"compare": "amber-finch-k3v7qa,teal-cuckoo-5muoqd"},
    "draw": {"model": "augmented-mlp"},
}
FOREIGN = {"fbclid": "IwAR0", "utm_source": "mail", "ref": "course"}


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch) -> Callable[[AppTest, str, Mapping[str, str]], None]:
    """Goes Back or Forward: history(app, page, the address found there)."""

    def go(app: AppTest, page: str, link: Mapping[str, str]) -> None:
        app.switch_page(f"pages/{page}.py")
        app.query_params.clear()
        app.query_params.update(link)
        with monkeypatch.context() as patched:
            patched.setattr(address, "by_history", lambda: True)
            app.run()
        assert not app.exception

    return go


def opened(page: str, link: Mapping[str, str | list[str]]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    app.switch_page(f"pages/{page}.py")
    app.query_params.update(link)
    app.run()
    assert not app.exception
    return app


def address_of(app: AppTest) -> dict[str, str]:
    return {key: value[-1] if isinstance(value, list) else value for key, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in app.warning).replace("\\", "")


@pytest.mark.parametrize("page", LINKS)
def test_a_link_is_what_the_address_says_afterwards(page: str) -> None:
    assert address_of(opened(page, LINKS[page])) == LINKS[page]


@pytest.mark.parametrize("page", LINKS)
def test_what_others_put_into_a_link_is_passed_over_and_stays(page: str) -> None:
    app = opened(page, {**LINKS[page], **FOREIGN, "utm_id": ["1", "2"]})
    assert address_of(app) == {**LINKS[page], **FOREIGN, "utm_id": "2"}
    assert app.query_params["utm_id"] == ["1", "2"]
    plain = opened(page, LINKS[page])
    assert said(app) == said(plain)


@pytest.mark.parametrize("page", LINKS)
def test_a_page_opened_with_foreign_parameters_only_is_as_ever(page: str) -> None:
    app = opened(page, FOREIGN)
    assert not said(app)
    assert FOREIGN.items() <= address_of(app).items()


@pytest.mark.parametrize("page", LINKS)
def test_a_link_encoded_as_a_whole_restores_the_page(page: str) -> None:
    app = opened(page, {urlencode(LINKS[page]): ""})
    assert address_of(app) == LINKS[page]
    assert "encoded twice" in said(app)


@pytest.mark.parametrize("page", LINKS)
@pytest.mark.parametrize("value", ["", "%", "%E0%A4", "\x00", "<script>", "9" * 5000, "[" * 5000])
def test_no_value_breaks_a_page(page: str, value: str) -> None:
    names = {"train": ("preset", "spec", "train.epochs"), "by_hand": ("x", "w1", "step")}
    opened(page, dict.fromkeys(names.get(page, tuple(LINKS[page])), value))


def test_a_cut_link_is_named_with_what_to_do() -> None:
    whole = link_of(changed(preset("lenet5"), "network.layers", [{"kind": "flatten"}] * 20))
    app = opened("train", {"spec": whole["spec"][:-9]})
    assert "cut off" in said(app)
    assert "copy the whole link again" in said(app)
    assert "There is no run `amber-fi`" in said(opened("runs", {"run": "amber-fi"}))
    assert "`teal-cuc`" in said(opened("runs", {"compare": "amber-finch-k3v7qa,teal-cuc"}))


def test_back_and_forward_restore_the_configuration(history: Callable[..., None]) -> None:
    app = opened("train", {})
    first = address_of(app)
    app.text_input(key="train/train/epochs").set_value("3").run()
    second = address_of(app)
    history(app, "train", first)
    assert app.text_input(key="train/train/epochs").value == "10"
    history(app, "train", second)
    assert app.text_input(key="train/train/epochs").value == "3"
    app.button(key="train/undo").click().run()
    assert app.text_input(key="train/train/epochs").value == "10"


def test_back_to_an_address_without_parameters_is_the_page_as_it_was_entered(
    history: Callable[..., None],
) -> None:
    app = opened("by_hand", {"hidden": "tanh"})
    app.switch_page("pages/home.py").run()
    app.switch_page("pages/by_hand.py")
    app.query_params.clear()
    app.run()
    assert address_of(app) == {"hidden": "tanh"}
    app.selectbox(key="by_hand/output").set_value("sigmoid").run()
    history(app, "by_hand", {})
    assert address_of(app) == {"hidden": "tanh"}


def test_back_to_the_documents_example_shows_it(history: Callable[..., None]) -> None:
    app = opened("by_hand", {})
    app.selectbox(key="by_hand/output").set_value("sigmoid").run()
    assert address_of(app) == {"output": "sigmoid"}
    history(app, "by_hand", {})
    assert app.selectbox(key="by_hand/output").value == "relu"
    assert address_of(app) == {}
    next(button for button in app.button if button.label == "Undo").click().run()
    assert address_of(app) == {"output": "sigmoid"}


def test_back_and_forward_choose_the_model(history: Callable[..., None]) -> None:
    app = opened("draw", {})
    app.selectbox(key="draw/model").select("augmented-mlp").run()
    history(app, "draw", {})
    assert app.selectbox(key="draw/model").value == "cnn"
    assert address_of(app) == {}
    history(app, "draw", {"model": "augmented-mlp"})
    assert app.selectbox(key="draw/model").value == "augmented-mlp"


@pytest.mark.parametrize(
    ("page", "key", "values"),
    [
        ("train", "train/train/epochs", ("3", "4", "5")),
        ("by_hand", "by_hand/lr", ("0.2", "0.3", "0.4")),
        ("draw", "draw/model", ("augmented-mlp", "document-mlp", "augmented-mlp")),
    ],
)
@pytest.mark.parametrize("behind", [1, 2])
def test_an_address_that_comes_late_takes_no_change_back(
    page: str, key: str, values: tuple[str, ...], behind: int
) -> None:
    app = opened(page, {})
    sent = [address_of(app)]
    for value in values:
        app.query_params.clear()
        app.query_params.update(sent[max(0, len(sent) - 1 - behind)])  # what the browser has seen so far
        field = app.selectbox(key=key) if page == "draw" else app.text_input(key=key)
        field.set_value(value).run()
        sent.append(address_of(app))
        field = app.selectbox(key=key) if page == "draw" else app.text_input(key=key)
        assert field.value == value
        assert value in "".join(address_of(app).values())


def test_what_was_typed_in_the_same_breath_as_back_was_pressed_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened("train", {})
    monkeypatch.setattr(address, "by_history", lambda: True)
    app.text_input(key="train/train/epochs").set_value("3").run()
    assert app.text_input(key="train/train/epochs").value == "3"
    assert address_of(app)["train.epochs"] == "3"
