import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lab.__main__ import main
from lab.ink.drawing import rasterise, unit_drawing
from tests.support.drawn_digits import DIGITS


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_HOME", str(tmp_path / "home"))


def picture(path: Path, digit: int, light_on_dark: bool = False) -> str:
    grey = np.round(255 * rasterise(unit_drawing(DIGITS[digit]))).astype(np.uint8)
    Image.fromarray(grey if light_on_dark else 255 - grey).save(path)
    return str(path)


def stroke_file(path: Path, content: object) -> str:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_picture_is_one_json_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [picture(tmp_path / "a.png", 3), picture(tmp_path / "b.jpg", 8, light_on_dark=True)]
    assert main(["predict", *names, "--json"]) == 0
    found = lines(capsys)
    assert [set(line) for line in found] == [{"file", "digit", "probabilities", "is_digit", "reason"}] * 2
    assert [line["file"] for line in found] == names
    assert [line["digit"] for line in found] == [3, 8]
    for line in found:
        assert line["is_digit"] is True
        assert line["reason"] == ""
        assert len(line["probabilities"]) == 10
        assert sum(line["probabilities"]) == pytest.approx(1)


@pytest.mark.parametrize("model", ["cnn", "augmented-mlp"])
@pytest.mark.parametrize("options", [[], ["--brush", "8"], ["--brush", "32"], ["--as-pixels"]])
def test_strokes_are_answered_at_any_brush(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], model: str, options: list[str]
) -> None:
    drawings = [{"label": digit, "strokes": strokes} for digit, strokes in DIGITS.items()]
    name = stroke_file(tmp_path / "pen.json", drawings)
    assert main(["predict", "--strokes", name, "--model", model, "--json", *options]) == 0
    found = lines(capsys)
    assert [line["index"] for line in found] == list(range(10))
    assert sum(line["digit"] == line["label"] for line in found) >= 9


def test_more_drawings_than_a_batch_keep_their_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = stroke_file(tmp_path / "pen.json", [DIGITS[i % 10] for i in range(300)])
    assert main(["predict", "--strokes", name, "--json"]) == 0
    found = lines(capsys)
    assert [line["index"] for line in found] == list(range(300))
    assert found[0]["probabilities"] == pytest.approx(found[290]["probabilities"], abs=1e-5)


def test_without_json_a_person_can_read_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", picture(tmp_path / "a.png", 7)]) == 0
    assert ": 7 (" in capsys.readouterr().out


def test_a_bad_picture_is_named_and_the_others_are_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"PK\x03\x04 zip")
    names = [str(bad), str(tmp_path / "gone.png"), picture(tmp_path / "a.png", 2)]
    assert main(["predict", *names, "--json"]) == 2
    captured = capsys.readouterr()
    found = [json.loads(line) for line in captured.out.splitlines()]
    assert [line["digit"] for line in found] == [None, None, 2]
    assert "zip archive" in found[0]["reason"]
    assert found[0]["is_digit"] is False
    assert "gone.png" in captured.err


def test_an_empty_sheet_is_no_digit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("L", (280, 280), 255).save(tmp_path / "empty.png")
    assert main(["predict", str(tmp_path / "empty.png"), "--json"]) == 0
    (found,) = lines(capsys)
    assert found["is_digit"] is False
    assert "empty" in found["reason"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not JSON"),
        ("7", "expected a list of drawings, got int"),
        ([{"strokes": [[["a", 2]]]}], "drawing 0: stroke 0, point 0, x"),
        ([{"label": 3}], "drawing 0: strokes: expected a list"),
    ],
)
def test_bad_strokes_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: object, says: str
) -> None:
    assert main(["predict", "--strokes", stroke_file(tmp_path / "pen.json", content)]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("brush", ["thick", "0", "-3", "nan", "inf", "9999"])
def test_a_bad_brush_is_named(capsys: pytest.CaptureFixture[str], brush: str) -> None:
    with pytest.raises(SystemExit) as error:
        main(["predict", "--strokes", "x.json", f"--brush={brush}"])
    assert error.value.code == 2
    assert brush in capsys.readouterr().err


def test_an_unknown_model_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", picture(tmp_path / "a.png", 1), "--model", "cnnn"]) == 2
    assert "did you mean 'cnn'" in capsys.readouterr().err


def test_nothing_to_answer_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict"]) == 2
    assert "give at least one IMAGE" in capsys.readouterr().err


def test_an_animation_is_read_by_its_first_frame(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = [Image.fromarray((255 - 255 * rasterise(unit_drawing(DIGITS[d]))).astype("u1")) for d in (4, 5)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert main(["predict", str(tmp_path / "a.gif"), "--json"]) == 0
    assert lines(capsys)[0]["digit"] == 4


def test_an_empty_picture_is_no_digit_and_an_empty_file_of_strokes_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Image.new("L", (40, 40), 255).save(tmp_path / "white.png")
    assert main(["predict", str(tmp_path / "white.png")]) == 0
    assert "white.png: no digit: The canvas is empty" in capsys.readouterr().out
    (tmp_path / "none.json").write_text("[]")
    assert main(["predict", "--strokes", str(tmp_path / "none.json")]) == 2
    assert "it is empty" in capsys.readouterr().err
