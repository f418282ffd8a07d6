"""What every test has: a data folder of its own, and a skip with its reason where something is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from lab.data.mnist import missing_mnist
from tests.support.served import browser_path, copy_mnist, mnist_source

# Its assertions say what was compared, as those of a test file do.
pytest.register_assert_rewrite("tests.lab.engines.contract")

# Tests read English unless they ask for another language.
os.environ.pop("LAB_LANGUAGE", None)

# No test is timed: a busy machine must not fail it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

NO_MNIST = "no MNIST files: name their folder in LAB_TEST_DATA"
NO_BROWSER = "no Chromium: install one or name it in CHROMIUM"
NO_GPU = "no CUDA device"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what this machine cannot run, and looks for it only where a test asks."""
    missing: dict[str, bool] = {}
    checks = {
        "mnist": (lambda: mnist_source() is None, NO_MNIST),
        "browser": (lambda: browser_path() is None, NO_BROWSER),
        "gpu": (_no_gpu, NO_GPU),
    }
    for item in items:
        for mark, (absent, reason) in checks.items():
            if item.get_closest_marker(mark) is None:
                continue
            if mark not in missing:
                missing[mark] = absent()
            if missing[mark]:
                item.add_marker(pytest.mark.skip(reason=reason))


def _no_gpu() -> bool:
    import torch

    return not torch.cuda.is_available()


@pytest.fixture(scope="session")
def mnist_data(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A lab's `data` folder with MNIST unpacked and checked, once per process; None without the files."""
    home = tmp_path_factory.mktemp("mnist")
    if not copy_mnist(home):
        return None
    problem = missing_mnist(home)
    assert not problem, problem
    return home / "data"


@pytest.fixture(autouse=True)
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This test's own LAB_HOME; with the real MNIST in it for a test marked `mnist`, else empty.

    The files of MNIST are shared by all tests: one that damages them makes its own copy.
    """
    folder = tmp_path / "lab-home"
    folder.mkdir()
    if request.node.get_closest_marker("mnist") is not None:
        source = request.getfixturevalue("mnist_data")
        if source is not None:
            (folder / "data").symlink_to(source, target_is_directory=True)
    monkeypatch.setenv("LAB_HOME", str(folder))
    monkeypatch.setenv("LAB_WARM_UP", "off")
    return folder
