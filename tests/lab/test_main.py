"""The dispatcher of `python -m lab`."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from lab.__main__ import COMMANDS, main

ROOT = Path(__file__).resolve().parent.parent.parent


def test_without_a_command_every_command_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)


def test_a_mistyped_command_is_named_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian"]) == 2
    assert capsys.readouterr().err == "unknown command 'trian'; did you mean 'train'?\n"


def test_an_unknown_option_ends_with_the_code_of_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["data", "--fetsch"])
    assert ended.value.code == 2
    assert "--fetsch" in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there_and_explains_itself(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = import_module(f"lab.commands.{name.replace('-', '_')}")
    assert callable(command.main)
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"python -m lab {name}" in capsys.readouterr().out


def test_asking_for_help_does_not_load_torch() -> None:
    script = "import sys, lab.__main__ as m; m.main(['--help']); print('torch' in sys.modules)"
    shown = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert shown.stdout.strip().splitlines()[-1] == "False"


def test_a_reader_who_has_seen_enough_gets_no_error() -> None:
    command = [sys.executable, "-m", "lab", "by-hand", "--markdown"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.close()
        assert started.stderr.read() == ""
        assert started.wait(timeout=60) == 141


def test_a_file_that_is_not_there_is_named_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "nowhere.json"]) == 2
    assert capsys.readouterr().err == "error: nowhere.json: no such file or directory\n"
