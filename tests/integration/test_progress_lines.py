# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller makes of a progress file: few lines, short ones, nothing from a host that is not a number."""

from __future__ import annotations

import json
import threading
import time
from types import SimpleNamespace

import pytest
from ansible_collections.identityops.lifecycle.plugins.action import scim_directory as action
from ansible_collections.identityops.lifecycle.plugins.module_utils.progress import STEPS

PATH = "/tmp/identityops-progress-0.json"


def text(step="users", done=0, total=0, failed=0, seconds=0.0):
    return json.dumps({"step": step, "done": done, "total": total, "failed": failed, "seconds": seconds}).encode() + b"\n"


@pytest.fixture
def fast(monkeypatch):
    """Looks follow each other at once, and each may make a line."""
    for name in ("FIRST_LOOK", "PAUSE", "LEAST"):
        monkeypatch.setattr(action, name, 0.001)


class Connection:
    """Answers with one text after the other, then with the last one. Those that are exceptions are raised."""

    transport = "local"

    def __init__(self, *answers):
        self.answers = list(answers)
        self.commands = []
        self.copies = set()

    def exec_command(self, command, in_data, sudoable):
        self.copies.add(id(self))
        self.commands.append((command, in_data, sudoable))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return (0, answer, b"") if answer is not None else (1, b"", b"cat: no such file")


class Shown:
    """Collects lines. Waits until there are enough of them."""

    def __init__(self):
        self.lines = []
        self.more = threading.Condition()

    def __call__(self, line, stderr):
        assert stderr is True
        with self.more:
            self.lines.append(line)
            self.more.notify_all()

    def wait_for(self, number):
        with self.more:
            assert self.more.wait_for(lambda: len(self.lines) >= number, timeout=10), self.lines


def until(true):
    ends = time.monotonic() + 10
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.001)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"step": "reading"}, "reading"),
        ({"step": "reading", "done": 1200, "seconds": 3}, "reading 1,200, 400/s"),
        ({"total": 10_000}, "users 0 of 10,000"),
        ({"done": 1_200, "total": 10_000, "failed": 3, "seconds": 2.9126}, "users 1,200 of 10,000, 412/s, 22 s left, 3 failed"),
        ({"done": 3, "total": 1000, "seconds": 10.0}, "users 3 of 1,000, 0.3/s, 55 min left"),
        ({"done": 3, "total": 10_000, "seconds": 10.0}, "users 3 of 10,000, 0.3/s, 9.3 h left"),
        ({"done": 10, "total": 10, "seconds": 1}, "users 10 of 10, 10/s"),
        ({"done": 1, "total": 2, "seconds": 0.0}, "users 1 of 2"),
    ],
)
def test_a_state_in_words(state, sentence):
    assert action.sentence(action.state_in(text(**state))) == sentence


def test_every_step_is_shown_and_within_a_step_only_what_moved_and_not_too_often():
    lines = action.Lines("web1")
    assert lines.after(text("users", 1, 9), 10.0) == "scim_directory on web1: users 1 of 9"
    assert lines.after(text("users", 2, 9), 12.9) == ""
    assert lines.after(text("users", 2, 9), 13.0) == "scim_directory on web1: users 2 of 9"
    assert lines.after(text("users", 2, 9, seconds=9), 99.0) == ""
    assert lines.after(text("users", 2, 9, failed=1), 99.0).endswith("1 failed")
    assert lines.after(text("groups", 0, 9), 99.1) == "scim_directory on web1: groups 0 of 9"
    assert lines.after(text("users", 0, 9), 99.2) == "scim_directory on web1: users 0 of 9"


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_known(step):
    assert action.Lines("web1").after(text(step), 0.0) == f"scim_directory on web1: {step}"


