"""Home, as a person without a browser sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lab.presets import preset
from lab.runs.store import Store
from lab.spec import changed
from pages.ui.home.map import STATIONS, Station
from pages.ui.home.start import BATCH_OF_FEW

ROOT = Path(__file__).resolve().parent.parent.parent


def opened() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    assert not app.exception
    return app


def text_of(app: AppTest) -> str:
    return "\n".join(str(part.value) for part in [*app.markdown, *app.caption])


def test_an_empty_lab_says_what_to_do() -> None:
    app = opened()
    assert "No run yet" in text_of(app)
    assert app.button[0].label == "Train the document's network"


def test_without_mnist_it_says_so_and_what_to_do_about_it() -> None:
    app = opened()
    assert "No MNIST found" in text_of(app)
    assert "python -m lab data --fetch" in text_of(app)
    assert "Download MNIST" in [button.label for button in app.button]


def test_a_download_without_network_says_why_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    app = opened()
    app.button(key="home/fetch").click().run(timeout=60)
    assert not app.exception
    assert [str(error.value) for error in app.error] == [
        "MNIST could not be fetched: no MNIST mirror answers; is there a network connection?"
    ]


@pytest.mark.mnist
def test_with_mnist_the_data_are_named_and_nothing_asks_for_more() -> None:
    app = opened()
    assert "MNIST, 60,000 + 10,000 images" in text_of(app)
    assert "Download MNIST" not in [button.label for button in app.button]


@pytest.mark.mnist
def test_the_one_button_starts_the_documents_network(home: Path) -> None:
    app = opened()
    app.button(key="home/train").click().run()
    (run,) = Store(home).runs()
    assert run.spec == preset("document-mlp")


def test_without_mnist_it_starts_in_batches_small_enough_to_learn_and_opens_the_run(home: Path) -> None:
    app = opened()
    app.button(key="home/train").click().run()
    (run,) = Store(home).runs()
    assert run.spec == changed(preset("document-mlp"), "train.batch_size", BATCH_OF_FEW)
    assert app.query_params["run"] == run.id


def test_runs_of_the_command_line_are_listed_too(home: Path) -> None:
    Store(home).submit(preset("softmax"))
    assert "queued" in text_of(opened())


def test_runs_of_somebody_else_are_not_listed(home: Path) -> None:
    Store(home).submit(preset("softmax"), "somebody-else")
    assert "No run yet" in text_of(opened())


def test_a_data_folder_that_cannot_be_used_is_named_on_the_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAB_HOME", str(tmp_path / "file" / "home"))
    app = opened()
    assert any(str(tmp_path / "file") in str(error.value) for error in app.error)


def test_the_pipeline_has_the_documents_nine_stations_in_its_order() -> None:
    assert [str(station.title) for station in STATIONS] == [
        "Preprocess",
        "Augment",
        "Load",
        "Build",
        "Train",
        "Evaluate",
        "Optimise",
        "Fine-tune",
        "Deploy",
    ]


@pytest.mark.parametrize("station", STATIONS, ids=lambda station: str(station.title))
def test_every_station_opens_a_page_that_exists(station: Station) -> None:
    assert (ROOT / station.page).is_file()
