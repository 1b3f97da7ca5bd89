# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real journals, made by systemd-journal-remote, read by the real journalctl: its traps, and nothing lost between two runs."""

from __future__ import annotations

import os
import shutil

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    LifecycleError,
)
from ansible_collections.identityops.lifecycle.tests.integration.log_host import (
    LOGS,
    Here,
    collected,
    entry,
    journal,
    needs_journal,
    users,
)

pytestmark = needs_journal

FAILURE = b"SCIM_FAILURE action=user.create user=u%d@example.com status=409 detail=uniqueness"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The journal of the sample data; as everything in it, only to be read."""
    return journal(tmp_path_factory.mktemp("journal"), (LOGS / "scim-sync.journal-export").read_bytes())


def failures(folder, *numbers, name="system.journal", **more):
    return journal(folder, b"".join(entry(number, FAILURE % number, **more) for number in numbers), name)


def read(path, host=None, **options):
    return collected("journald", host, journal_files=[str(path)], **options)


def test_the_sample_journal_is_read_as_it_was_written(sample):
    found = read(sample, newest=0, fields=["all"])
    assert found["counts"] == {"failure": 6, "success": 12}
    assert found["unparsed"] == 2  # of 20 entries of the unit; the 21st is another unit's
    failed = [event for event in found["events"] if event["status"] == "failure" and "user" in event]
    assert [(event["user"], event["error_code"], event["detail"]) for event in failed] == [
        (f"u{number}@lab.example", "409", "uniqueness") for number in (3, 10, 17)
    ]
    assert {event["host"] for event in found["events"]} == {"idp1"}
    assert {event["unit"] for event in found["events"]} == {"scim-sync.service"}
    assert found["cursor"] == found["events"][-1]["record_id"]
    assert not found["warnings"]
    assert not found["truncated"]


def test_the_newest_ones_and_filters(sample):
    found = read(sample, newest=3)
    assert found["count"] == 3
    assert found["truncated"]
    assert [event["timestamp"][-7:-1] for event in found["events"]] == ["17.000", "18.000", "19.000"]
    assert users(read(sample, status=["failure"], user=["u1*"])) == ["u10@lab.example", "u17@lab.example"]
    window = read(sample, since="2026-11-24T00:00:07Z", until="2026-11-24T00:00:09Z")
    assert users(window) == ["u7@lab.example", "u8@lab.example"]
    assert users(read(sample, priority="err", newest=2)) == ["u17@lab.example", ""]
    assert read(sample, unit=["cron"])["unparsed"] == 1
    assert users(read(sample, identifier="scim-sync", newest=1, status=["success"])) == ["u18@lab.example"]


def test_a_window_is_looked_through_until_there_are_enough(tmp_path):
    chatter = [entry(number, b"tick") for number in range(2, 450)]
    made = journal(tmp_path, b"".join([entry(0, FAILURE % 0), entry(1, FAILURE % 1), *chatter]))
    host = Here()
    assert users(read(made, host, newest=2)) == ["u0@example.com", "u1@example.com"]
    assert len(host.commands) == 2  # the newest 200, then the newest 2,000
    assert read(made, newest=2)["unparsed"] == 448


def test_a_directory_is_read_too(sample):
    assert collected("journald", journal_directory=str(sample.parent), newest=1)["count"] == 1


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (FAILURE % 1 + b" note=" + b"x" * 9000, "u1@example.com"),  # null without --all
        (FAILURE % 1 + b" \xff\xfe", "u1@example.com"),  # a list of numbers
        (FAILURE % 1 + b" \x1b[31mred", "u1@example.com"),
        (b"SCIM_FAILURE action=user.create user={{7*7}} status=409", "{{7*7}}"),
    ],
)
def test_messages_that_are_no_plain_text(tmp_path, message, told):
    assert users(read(journal(tmp_path, entry(1, message)))) == [told]


def test_a_cursor_goes_on_behind_the_last_entry(tmp_path):
    failures(tmp_path, 1, 2)
    first = collected("journald", journal_directory=str(tmp_path))
    failures(tmp_path, 3, 4, 5, name="system@later.journal")
    second = collected("journald", journal_directory=str(tmp_path), cursor=first["cursor"], newest=2)
    assert users(second) == ["u3@example.com", "u4@example.com"]
    assert second["truncated"]
    third = collected("journald", journal_directory=str(tmp_path), cursor=second["cursor"])
    assert users(third) == ["u5@example.com"]
    last = collected("journald", journal_directory=str(tmp_path), cursor=third["cursor"])
    assert (users(last), last["cursor"], last["warnings"]) == ([], third["cursor"], [])


def test_a_cursor_of_another_journal_is_told(tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    cursor = read(failures(theirs, 2))["cursor"]
    mine = failures(tmp_path, 1, 2, 3, boot="7a" * 16)
    found = read(mine, cursor=cursor)
    assert "does not hold the entry" in found["warnings"][0]
    assert users(found) == ["u2@example.com", "u3@example.com"]


@pytest.mark.parametrize("cursor", ["nonsense", "s=1;i=2;b=3", "file1,", "--flush", "s=1;i=1;t=zz"])
def test_what_is_no_cursor_is_refused(sample, cursor):
    with pytest.raises(InvalidInput, match="cursor"):
        read(sample, cursor=cursor)


def test_a_cursor_of_an_entry_that_never_was(sample):
    cursor = "s=25df2f4c805747dc8ffe537df87b1dd0;i=1;b=8c0b5c5e0d3a4a7cb0a1d2e3f4050600;m=1;t=660fa656d0d00;x=1"
    found = read(sample, cursor=cursor)
    assert "does not hold the entry" in found["warnings"][0]


def test_no_journal_is_an_error_although_journalctl_says_nothing(tmp_path):
    with pytest.raises(LifecycleError, match="there is no journal"):
        collected("journald", journal_directory=str(tmp_path))
    with pytest.raises(LifecycleError, match="No such file or directory"):
        read(tmp_path / "missing.journal")


def test_a_journal_that_is_cut_off_is_told(tmp_path, sample):
    cut = tmp_path / "cut.journal"
    cut.write_bytes(sample.read_bytes()[:5000])
    with pytest.raises(LifecycleError, match="cut off"):
        read(cut)
    shutil.copy(sample, tmp_path / "whole.journal")
    found = collected("journald", journal_directory=str(tmp_path), newest=1)
    assert found["count"] == 1
    assert "cut off" in found["warnings"][0]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become somebody who may not read")
def test_who_may_not_read_is_told_so(tmp_path_factory):
    folder = tmp_path_factory.mktemp("private")
    for above in (folder, *folder.parents):
        if above.stat().st_uid == 0 and str(above).startswith("/tmp/"):
            above.chmod(0o755)
    made = failures(folder, 1)
    made.chmod(0o600)
    with pytest.raises(LifecycleError, match="may not read.*systemd-journal"):
        read(made, Here(user="65534"))
    with pytest.raises(LifecycleError, match="may not read.*systemd-journal"):
        collected("journald", Here(user="65534"), journal_directory=str(folder))


def test_an_unknown_unit_is_told_and_the_cursor_goes_on(sample):
    found = read(sample, unit=["no-such-unit"])
    assert found["count"] == 0
    assert "holds no entry of no-such-unit" in found["warnings"][0]
    assert "holds no entry of no-such-unit" in read(sample, unit=["no-such-unit"], since="2026-11-01")["warnings"][0]
    assert found["cursor"].startswith("s=")
    assert read(sample, unit=["no-such-unit"], cursor=found["cursor"])["warnings"] == []


def test_a_unit_that_was_only_quiet_is_no_unknown_one(sample):
    assert not read(sample, since="2026-11-25")["warnings"]
    assert not read(sample, priority="emerg")["warnings"]
    assert not read(sample, unit=[], priority="emerg")["warnings"]


@pytest.mark.parametrize("unit", ["", "-x", "a\nb"])
def test_a_unit_that_is_none_is_refused(sample, unit):
    with pytest.raises(InvalidInput, match="unit"):
        read(sample, unit=[unit])


def test_names_mean_nothing_to_the_shell(sample, tmp_path):
    read(sample, unit=["$(touch x)"], identifier="`touch x`; touch x")
    assert not os.path.exists("x")
    with pytest.raises(LifecycleError):
        read(tmp_path / "'; touch x; '")
    assert not os.path.exists("x")


def test_a_host_without_journalctl_is_told(tmp_path):
    broken = tmp_path / "journalctl"
    broken.write_text("#!/bin/sh\necho 'sh: journalctl: not found' >&2\nexit 127\n")
    broken.chmod(0o755)
    with pytest.raises(LifecycleError, match="no journalctl on this host"):
        collected("journald", Here(tmp_path))
    broken.write_text("#!/bin/sh\necho \"journalctl: unrecognized option '--output-fields=MESSAGE'\" >&2\nexit 1\n")
    with pytest.raises(LifecycleError, match="older than systemd 236"):
        collected("journald", Here(tmp_path))


def test_the_hint_about_other_users_is_no_silence(tmp_path):
    shy = tmp_path / "journalctl"
    shy.write_text(
        "#!/bin/sh\ncase $* in *json*) ;; *) echo 'Hint: You are currently not seeing messages from other users and the system.' >&2;; esac\n"
    )
    shy.chmod(0o755)
    with pytest.raises(LifecycleError, match="sees only entries of its own"):
        collected("journald", Here(tmp_path))


def test_raw_lines_only_on_request_and_without_secrets(tmp_path):
    made = journal(tmp_path, entry(1, FAILURE % 1 + b" password=hunter2"))
    assert "hunter2" not in str(read(made, fields=["all", "raw"]))
    assert "raw" not in read(made, fields=["all"])["events"][0]
    assert "SCIM_FAILURE" in read(made, fields=["raw"])["events"][0]["raw"]