@pytest.mark.parametrize(
    "foreign",
    [
        b"",
        b"\n" + text(),
        b"\xff\xfe",
        b"[]",
        b"7",
        b"[" * 100_000,
        text()[:-9],
        b"x" * 10**6,
        b" " * 1000 + text(),
        text(step="{{ lookup('pipe', 'id') }}"),
        text(step=["users"]),
        text(step=None),
        text(done=-1),
        text(done="1"),
        text(done=True),
        text(done=1.5),
        text(total=10**10),
        text(failed=None),
        text(seconds="1"),
        text(seconds=-1),
        text(seconds=float("nan")),
        text(seconds=float("inf")),
        b'{"step": "users"}',
        text().replace(b"{", b'{"more": 1, '),
        text(done=int("9" * 400)),
    ],
)
def test_what_is_no_state_is_not_shown(foreign):
    assert action.Lines("web1").after(foreign, 0.0) == ""


def test_only_the_first_line_counts():
    assert action.Lines("web1").after(text("users", 1) + b"whatever\n", 0.0) == "scim_directory on web1: users 1"


def test_while_the_module_works_its_progress_is_shown(fast):
    connection, shown = Connection(None, text("reading"), text("users", 1, 2), b"?", text("users", 2, 2)), Shown()
    with action.watched(connection, PATH, "web1", shown):
        shown.wait_for(3)
    assert shown.lines == [f"scim_directory on web1: {what}" for what in ("reading", "users 1 of 2", "users 2 of 2")]
    assert set(connection.commands) == {(f"cat {PATH}", None, False)}
    assert id(connection) not in connection.copies


def test_a_path_is_quoted(fast):
    connection = Connection(None)
    with action.watched(connection, "/tmp/a; id", "web1", Shown()):
        until(lambda: connection.commands)
    assert connection.commands[0][0] == "cat '/tmp/a; id'"


def test_when_the_module_has_ended_nobody_looks_any_more(fast):
    connection, shown = Connection(text("users", 1, 2)), Shown()
    with action.watched(connection, PATH, "web1", shown):
        shown.wait_for(1)
    looks = len(connection.commands)
    assert all(not thread.is_alive() or thread.name != "scim_directory progress" for thread in threading.enumerate())
    assert len(connection.commands) == looks


def test_a_task_that_is_done_at_once_is_not_looked_at():
    connection, began = Connection(text()), time.monotonic()
    with action.watched(connection, PATH, "web1", Shown()):
        pass
    assert connection.commands == []
    assert time.monotonic() - began < 1


def test_a_connection_that_fails_is_left_alone(fast):
    connection, shown = Connection(OSError("gone")), Shown()
    with action.watched(connection, PATH, "web1", shown):
        until(lambda: not any(thread.name == "scim_directory progress" for thread in threading.enumerate()))
    assert len(connection.commands) == 1
    assert shown.lines == []


def test_a_module_that_fails_fails(fast):
    with pytest.raises(RuntimeError, match="the module"), action.watched(Connection(text()), PATH, "web1", Shown()):
        raise RuntimeError("the module")


def test_a_look_that_hangs_does_not_hold_the_task(fast, monkeypatch):
    monkeypatch.setattr(action, "PATIENCE", 0.01)
    hangs, shown = threading.Event(), Shown()

    class Hanging(Connection):
        def exec_command(self, command, in_data, sudoable):
            super().exec_command(command, in_data, sudoable)
            hangs.wait(30)
            return 0, text(), b""

    connection, began = Hanging(text()), time.monotonic()
    with action.watched(connection, PATH, "web1", shown):
        until(lambda: connection.commands)
    assert time.monotonic() - began < 5
    hangs.set()
    until(lambda: not any(thread.name == "scim_directory progress" for thread in threading.enumerate()))
    assert shown.lines == []


@pytest.mark.parametrize(
    ("transport", "windows", "can"),
    [
        ("local", False, True),
        ("ssh", False, True),
        ("ssh", True, False),
        ("winrm", True, False),
        ("network_cli", False, False),
        ("community.aws.aws_ssm", False, False),
        (None, False, False),
    ],
)
def test_only_a_connection_that_a_second_command_cannot_disturb_is_used(transport, windows, can):
    connection = SimpleNamespace(transport=transport, _shell=SimpleNamespace(_IS_WINDOWS=windows))
    assert action.can_look(connection) is can
    assert action.can_look(SimpleNamespace()) is False
