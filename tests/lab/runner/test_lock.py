"""A lock that ends with its process."""

from __future__ import annotations

from pathlib import Path

from lab.runner.lock import is_held, take
from tests.support.narrowing import present


def test_a_lease_has_one_holder_or_several_who_share(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    alone = present(take(path))
    assert take(path) is None
    assert take(path, shared=True) is None
    alone.release()
    first, second = take(path, shared=True), take(path, shared=True)
    assert first is not None
    assert second is not None
    assert take(path) is None
    first.release()
    assert is_held(path, shared=True)
    assert not is_held(path)
    second.release()
    present(take(path)).release()
