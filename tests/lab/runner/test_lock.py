"""A lock has one holder, or several who share, and comes back from a process that was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lab.runner.lock import is_held, take
from tests.support.narrowing import present


def test_a_lease_has_one_holder_or_several_who_share(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    alone = present(take(path))
    assert take(path) is None
    assert take(path, shared=True) is None
    alone.release()
    first, second = present(take(path, shared=True)), present(take(path, shared=True))
    assert take(path) is None
    first.release()
    assert is_held(path, shared=True)
    assert not is_held(path)
    second.release()
    present(take(path)).release()


HOLD = """
import sys, time; from pathlib import Path; from lab.runner.lock import take
lease = take(Path(sys.argv[1]), shared=sys.argv[2] == "shared"); print(lease is not None, flush=True); time.sleep(600)
"""


@pytest.mark.parametrize("how", ["alone", "shared"])
def test_a_process_that_is_killed_gives_its_lock_back_and_leaves_nothing(home: Path, how: str) -> None:
    path = home / "a.lock"
    command = [sys.executable, "-c", HOLD, str(path), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert present(holder.stdout).readline() == "True\n"
        assert is_held(path, shared=True)
        assert is_held(path) == (how == "alone")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert not is_held(path, shared=True)
    assert [file.name for file in home.iterdir()] == ["a.lock"]


def test_a_lock_can_be_given_back_by_another_thread(tmp_path: Path) -> None:
    lease = present(take(tmp_path / "a.lock"))
    thread = threading.Thread(target=lease.release)
    thread.start()
    thread.join()
    assert not is_held(tmp_path / "a.lock")


def test_a_place_that_cannot_be_locked_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be locked"):
        take(tmp_path)
