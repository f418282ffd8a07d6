"""Small MNIST files to find, damage and fetch."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import mnist_source


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def packed() -> Path:
    """The folder with the four files as they are downloaded."""
    source = mnist_source()
    assert source is not None
    return source


@pytest.fixture
def mirror(packed: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(packed))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()
