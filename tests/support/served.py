"""A lab that really runs, in a folder of its own, and a browser to look at it with.

Owns starting and stopping both; tests, measurements and screenshots share it.
Knows no page and nothing of what is tested.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from lab.runner.process import runner_alive

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app.py"
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
START_LIMIT_S = 90.0
# A log that can be quoted, and a runner that does not wait long for a server to come back.
SURROUNDINGS = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "160", "LAB_WARM_UP": "on", "LAB_IDLE_S": "5"}
MNIST_FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


def mnist_source() -> Path | None:
    """The folder with the MNIST archives to copy: in LAB_TEST_DATA, else beside the checkout."""
    top = Path(os.environ.get("LAB_TEST_DATA") or ROOT.parent / "shared/data")
    for folder in (top, top / "raw", top / "MNIST/raw"):
        if all((folder / name).is_file() for name in MNIST_FILES):
            return folder
    return None


def copy_mnist(home: Path) -> bool:
    """Puts the MNIST archives into a lab's data folder; False where there are none to copy."""
    source = mnist_source()
    if source is None:
        return False
    raw = home / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name in MNIST_FILES:
        # Contents only: the source may be read-only, and torchvision unpacks beside the copies.
        shutil.copyfile(source / name, raw / name)
    return True


def browser_path() -> str | None:
    """The Chromium to drive: CHROMIUM, else one the system has, else Playwright's own; None if none runs."""
    named = os.environ.get("CHROMIUM")
    candidates = [shutil.which(name) for name in ((named,) if named else BROWSER_NAMES)]
    for path in candidates:
        if path and _runs(path):
            return path
    if named:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if _runs(own) else None


def _runs(path: str) -> bool:
    # A browser without its libraries, or a package that only points at a store, is found but does not run.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def launch(playwright: Playwright, path: str | None = None) -> Browser:
    """A headless browser. Raises: RuntimeError where there is none to launch."""
    executable = path or browser_path()
    if executable is None:
        raise RuntimeError("no Chromium found; install one, name it in CHROMIUM, or run `make browser`")
    return playwright.chromium.launch(executable_path=executable, args=BROWSER_ARGS)


def free_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """A running lab: where it answers, where it keeps its data, what it printed."""

    url: str
    home: Path
    log_path: Path
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        """All that the server has printed so far."""
        return self.log_path.read_text(errors="replace")

    def healthy(self) -> bool:
        """Whether the server answers at this moment."""
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def end(self) -> None:
        """Ends the web server and the runner of its data folder."""
        self.stop()
        if runner_alive(self.home):
            with suppress(OSError, ValueError):
                os.kill(int((self.home / "runner.pid").read_text()), signal.SIGTERM)

    def stop(self) -> None:
        """Ends the web server alone; runs go on, as they do for a person who restarts it."""
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=15)


def start_server(
    home: Path, *, port: int | None = None, env: dict[str, str] | None = None, app: Path = APP
) -> Server:
    """Starts the lab, or another app, on a data folder and returns once it answers.

    Raises: RuntimeError with the server's own output when it does not come up.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    log_path = home / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    log: IO[bytes] = log_path.open("ab")
    with log:
        process = subprocess.Popen(
            command,
            cwd=app.parent,
            env={**os.environ, **SURROUNDINGS, "LAB_HOME": str(home), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", home, log_path, process)
    deadline = time.monotonic() + START_LIMIT_S
    while not server.healthy():
        if process.poll() is not None or time.monotonic() > deadline:
            server.stop()
            raise RuntimeError(f"the lab did not start:\n{server.log()}")
        time.sleep(0.05)
    return server


@contextmanager
def served(home: Path, *, env: dict[str, str] | None = None, app: Path = APP) -> Iterator[Server]:
    """A lab, or another app, on a data folder for as long as the block lasts."""
    server = start_server(home, env=env, app=app)
    try:
        yield server
    finally:
        server.end()


if __name__ == "__main__":
    found = browser_path()
    print(f"Browser: {found}" if found else "No browser found: the browser tests will be skipped.")
    sys.exit(0 if found else 1)
