"""`python -m lab predict`: which digit a picture or a pen drawing shows.

Owns what is printed: a line for people, or one JSON object per picture. Reading, framing and answering belong
to `lab.ink.pictures`, `lab.ink` and `lab.models.answers`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.ink.drawing import BRUSH_PX, CANVAS_PX, Drawing, InkError, rasterise, unit_drawing
from lab.ink.framing import Framing, frame
from lab.ink.pictures import MAX_BYTES, PictureError, read_picture
from lab.models.shipped import DEFAULT, SHIPPED
from lab.models.wording import refusal_in_words
from lab.paths import HomeError, lab_home
from lab.texts import text

if TYPE_CHECKING:
    from lab.models.answers import Prediction
    from lab.models.loading import Model

BATCH = 256
MAX_STROKES_BYTES = 200_000_000
BAD_INPUT = 2
_FORM = '[{"strokes": [[[x, y], ...], ...]}, ...]'


@dataclass(frozen=True)
class Asked:
    """One picture or drawing to answer: where it came from, and its framing or what is wrong with it."""

    file: str
    framing: Framing | None
    problem: str = ""
    index: int | None = None
    label: object = None


def add_parser(subparsers: Any) -> None:
    """The command's options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "predict", description=text("commands.predict.description")
    )
    parser.add_argument("images", nargs="*", metavar="IMAGE", help=text("commands.predict.images"))
    parser.add_argument(
        "--strokes",
        metavar="FILE",
        help=text("commands.predict.strokes", form=_FORM),
    )
    parser.add_argument(
        "--brush",
        type=_brush,
        default=BRUSH_PX,
        metavar="PX",
        help=text("commands.predict.brush", canvas=CANVAS_PX, default=BRUSH_PX),
    )
    parser.add_argument("--as-pixels", action="store_true", help=text("commands.predict.as_pixels"))
    parser.add_argument(
        "--model",
        default=DEFAULT,
        metavar="MODEL",
        help=text("commands.predict.model", names=", ".join(SHIPPED), default=DEFAULT),
    )
    parser.add_argument("--json", action="store_true", help=text("commands.predict.json"))


def _brush(given: str) -> float:
    try:
        brush = float(given)
    except ValueError:
        brush = float("nan")
    if not 0.5 <= brush <= CANVAS_PX:
        raise argparse.ArgumentTypeError(
            text("commands.predict.not_a_brush", value=given[:40], largest=CANVAS_PX)
        )
    return brush


def main(args: argparse.Namespace) -> int:
    """Prints an answer per picture; 2 when the model or any picture cannot be used."""
    if not args.images and args.strokes is None:
        return _refused(text("commands.predict.nothing"))
    from lab.models.answers import answers
    from lab.models.loading import ModelError, load_model

    try:
        model = load_model(args.model, lab_home())
    except (ModelError, HomeError) as error:
        return _refused(str(error))
    failed = False
    asked = _asked(args)
    try:
        while block := list(islice(asked, BATCH)):
            good = [one.framing for one in block if one.framing is not None]
            found = iter(answers(model, good))
            for one in block:
                answer = next(found) if one.framing is not None else None
                failed = failed or answer is None
                _print(one, answer, model, as_json=args.json)
    except InkError as error:
        return _refused(str(error))
    return BAD_INPUT if failed else 0


def _refused(problem: str) -> int:
    print(text("commands.error", problem=problem), file=sys.stderr)
    return BAD_INPUT


def _asked(args: argparse.Namespace) -> Iterator[Asked]:
    for name in args.images:
        try:
            yield Asked(name, frame(read_picture(_bytes(Path(name)), name).ink, stages=False))
        except PictureError as error:
            yield Asked(name, None, str(error))
    if args.strokes is not None:
        yield from _drawings(args.strokes, args.brush, args.as_pixels)


def _bytes(path: Path) -> bytes:
    """The file, and no more of it than one byte beyond what is allowed.

    Raises: PictureError.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PictureError(text("commands.predict.unreadable", name=path, reason=reason)) from None


def _drawings(name: str, brush: float, as_pixels: bool) -> Iterator[Asked]:
    """The drawings in a stroke file. Raises: InkError, naming the file."""
    path = Path(name)
    try:
        if path.stat().st_size > MAX_STROKES_BYTES:
            raise InkError(text("commands.predict.too_large", name=name, largest=MAX_STROKES_BYTES))
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise InkError(text("commands.predict.unreadable", name=name, reason=error.strerror)) from None
    except (ValueError, RecursionError) as error:
        raise InkError(text("commands.predict.not_json", name=name, reason=str(error)[:120])) from None
    for index, item in enumerate(_items(content, name)):
        strokes, label = item, None
        if isinstance(item, dict):
            strokes, label = item.get("strokes"), item.get("label")
        try:
            drawing = unit_drawing(strokes, brush=brush)
        except InkError as error:
            yield Asked(
                name,
                None,
                text("commands.predict.drawing", name=name, index=index, problem=error),
                index,
                label,
            )
            continue
        yield Asked(name, _framed(drawing, as_pixels), "", index, label)


def _items(content: object, name: str) -> Iterable[Any]:
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        raise InkError(text("commands.predict.no_list", name=name, got=type(content).__name__))
    if not content:
        raise InkError(text("commands.predict.empty", name=name))
    return content


def _framed(drawing: Drawing, as_pixels: bool) -> Framing:
    return frame(rasterise(drawing) if as_pixels else drawing, stages=False)


def _print(asked: Asked, answer: Prediction | None, model: Model, *, as_json: bool) -> None:
    where = asked.file if asked.index is None else f"{asked.file}[{asked.index}]"
    if answer is None:
        print(text("commands.error", problem=asked.problem), file=sys.stderr)
    if as_json:
        print(json.dumps(_record(asked, answer)))
    elif answer is not None:
        print(f"{where}: {_answer(answer, model)}")


def _answer(answer: Prediction, model: Model) -> str:
    if not answer.is_digit:
        return text("commands.predict.no_digit", reason=refusal_in_words(answer.refusal))
    share = answer.probabilities[answer.digit]
    return text("commands.predict.digit", digit=answer.digit, share=share, model=model.title)


def _record(asked: Asked, answer: Prediction | None) -> dict[str, Any]:
    record: dict[str, Any] = {
        "file": asked.file,
        "digit": answer.digit if answer else None,
        "probabilities": list(answer.probabilities) if answer else [],
        "is_digit": answer.is_digit if answer else False,
        "reason": refusal_in_words(answer.refusal) if answer else asked.problem,
    }
    if asked.index is not None:
        record["index"] = asked.index
    if isinstance(asked.label, int) and not isinstance(asked.label, bool):
        record["label"] = asked.label
    return record
