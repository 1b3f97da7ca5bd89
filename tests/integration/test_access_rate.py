# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limit at Cloudflare's figures: never passed, however many tasks and threads ask at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from datetime import datetime, timezone

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock
from ansible_collections.identityops.lifecycle.plugins.module_utils.cloudflare_options import (
    ACCESS,
    connect_account,
)

from sandbox.running import running

TASKS, REQUESTS = 8, 170


class Time:
    """Sleeping is free, and takes everybody along: who sleeps beside somebody else wakes up at the same time."""

    def __init__(self):
        self._ahead = 0.0
        self._lock = threading.Lock()

    def seconds(self):
        return time.monotonic() + self._ahead

    def sleep(self, seconds):
        wake = self.seconds() + seconds
        time.sleep(0.001)  # others who are about to sleep do so now
        with self._lock:
            self._ahead = max(self._ahead, wake - time.monotonic())


@pytest.fixture
def virtual(monkeypatch):
    """The collection and the sandbox live in a time in which nobody waits."""
    common = Time()
    monkeypatch.setattr(Clock, "now", lambda _clock: common.seconds())
    monkeypatch.setattr(Clock, "today", lambda _clock: datetime.fromtimestamp(2e9 + common.seconds(), timezone.utc))
    monkeypatch.setattr(Clock, "sleep", lambda _clock, seconds: common.sleep(seconds))
    return common


def options(cloudflare, path):
    defaults = {name: option.get("default") for name, option in ACCESS.items()}
    return {**defaults, **cloudflare.options(), "rate_file": str(path), "time_budget": 100000.0}


def ask(account, times):
    for _request in range(times):
        account.get("/access/groups/cf000000-0000-4000-8000-000000000000")


def test_eight_tasks_at_once_get_everything_and_never_a_429(virtual, tmp_path):
    with running() as service:
        cloudflare = service.cloudflare
        cloudflare.set_clock(lambda: 2e9 + virtual.seconds())
        begin = virtual.seconds()
        accounts = [connect_account(options(cloudflare, tmp_path / "rate.json").get, read_only=True) for _task in range(TASKS)]
        threads = [threading.Thread(target=ask, args=(account, REQUESTS)) for account in accounts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert cloudflare.tripped == 0
        assert sum(account.transport.counts["GET"] for account in accounts) == TASKS * REQUESTS
        assert virtual.seconds() - begin > 300  # 1,360 requests need more than one window


TASK = """
import json, sys
from tests.in_process import run
for _task in range(10):
    result = run("access_group_info", json.loads(sys.argv[1]))
    if result.failed:
        assert "rate limit" in result["msg"], result["msg"]
        break
"""


def test_modules_in_several_processes_stop_before_the_limit_and_say_so(tmp_path):
    with running() as service:
        cloudflare = service.cloudflare
        cloudflare.set_rate(27, 300)
        given = json.dumps({**cloudflare.options(), "rate_file": str(tmp_path / "rate.json"), "time_budget": 5})
        tasks = [subprocess.Popen([sys.executable, "-c", TASK, given], env=dict(os.environ)) for _task in range(4)]
        assert [task.wait(60) for task in tasks] == [0, 0, 0, 0]
        assert cloudflare.tripped == 0
        assert 20 <= service.requests()["counts"]["GET"] <= 25
