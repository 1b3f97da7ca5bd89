# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An archive that is torn anywhere, by whoever wrote it last, is whole again after the next run; and what counts as a gap."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.archive import _span
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.archive_file import ArchiveFile
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.archive_gaps import Gaps
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.mortal import Died, Mortal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)


def event(minute, number=0):
    return {"timestamp": f"2026-11-24T{minute // 60:02d}:{minute % 60:02d}:00.000Z", "record_id": f"r{minute}-{number}", "user": "Ä\x1b\ud800"}


def nobody_else():
    raise AssertionError("nobody else writes")


def run(path, log, *, overlap=HOUR, write=True):
    """What a run does whose log shows these events. Returns how many are new."""
    with ArchiveFile(str(path), write=write, wait=nobody_else) as file:
        tail = file.tail(overlap)
        floor = (datetime.fromisoformat(tail.last.replace("Z", "+00:00")) - overlap).isoformat() if tail.last else ""
        new = [one for one in log if one["timestamp"] >= floor[:19] and one["record_id"] not in tail.seen]
        for one in sorted(new, key=lambda one: one["timestamp"]):
            file.append(one)
    return len(new)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A disk that need not be asked to keep what it is given."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def test_torn_at_every_byte(tmp_path):
    path, log = tmp_path / "a", [event(minute) for minute in range(4)]
    assert run(path, log) == 4
    whole = path.read_bytes()
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        foreseen = run(path, log, write=False)
        assert path.read_bytes() == whole[:length]
        assert run(path, log) == foreseen
        assert path.read_bytes() == whole
        assert run(path, log) == 0


def test_dying_at_every_byte(tmp_path, monkeypatch):
    """Also while it sets aside what the one before has left."""
    path, log = tmp_path / "a", [event(minute) for minute in range(3)]
    for room in range(1, 400):
        path.unlink(missing_ok=True)
        run(path, log[:1])
        path.write_bytes(path.read_bytes() + b'{"torn by the one before')
        mortal = Mortal(room)
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", mortal.write)
            patched.setattr(os, "ftruncate", mortal.truncate)
            with contextlib.suppress(Died):
                run(path, log)
        run(path, log)
        ids = [json.loads(line)["record_id"] for line in path.read_bytes().splitlines()]
        assert ids == ["r0-0", "r1-0", "r2-0"], room


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 2)), max_size=8), st.integers(0, 1440), st.integers(0, 200)),
        min_size=1,
        max_size=6,
    )
)
def test_any_runs_with_any_overlaps_append_each_event_once(tmp_path, runs):
    path = tmp_path / "a"
    path.unlink(missing_ok=True)
    log = {}
    for appeared, overlap, torn in runs:
        log.update({(minute, number): event(minute, number) for minute, number in appeared})
        run(path, log.values(), overlap=timedelta(minutes=overlap))
        if path.exists():
            content = path.read_bytes()
            path.write_bytes(content[: len(content) - torn % (len(content) + 1)] if torn < 60 else content)
    run(path, log.values())
    lines = path.read_bytes().splitlines() if path.exists() else []
    assert len(lines) == len(set(lines))


def test_a_file_that_is_replaced_while_it_is_waited_for_is_opened_again(tmp_path):
    path = tmp_path / "a"
    run(path, [event(1)])
    other = open(path, "rb")  # noqa: SIM115, closed below
    fcntl.flock(other, fcntl.LOCK_EX)

    def rotate():
        path.rename(tmp_path / "a.1")
        other.close()

    with ArchiveFile(str(path), write=True, wait=rotate) as file:
        assert file.tail(HOUR).total == 0
        file.append(event(2))
    assert b"r2-0" in path.read_bytes()
    assert b"r2-0" not in (tmp_path / "a.1").read_bytes()


def test_gaps():
    gaps = Gaps("2026-11-24T00:00:00.000Z", HOUR)
    gaps.not_kept("2026-11-24T00:30:00.000Z")
    for timestamp in ("2026-11-24T00:30:00.000Z", "2026-11-24T00:10:00.000Z", "2026-11-24T01:30:00.000Z", "2026-11-24T02:30:00.001Z"):
        gaps.event(timestamp)
    gaps.end("2026-11-24T03:00:00.000Z")
    assert [(gap["reason"], gap["from"][11:16], gap["to"][11:16]) for gap in gaps.found] == [
        ("not_kept", "00:00", "00:30"),
        ("silence", "01:30", "02:30"),
    ]


def test_gaps_are_counted_and_shortened():
    gaps = Gaps("", timedelta())
    for second in range(250):
        gaps.event(f"2026-11-24T00:{second // 60:02d}:{second % 60:02d}.000Z")
    assert (gaps.count, len(gaps.found)) == (249, 100)


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("6h", 21600), ("1d", 86400), ("-1h", None), ("0", 0), (" ", -1), (None, -1)])
def test_lengths_of_time(text, seconds):
    if seconds is None:
        with pytest.raises(InvalidInput):
            _span(text, NOW, "overlap")
    else:
        assert _span(text, NOW, "overlap") == (None if seconds < 0 else timedelta(seconds=seconds))
