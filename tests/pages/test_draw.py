"""Draw a digit, as a person without a browser sees it: what the pad sends is what is answered."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from lab.ink.collection import Collection
from lab.models.shipped import DEFAULT, SHIPPED
from lab.network.build import build_network
from lab.network.weights import save
from lab.paths import epoch_weights, latest_weights
from lab.presets import preset
from lab.runner import warm
from lab.runs.store import Store
from pages.ui.draw.canvas import drawing_of
from pages.ui.draw.inside import VIEWS
from pages.ui.draw.views import TABS

ROOT = Path(__file__).resolve().parent.parent.parent
SEVEN = [[[60, 60], [200, 60], [120, 240]]]
DOT = [[[100, 100]]]
OWNER = "a" * 32


@pytest.fixture
def app() -> AppTest:
    """The page, with torch loaded, of a person whose id is known."""
    assert warm.wait_until_ready("model", 120)
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.session_state["kit/owner"] = OWNER
    page.run().switch_page("pages/draw.py").run()
    assert not page.exception
    return page


def arrive(app: AppTest, **link: str) -> None:
    """Comes to the page from another one by a link."""
    app.switch_page("pages/home.py").run()
    app.switch_page("pages/draw.py")
    app.query_params.clear()
    app.query_params.update(link)
    app.run()


@pytest.fixture
def make_run(home: Path) -> Callable[..., str]:
    """A run of softmax regression with weights after some epochs, as the engine leaves them."""

    def make(owner: str = OWNER, epochs: int = 3) -> str:
        spec = preset("softmax")
        run = Store(home).submit(spec, owner, title="My softmax")
        network = build_network(spec.network, torch.Generator().manual_seed(1))
        for epoch in range(1, epochs + 1):
            metadata = {"spec": spec.model_dump_json(), "epoch": str(epoch), "step": "1"}
            path = epoch_weights(home, run, epoch)
            path.parent.mkdir(parents=True, exist_ok=True)
            save(path, dict(network.state_dict()), metadata)
            save(latest_weights(home, run), dict(network.state_dict()), metadata)
        return run

    return make


def draw(app: AppTest, strokes: object, **message: Any) -> AppTest:
    """Sends what the pad sends when the pen is lifted."""
    seq = message.pop("seq", shown(app)["seq"] + 1)
    sent = {"sheet": 0, "life": 0, "seq": seq, "settled": True, "brush": 20, "strokes": strokes} | message
    app.session_state["draw/pad"] = {"ink": sent}
    return app.run()


def shown(app: AppTest) -> dict[str, Any]:
    """What the pad was given to show."""
    pads = [part for part in app.get("bidi_component") if "draw_pad" in part.proto.component_name]
    (data,) = json.loads(pads[0].proto.json)
    return dict(data)


def texts(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.success]
    return "\n".join(str(part.value) for part in parts)


def test_an_empty_pad_waits_and_says_what_to_do(app: AppTest) -> None:
    (answer,) = shown(app)["answers"]
    assert answer["probabilities"] is None
    assert "Waiting" in answer["says"]
    assert "Draw a digit on the pad first" in texts(app)


def test_a_seven_is_answered_with_its_margin(app: AppTest) -> None:
    (answer,) = shown(draw(app, SEVEN))["answers"]
    assert answer["digit"] == 7
    assert answer["is_digit"]
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=0.01)
    assert "points ahead of" in answer["says"]


def test_a_dot_is_no_digit_and_the_reason_is_said(app: AppTest) -> None:
    (answer,) = shown(draw(app, DOT))["answers"]
    assert not answer["is_digit"]
    assert "dot" in answer["says"]


def test_two_models_answer_the_same_drawing(app: AppTest) -> None:
    app.selectbox(key="draw/second-model").select("document-mlp").run()
    answers = shown(draw(app, SEVEN))["answers"]
    assert [answer["model"] for answer in answers] == ["CNN (shipped)", "The document's MLP (shipped)"]
    assert answers[0]["probabilities"] != answers[1]["probabilities"]


def test_the_drawing_survives_a_page_switch(app: AppTest) -> None:
    draw(app, SEVEN)
    app.switch_page("pages/home.py").run()
    app.switch_page("pages/draw.py").run()
    again = shown(app)
    assert again["strokes"] == SEVEN
    assert again["answers"][0]["digit"] == 7


@pytest.mark.parametrize(
    "strokes",
    ["text", 7, None, [["text"]], [[[1]]], [[[float("nan"), 2]]], [[[1e300, 2]]], [[[1, 2]]] * 2001],
    ids=["text", "number", "none", "no points", "short", "nan", "huge", "too many"],
)
def test_a_forged_message_changes_nothing(app: AppTest, strokes: object) -> None:
    draw(app, SEVEN)
    assert shown(draw(app, strokes, seq=99))["strokes"] == SEVEN
    assert not app.exception


def test_a_message_about_an_older_sheet_is_ignored(app: AppTest) -> None:
    draw(app, SEVEN)
    assert shown(draw(app, DOT, sheet=12))["strokes"] == SEVEN


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("model", [DEFAULT, "augmented-mlp"])
def test_every_view_opens_on_a_drawing(app: AppTest, tab: str, model: str) -> None:
    app.selectbox(key="draw/model").select(model).run()
    app.session_state["draw/tab"] = str(TABS[tab])
    draw(app, SEVEN)
    assert not app.exception


def test_pad_and_look_inside_round_the_same_probability(app: AppTest) -> None:
    app.session_state["draw/tab"] = str(TABS["inside"])
    draw(app, SEVEN)
    probabilities = shown(app)["answers"][0]["probabilities"]
    assert sum(probabilities) == pytest.approx(1, abs=1e-6)  # rounded once, by whoever shows it
    assert app.metric[0].value == f"{probabilities[7]:.1%}"


@pytest.mark.parametrize("view", ["pixels", "layers", "neighbours", "neurons"])
def test_every_look_inside_opens_for_a_dense_network(app: AppTest, view: str) -> None:
    app.selectbox(key="draw/model").select("augmented-mlp").run()
    app.session_state["draw/tab"] = str(TABS["inside"])
    app.session_state["draw/inside-view"] = view
    draw(app, SEVEN)
    assert not app.exception


def test_a_step_switched_off_is_compared_with_all_steps_on(app: AppTest) -> None:
    draw(app, SEVEN)
    assert "Merely shrunk" in texts(app)
    app.toggle(key="draw/framing-mass").set_value(False).run()
    assert "With your switches" in texts(app)
    assert "With it: **7" in texts(app)


def test_a_run_with_weights_can_be_chosen_and_followed_through_its_epochs(
    app: AppTest, make_run: Callable[..., str]
) -> None:
    run = make_run()
    app.run()
    app.selectbox(key="draw/model").select(run).run()
    app.session_state["draw/tab"] = str(TABS["training"])
    draw(app, SEVEN)
    named = shown(app)["answers"][0]["model"]
    assert named.startswith("My softmax (")
    assert named.endswith("), after epoch 3")
    assert "After epoch 3 the network says" in texts(app)


@pytest.mark.parametrize("tab", ["training", "inside"])
def test_no_view_is_confident_about_what_is_no_digit(
    app: AppTest, make_run: Callable[..., str], tab: str
) -> None:
    make_run()
    app.session_state["draw/tab"] = str(TABS[tab])
    draw(app, DOT)
    assert "This does not look like a digit" in texts(app)
    draw(app, SEVEN)
    assert "This does not look like a digit" not in texts(app)


def test_a_dead_links_warning_ends_when_another_model_is_chosen(app: AppTest) -> None:
    arrive(app, model="**nope**")
    assert r"\*\*nope\*\*" in texts(app)
    app.selectbox(key="draw/model").select("document-mlp").run()
    assert "is not here" not in texts(app)


def test_somebody_elses_run_answers_when_a_link_names_it_only(
    app: AppTest, make_run: Callable[..., str]
) -> None:
    run = make_run(owner="b" * 32)
    app.run()
    assert not [title for title in app.selectbox(key="draw/model").options if "My softmax" in title]
    arrive(app, run=run)
    assert app.selectbox(key="draw/model").value == run


def test_a_run_deleted_meanwhile_is_said_and_the_default_answers(
    app: AppTest, make_run: Callable[..., str], home: Path
) -> None:
    run = make_run()
    app.run()
    app.selectbox(key="draw/model").select(run).run()
    Store(home).delete(run)
    latest_weights(home, run).unlink(missing_ok=True)
    draw(app, SEVEN)
    assert "it was deleted" in texts(app)
    assert app.selectbox(key="draw/model").value == DEFAULT
    assert shown(app)["answers"][0]["digit"] == 7


@pytest.mark.parametrize("name", ["nonsense", "../../etc/passwd", "amber-finch-k3v7qa"])
def test_a_link_to_a_model_that_is_not_here_says_so(app: AppTest, name: str) -> None:
    arrive(app, model=name)
    assert repr(name) in texts(app)
    assert "CNN (shipped) answers instead" in texts(app)
    assert app.selectbox(key="draw/model").value == DEFAULT


def test_the_address_names_the_chosen_model_and_opens_with_it_again(app: AppTest) -> None:
    app.selectbox(key="draw/model").select("augmented-mlp").run()
    assert app.query_params["model"] == "augmented-mlp"
    app.selectbox(key="draw/model").select("document-mlp").run()
    app.run()
    assert app.selectbox(key="draw/model").value == "document-mlp"
    assert app.query_params["model"] == "document-mlp"


def picture(kind: str) -> bytes:
    image = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(image).line([(100, 40), (200, 40), (140, 170)], fill="black", width=14)
    out = io.BytesIO()
    image.save(out, format=kind)
    return out.getvalue()


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.session_state["draw/tab"] = str(TABS["picture"])
    app.run()
    app.file_uploader(key="draw/picture-file").upload(name, content)
    return app.run()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_goes_onto_the_pad_and_is_answered(app: AppTest, kind: str) -> None:
    upload(app, f"seven.{kind.lower()}", picture(kind))
    assert "It is on the pad" in texts(app)
    data = shown(app)
    assert data["picture"].startswith("data:image/png;base64,")
    assert data["answers"][0]["digit"] == 7


def test_strokes_replace_a_picture_and_undo_brings_it_back(app: AppTest) -> None:
    upload(app, "seven.png", picture("PNG"))
    before = shown(app)["answers"]
    draw(app, DOT, sheet=1, picture=False)
    assert shown(app)["picture"] == ""
    assert not shown(app)["answers"][0]["is_digit"]
    draw(app, [], sheet=1, life=1, picture=False)
    assert shown(app)["answers"][0]["probabilities"] is None
    draw(app, [], sheet=1, life=1, picture=True)
    assert shown(app)["answers"] == before
    assert "It is on the pad" in texts(app)


def test_a_picture_that_was_never_brought_cannot_be_undone_to(app: AppTest) -> None:
    assert shown(draw(app, [], picture=True))["answers"][0]["probabilities"] is None


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("seven.txt", "7")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.png", b"no picture at all"),
        ("cut.png", picture("PNG")[:60]),
        ("archive.png", a_zip()),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("empty.png", b""),
    ],
)
def test_a_bad_file_is_named_and_the_drawing_stays(app: AppTest, name: str, content: bytes) -> None:
    draw(app, SEVEN)
    upload(app, name, content)
    assert not app.exception
    (error,) = app.error
    assert name in error.value
    assert shown(app)["strokes"] == SEVEN


def test_a_label_puts_the_drawing_into_the_set_and_delete_takes_it_out(app: AppTest, home: Path) -> None:
    app.session_state["draw/tab"] = str(TABS["teach"])
    draw(app, SEVEN)
    (entry,) = Collection(OWNER, home).history()
    app.pills(key=f"draw/teach-{entry.key}").set_value(1).run()
    assert Collection(OWNER, home).counts()[1] == 1
    assert "Your set: 1 digit" in texts(app)
    app.button(key=f"draw/delete-{entry.key}").click().run()
    assert not app.exception
    assert Collection(OWNER, home).history() == ()


def test_a_drawing_of_the_history_can_be_put_back_on_the_pad(app: AppTest, home: Path) -> None:
    app.session_state["draw/tab"] = str(TABS["teach"])
    draw(app, SEVEN)
    draw(app, [], life=1)
    (entry,) = Collection(OWNER, home).history()
    app.button(key=f"draw/again-{entry.key}").click().run()
    assert shown(app)["strokes"] == SEVEN
    assert shown(app)["sheet"] == 1


def test_a_drawing_that_goes_on_is_one_entry_and_a_cleared_pad_begins_another(
    app: AppTest, home: Path
) -> None:
    draw(app, SEVEN)
    draw(app, [*SEVEN, [[100, 150], [180, 150]]])
    assert len(Collection(OWNER, home).history()) == 1
    draw(app, SEVEN, life=1)  # the message of the cleared pad itself may be overtaken
    assert len(Collection(OWNER, home).history()) == 2


def test_a_drawing_kept_over_a_reload_continues_its_entry_and_a_forged_key_does_not(
    app: AppTest, home: Path
) -> None:
    draw(app, SEVEN, key="0123456789abcdef")
    (entry,) = Collection(OWNER, home).history()
    assert entry.key == "0123456789abcdef"
    draw(app, DOT, life=1, key="0123456789abcdee")
    assert len(Collection(OWNER, home).history()) == 2
    assert not Collection(OWNER, home).entry("0123456789abcdee")


@pytest.mark.parametrize("key", ["../../etc", "0123456789ABCDEF", "0" * 5000, 7, ["a"], None])
def test_a_key_that_no_server_gave_is_replaced(app: AppTest, home: Path, key: object) -> None:
    draw(app, SEVEN, key=key)
    (entry,) = Collection(OWNER, home).history()
    assert entry.key != key
    assert len(entry.key) == 16


def test_every_shipped_model_can_be_chosen(app: AppTest) -> None:
    for name, model in SHIPPED.items():
        app.selectbox(key="draw/model").select(name).run()
        (answer,) = shown(draw(app, SEVEN))["answers"]
        assert str(model.title) in answer["model"]
        assert len(answer["probabilities"]) == 10


def in_chinese(app: AppTest) -> None:
    app.query_params["lang"] = "zh"
    app.run()
    assert not app.exception


def words_of(part: Any) -> Iterator[str]:
    """Every string in an element, its label, help and options; in a component, those of its data."""
    for field, value in part.ListFields():
        for each in value if field.is_repeated else [value]:
            if hasattr(each, "ListFields"):
                yield from words_of(each)
            elif isinstance(each, str) and each[:1] in ("{", "["):
                yield from leaves(json.loads(each))
            elif isinstance(each, str):
                yield each


def leaves(data: Any) -> Iterator[str]:
    """Every string in data."""
    if isinstance(data, str):
        yield data
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from leaves(value)


def english(app: AppTest) -> list[str]:
    """What the page says in English, code and names left out."""
    parts = [part.proto for part in app.main if getattr(part, "proto", None) is not None]
    told = {words for part in parts for words in words_of(part)}
    told = {words for words in told if not re.match("<|const |My softmax", words)}
    return [words for words in sorted(told) if re.search(r"[A-Za-z]{3,},? [A-Za-z]{2,}", words)]


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("strokes", [SEVEN, DOT], ids=["seven", "dot"])
def test_the_page_in_chinese_has_no_english_sentence(
    app: AppTest, make_run: Callable[..., str], tab: str, strokes: object
) -> None:
    make_run()
    app.session_state["draw/tab"] = str(TABS[tab])
    draw(app, strokes)
    in_chinese(app)
    assert english(app) == []


@pytest.mark.parametrize("view", VIEWS)
def test_every_look_inside_in_chinese_has_no_english_sentence(app: AppTest, view: str) -> None:
    app.selectbox(key="draw/model").select("augmented-mlp").run()
    app.session_state["draw/tab"] = str(TABS["inside"])
    app.session_state["draw/inside-view"] = view
    draw(app, SEVEN)
    in_chinese(app)
    assert english(app) == []


def test_switching_the_language_keeps_the_tab_the_models_and_the_drawing(app: AppTest) -> None:
    app.selectbox(key="draw/model").select("augmented-mlp").run()
    app.selectbox(key="draw/second-model").select("document-mlp").run()
    app.session_state["draw/tab"] = str(TABS["teach"])
    draw(app, SEVEN)
    in_chinese(app)
    assert "你的数据集：0 个数字" in texts(app)
    assert "MLP（数据增强）（内置）" in texts(app)  # in the history
    assert app.selectbox(key="draw/model").value == "augmented-mlp"
    assert app.selectbox(key="draw/second-model").value == "document-mlp"
    assert shown(app)["answers"][0]["model"] == "MLP（数据增强）（内置）"
    assert shown(app)["answers"][0]["digit"] == 7
    assert shown(app)["texts"]["undo"] == "撤销"


PATH = {
    "type": "Path",
    "path": [["M", 10, 10], ["Q", 10, 10, 30, 30], ["L", 50, 10]],
    "strokeWidth": 10,
    "originX": "left",
    "originY": "top",
    "left": 5,
    "top": 5,
}


def test_strokes_of_the_wide_canvas_lie_where_they_were_drawn() -> None:
    drawing = drawing_of({"objects": [PATH]}, 900)
    (stroke,) = drawing.strokes
    assert drawing.brush == 10
    assert stroke[0] == pytest.approx([10, 10])
    assert stroke[-1] == pytest.approx([50, 10])


def test_strokes_moved_and_scaled_on_the_wide_canvas_are_read_where_they_are_shown() -> None:
    drawing = drawing_of({"objects": [PATH | {"left": 105, "scaleX": 2, "scaleY": 2}]}, 900)
    (stroke,) = drawing.strokes
    assert stroke[:, 0].max() - stroke[:, 0].min() == pytest.approx(80)
    assert stroke[0] == pytest.approx([115, 15])


@pytest.mark.parametrize("record", [None, {}, {"objects": None}, {"objects": [7, {"type": "rect"}]}])
def test_a_canvas_without_strokes_is_empty(record: dict[str, Any] | None) -> None:
    assert drawing_of(record, 900).is_empty
