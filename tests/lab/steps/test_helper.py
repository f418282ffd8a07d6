"""The helper does a half or leaves it; nothing is lost, nothing done twice, and errors arrive."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import pytest

from lab.steps.helper import Helper
from tests.support.waiting import until


@pytest.fixture
def helper() -> Helper:
    return Helper(cores=2)


def noting(where: list[str]) -> Callable[[], object]:
    return lambda: where.append(threading.current_thread().name)


def test_the_second_half_is_done_elsewhere_where_there_is_time(helper: Helper) -> None:
    seen: list[str] = []
    helper.together(lambda: until(lambda: bool(seen)), noting(seen))
    assert seen == ["helper"]


def test_what_nobody_begins_is_taken_back(helper: Helper) -> None:
    seen: list[str] = []
    helper._asked.acquire()
    helper._thread = threading.current_thread()  # one that does not answer
    helper.together(lambda: None, noting(seen))
    assert seen == [threading.current_thread().name]


def test_each_half_is_done_once_however_the_two_meet(helper: Helper) -> None:
    done = [0, 0]

    def half(which: int) -> None:
        if done[0] % 3 == which:
            time.sleep(0.0002)
        done[which] += 1

    for _ in range(300):
        helper.together(lambda: half(0), lambda: half(1))
    assert done == [300, 300]


def test_with_one_core_there_is_no_thread() -> None:
    alone, seen = Helper(cores=1), list[str]()
    before = threading.active_count()
    for _ in range(3):
        alone.together(lambda: None, noting(seen))
    assert seen == [threading.current_thread().name] * 3
    assert threading.active_count() == before


def test_where_no_thread_can_be_started_all_is_done_alone(
    helper: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuses)
    seen: list[str] = []
    for _ in range(2):
        helper.together(noting(seen), noting(seen))
    assert len(seen) == 4


def test_alone_the_whole_is_preferred_to_two_halves() -> None:
    done: list[str] = []
    Helper(cores=1).together(
        lambda: done.append("first"), lambda: done.append("second"), lambda: done.append("both")
    )
    assert done == ["both"]


def test_who_finds_it_busy_does_both(helper: Helper) -> None:
    begun, go_on, seen = threading.Event(), threading.Event(), list[str]()

    def long() -> None:
        begun.set()
        go_on.wait(20)

    other = threading.Thread(target=lambda: helper.together(lambda: begun.wait(20), long))
    other.start()
    assert begun.wait(20)
    helper.together(noting(seen), noting(seen))
    assert seen == [threading.current_thread().name] * 2
    go_on.set()
    other.join(20)


def failing(seen: list[str]) -> Callable[[], object]:
    def work() -> None:
        seen.append("")
        raise MemoryError("too large")

    return work


@pytest.mark.parametrize("at_fault", ["first", "second, by the helper", "second, alone"])
def test_an_error_reaches_the_one_who_asked_and_the_next_work_is_done(helper: Helper, at_fault: str) -> None:
    seen: list[str] = []
    first, second = {
        "first": (failing(seen), lambda: None),
        "second, by the helper": (lambda: until(lambda: bool(seen)), failing(seen)),
        "second, alone": (lambda: None, failing(seen)),
    }[at_fault]
    helper._left_alone = 1 if at_fault == "second, alone" else 0
    with pytest.raises(MemoryError, match="too large"):
        helper.together(first, second)
    after: list[str] = []
    helper.together(lambda: None, noting(after))
    assert len(after) == 1


def test_it_is_asked_less_and_less_where_it_does_not_help(helper: Helper) -> None:
    helper._asked.acquire()
    helper._thread = threading.current_thread()  # one that does not answer
    asked = 0
    for _ in range(2000):
        asked += helper._left_alone == 0
        helper.together(lambda: None, lambda: None)
    assert 8 <= asked <= 24
    helper._judge(True)
    assert helper._left_alone == 0  # and at once again where it does


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_has_a_helper_of_its_own() -> None:
    from lab.steps import helper as module

    before = module._helper
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"own" if module._helper is not before else b"old")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 3) == b"own"
