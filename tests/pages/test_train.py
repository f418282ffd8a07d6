"""The Train page, as a person without a browser sees it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lab.presets import PRESETS, preset
from lab.runs.store import Store
from lab.spec import RunSpec, changed
from lab.spec_link import link_of
from lab.texts import catalogue, speaking
from pages.ui.train.recipe import TABS

ROOT = Path(__file__).resolve().parent.parent.parent
DRAFT = "train/draft"


def opened(link: Mapping[str, str | list[str]] | None = None) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for name, value in (link or {}).items():
        app.query_params[name] = value
    app.switch_page("pages/train.py")
    for name, value in (link or {}).items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def with_shapes(link: dict[str, str] | None = None) -> AppTest:
    """The page once torch is loaded and every layer is reported on."""
    app = opened(link)
    deadline = time.monotonic() + 60
    while "hourglass" in captions(app) and time.monotonic() < deadline:
        time.sleep(0.1)
        app.run()
    assert not app.exception
    return app


def on_tab(app: AppTest, tab: str) -> AppTest:
    """The page with this tab of the recipe open."""
    names = {str(title): name for name, title in TABS.items()}
    app.session_state["train/tab"], app.session_state["train/tab-shown/en"] = names[tab], tab
    return app.run()


def test_every_tab_of_the_recipe_speaks_the_readers_language() -> None:
    app = opened({"lang": "zh"})
    said = {"data": "每个数字一张训练图像", "loss": "防止过拟合", "optimise": "步中的学习率。"}
    for name, words in said.items():
        with speaking("zh"):  # AppTest, outside the page, asks for the names of options again
            tab = str(TABS[name])
            app.session_state["train/tab"], app.session_state["train/tab-shown/zh"] = name, tab
            app.run()
        assert not app.exception
        assert words in captions(app)


def captions(app: AppTest) -> str:
    return "\n".join(str(part.value).replace("\\", "") for part in (*app.caption, *app.markdown))


def is_marked(app: AppTest, key: str) -> bool:
    """Whether the field with this key has a red border; its label stays as it is."""
    place = f".st-key-{key.replace('/', '-')} "
    assert ":" not in app.text_input(key=key).label
    return any(place in part.proto.body and "outline" in part.proto.body for part in app.get("html"))


def bar_of(app: AppTest) -> str:
    return "\n".join(str(part.value) for part in app.markdown)


def spec_of(app: AppTest) -> RunSpec:
    spec: RunSpec = app.session_state[DRAFT].spec
    return spec


def test_a_newcomer_sees_the_documents_network_ready_to_start() -> None:
    app = opened()
    assert spec_of(app) == preset("document-mlp")
    assert not app.button(key="train/start").disabled
    assert app.query_params["preset"] == "document-mlp"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_opens_by_its_link_and_says_what_it_costs(name: str) -> None:
    app = with_shapes({"preset": name})
    assert spec_of(app) == preset(name)
    assert "per epoch" in bar_of(app)
    assert not app.button(key="train/start").disabled
    assert not app.warning


def test_start_submits_what_the_page_shows_and_opens_the_run(home: Path) -> None:
    app = opened({"preset": "softmax", "train.epochs": "1"})
    app.button(key="train/start").click().run()
    (run,) = Store(home).runs()
    assert run.spec == changed(preset("softmax"), "train.epochs", 1)
    assert run.title == "Softmax regression, changed"
    assert app.query_params["run"] == run.id


@pytest.mark.parametrize(
    "wrong",
    [
        "0",
        "-5",
        "1e9",
        "2.5",
        "",
        "   ",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "9" * 5000,
        "ten",
        "1,5",
        "<b>*1*</b>",
    ],
)
def test_what_is_no_fitting_number_is_marked_at_its_field_and_nothing_else_is_lost(
    wrong: str, home: Path
) -> None:
    app = on_tab(opened(), "Initialise")
    app.text_input(key="train/train/seed").set_value("7").run()
    on_tab(app, "Optimise")
    app.text_input(key="train/train/epochs").set_value(wrong).run()
    field = app.text_input(key="train/train/epochs")
    assert is_marked(app, "train/train/epochs")
    assert field.label == "Epochs"
    assert field.value == wrong, "what was entered stands there, to be mended"
    assert "Epochs" in captions(app)
    assert "1 to 1,000" in captions(app), "and what is allowed is said"
    assert app.button(key="train/start").disabled
    assert spec_of(app) == changed(preset("document-mlp"), "train.seed", 7)
    app.text_input(key="train/train/epochs").set_value("3").run()
    assert not is_marked(app, "train/train/epochs")
    assert not app.button(key="train/start").disabled
    assert spec_of(app).train.epochs == 3
    assert spec_of(app).train.seed == 7
    assert not Store(home).runs()


@pytest.mark.parametrize(
    ("text", "value"), [(" 12 ", 12), ("1e2", 100), ("1,000", 1000), ("5.0", 5), ("１２", 12)]
)
def test_a_number_is_read_however_it_is_written(text: str, value: int) -> None:
    app = opened()
    app.text_input(key="train/train/epochs").set_value(text).run()
    assert spec_of(app).train.epochs == value
    assert app.text_input(key="train/train/epochs").value == str(value)


def test_what_a_person_changed_is_there_after_another_page() -> None:
    app = opened()
    app.selectbox(key="train/train/optimizer/kind").select("adamw").run()
    app.text_input(key="train/train/optimizer/lr").set_value("0.02").run()
    app.switch_page("pages/by_hand.py").run()
    app.switch_page("pages/train.py").run()
    assert app.text_input(key="train/train/optimizer/lr").value == "0.02"
    assert spec_of(app).train.optimizer.kind == "adamw"
    assert not app.exception


def test_undo_and_redo_go_through_all_changes() -> None:
    app = opened()
    app.text_input(key="train/train/epochs").set_value("3").run()
    app.button(key="train/undo").click().run()
    assert app.text_input(key="train/train/epochs").value == "10"
    assert app.button(key="train/undo").disabled
    app.button(key="train/redo").click().run()
    assert app.text_input(key="train/train/epochs").value == "3"


def test_a_preset_pressed_again_is_started_from_again() -> None:
    app = opened()
    app.text_input(key="train/train/epochs").set_value("0").run()
    app.pills(key="train/preset").set_value(None).run()
    assert app.pills(key="train/preset").value == "document-mlp"
    assert app.text_input(key="train/train/epochs").value == "10"
    assert not app.button(key="train/start").disabled
    app.text_input(key="train/train/epochs").set_value("3").run()
    assert app.pills(key="train/preset").value is None
    app.pills(key="train/preset").set_value("document-mlp").run()
    assert spec_of(app) == preset("document-mlp")


def test_a_layer_that_does_not_fit_is_marked_and_its_fix_mends_it() -> None:
    broken = changed(
        preset("document-mlp"), "network.layers", [{"kind": "linear"}, {"kind": "linear", "units": 10}]
    )
    app = with_shapes(link_of(broken))
    assert "Linear needs a vector" in bar_of(app)
    assert app.button(key="train/start").disabled
    (fix,) = [button for button in app.button if button.label == "Insert Flatten before it"]
    fix.click().run()
    assert spec_of(app).network.layers[0].kind == "flatten"
    assert not app.button(key="train/start").disabled


def test_a_stack_that_does_not_end_in_ten_logits_is_completed() -> None:
    app = with_shapes({"preset": "softmax", "network.layers": '[{"kind":"flatten"}]'})
    assert "must end in 10 logits" in bar_of(app)
    app.button(key="train/fix/output").click().run()
    assert [layer.kind for layer in spec_of(app).network.layers] == ["flatten", "linear"]
    assert not app.button(key="train/start").disabled


def test_the_bar_says_where_each_mistake_is() -> None:
    app = on_tab(opened(), "Data")
    app.pills(key="train/data/augmentations").set_value(["rotate"]).run()
    for tab, key, wrong in (
        ("Data", "row/1/units", "abc"),
        ("Data", "augmentation/0/rotate/degrees", "*"),
        ("Initialise", "train/seed", ""),
    ):
        on_tab(app, tab).text_input(key=f"train/{key}").set_value(wrong).run()
    line = next(part for part in app.markdown if "more)" in part.value)
    assert "2 Linear: Units 'abc' is not a number" in line.value.replace("\\", "")
    assert "(and 2 more)" in line.value
    for words in (line.proto.help, app.button(key="train/start").help):
        _, degrees, seed = words.replace("\\", "").split("\n")
        assert degrees.startswith("- Rotate: Degrees '*' is not a number")
        assert seed.startswith("- Seed is empty")


def test_what_is_shared_is_said_to_lack_the_marked_fields() -> None:
    app = opened()
    app.text_input(key="train/row/1/units").set_value("abc").run()
    app.text_input(key="train/train/epochs").set_value("0").run()
    app.button(key="train/share").click().run()
    assert "hold the last valid value of what is marked: 2 Linear: Units and Epochs." in captions(app)
    app.text_input(key="train/row/1/units").set_value("30").run()
    app.text_input(key="train/train/epochs").set_value("3").run()
    assert "last valid value" not in captions(app)


def test_a_run_beyond_the_budget_is_refused_with_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_MAX_HOURS", "0.001")
    app = with_shapes({"preset": "document-mlp", "train.epochs": "900"})
    assert app.button(key="train/start").disabled
    assert "LAB_MAX_HOURS" in captions(app)
    assert is_marked(app, "train/train/epochs")


def test_settings_that_exclude_each_other_are_marked() -> None:
    app = on_tab(with_shapes({"train.early_stopping": "3"}), "Data")
    assert app.button(key="train/start").disabled
    assert is_marked(app, "train/data/validation_share")


def test_fine_tuning_without_a_run_is_marked_and_does_not_start() -> None:
    app = with_shapes({"network.initialisation.kind": "run"})
    assert "is not the id of a run" in bar_of(app)
    assert app.button(key="train/start").disabled


def test_fine_tuning_from_a_run_without_weights_is_marked_before_it_starts() -> None:
    asked = {"network.initialisation.kind": "run", "network.initialisation.run": "amber-finch-k3v7qa"}
    app = with_shapes(asked)
    assert "There are no weights of a run 'amber-finch-k3v7qa'" in bar_of(app)
    assert app.button(key="train/start").disabled


def test_augmentations_are_chosen_shown_and_drawn_again() -> None:
    app = on_tab(with_shapes(), "Data")
    app.pills(key="train/data/augmentations").set_value(["rotate"]).run()
    app.text_input(key="train/augmentation/0/rotate/degrees").set_value("45").run()
    assert spec_of(app).data.augmentations[0].degrees == 45  # type: ignore[union-attr]
    assert "below as the network may get them" in captions(app)
    app.button(key="train/draw-again").click().run()
    assert not app.exception
    assert "below as the network may get them" in captions(app)


def test_an_augmentation_chosen_takes_no_mistake_of_another_away() -> None:
    app = on_tab(opened(), "Data")
    app.pills(key="train/data/augmentations").set_value(["rotate"]).run()
    app.text_input(key="train/augmentation/0/rotate/degrees").set_value("x").run()
    app.pills(key="train/data/augmentations").set_value(["rotate", "shift"]).run()
    assert app.text_input(key="train/augmentation/0/rotate/degrees").value == "x"
    assert is_marked(app, "train/augmentation/0/rotate/degrees")
    assert app.button(key="train/start").disabled


def test_a_tab_is_drawn_when_it_is_opened_and_a_mistake_in_it_outlasts_another() -> None:
    app = opened()
    assert "train/train/seed" not in [field.key for field in app.text_input]
    on_tab(app, "Initialise").text_input(key="train/train/seed").set_value("x").run()
    on_tab(app, "Loss")
    assert "train/train/seed" not in [field.key for field in app.text_input]
    assert app.button(key="train/start").disabled
    assert on_tab(app, "Initialise").text_input(key="train/train/seed").value == "x"
    assert is_marked(app, "train/train/seed")


def test_a_bad_link_is_named_and_the_rest_of_it_used() -> None:
    app = opened({"preset": "lenet5", "train.epochs": "-1", "train.seed": "5"})
    assert "train" in app.warning[0].value
    assert "epochs" in app.warning[0].value
    assert spec_of(app) == changed(preset("lenet5"), "train.seed", 5)
    assert not app.button(key="train/start").disabled


def test_what_a_link_says_twice_is_named() -> None:
    app = opened({"preset": "lenet5", "train.epochs": ["3", "4"]})
    assert "train.epochs stands 2 times in the link; its last value '4' was taken" in app.warning[0].value
    assert spec_of(app).train.epochs == 4


def test_pasted_json_replaces_everything_and_bad_json_nothing() -> None:
    app = opened()
    app.button(key="train/share").click().run()
    app.button(key="train/use-pasted").click().run()
    assert "choose a file or paste JSON first" in app.error[0].value
    app.text_area(key="train/pasted").set_value('{"network": {"layers": [{"kind": "liner"}]}}').run()
    app.button(key="train/use-pasted").click().run()
    assert "did you mean 'linear'" in app.error[0].value.replace("\\", "")
    assert "The pasted text cannot be used" in app.error[0].value
    assert spec_of(app) == preset("document-mlp")
    app.text_area(key="train/pasted").set_value(preset("lenet5").model_dump_json()).run()
    app.button(key="train/use-pasted").click().run()
    assert spec_of(app) == preset("lenet5")


def test_an_uploaded_file_replaces_everything() -> None:
    app = opened()
    app.button(key="train/share").click().run()
    app.file_uploader(key="train/uploaded").upload("vit.json", preset("tiny-vit").model_dump_json().encode())
    app.run()
    app.button(key="train/use-pasted").click().run()
    assert spec_of(app) == preset("tiny-vit")


def test_of_a_file_and_a_text_the_one_given_last_is_used_and_named() -> None:
    app = opened()
    app.button(key="train/share").click().run()
    app.file_uploader(key="train/uploaded").upload("bad.json", b"{").run()
    app.button(key="train/use-pasted").click().run()
    assert app.error[0].value.replace("\\", "").startswith("bad.json cannot be used")
    app.text_area(key="train/pasted").set_value("[").run()
    app.button(key="train/use-pasted").click().run()
    assert app.error[0].value.startswith("The pasted text cannot be used")
    app.file_uploader(key="train/uploaded").set_value(
        ("vit.json", preset("tiny-vit").model_dump_json().encode(), "application/json")
    ).run()
    app.button(key="train/use-pasted").click().run()
    assert spec_of(app) == preset("tiny-vit")
    app.button(key="train/share").click().run()
    app.file_uploader(key="train/uploaded").upload("bad.json", b"{").run()
    app.button(key="train/use-pasted").click().run()
    app.text_area(key="train/pasted").set_value(preset("lenet5").model_dump_json())
    app.button(key="train/use-pasted").click().run()
    assert spec_of(app) == preset("lenet5")


@pytest.mark.parametrize("name", ["document-mlp", "small-cnn", "row-lstm", "tiny-vit"])
def test_parts_and_fields_are_said_in_the_language_of_the_reader(name: str) -> None:
    app = opened({"lang": "zh", "preset": name})
    labels, read = list[str](), [str(part.value) for part in (*app.caption, *app.markdown)]
    for control in (*app.text_input, *app.selectbox, *app.toggle, *app.pills):
        labels += [control.label, *getattr(control, "options", ())]
        read.append(control.proto.help)
    assert "学习率" in labels
    english = [said for room in ("parts", "spec", "data") for said in catalogue.room("en", room).values()]
    assert [said for said in english if said in labels] == []
    assert [said for said in english if said.endswith(".") and said in "\n".join(read)] == []
