# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs: how fast the lines of each format become events, and how much memory that takes.

    python -m tests.benchmark.events FORMAT COUNT    one format in this process; prints its numbers as JSON
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.formats import event_from_line
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.journal import (
    entry_from_journal,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.lines import Lines

ROOT = Path(__file__).resolve().parents[2]
COUNT = 100_000
_DIFFERENT = 1_000  # lines, written again and again
_CHUNK = 65_536
_WHEN = "2026-11-24T10:00:00.123Z"


class Measured(NamedTuple):
    """One format: lines in a second of processor time, and by how many bytes the process grew from before the first line to its largest."""

    format: str
    lines: int
    per_second: float
    peak_bytes: int


def measure(count: int = COUNT) -> list[Measured]:
    """Each format in a process of its own, from bytes to events. None of the events is kept, as when a log is searched for failures."""
    found = []
    for name in LINES:
        command = [sys.executable, "-m", "tests.benchmark.events", name, str(count)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found.append(Measured(name, count, **json.loads(done.stdout)))
    return found


def table() -> list[tuple[str, str, str, str]]:
    """The rows of docs/performance.md."""
    head = ("format", "lines", "lines in a second of processor time", "the process grew by")
    return [head, *((one.format, f"{one.lines:,}", f"{one.per_second:,.0f}", f"{one.peak_bytes / 1024:,.0f} kB") for one in measure())]


def _json(record: dict[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":"))


def _key_value(number: int) -> str:
    if number % 10:
        return f"{_WHEN} idp1 scim-sync[42]: action=user.update user=user{number}@example.com status=200 request_id=r{number} duration_ms=12"
    return f'{_WHEN} idp1 scim-sync[42]: SCIM_FAILURE action=user.create user=user{number}@example.com status=409 detail="uniqueness of {number}"'


def _plain(number: int) -> str:
    return _json({"timestamp": _WHEN, "action": "user.create", "user": f"user{number}@example.com", "status": "success", "request_id": f"r{number}"})


def _cloudflare(number: int) -> str:
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
    return _json(
        {
            "logged_at": _WHEN,
            "idp_id": "f174e90a-fafe-4643-bbbc-4a0ed4fc8415",
            "cf_resource_id": f"c{number}",
            "idp_resource_id": f"00u{number}",
            "resource_type": "USER",
            "resource_user_email": f"user{number}@example.com",
            "request_method": "PATCH",
            "request_body": json.dumps(body),
            "status": "SUCCESS" if number % 10 else "FAILURE",
            "error_description": "" if number % 10 else "Invalid JSON body",
        }
    )


def _scimgateway(number: int) -> str:
    user = {"userName": f"user{number}@example.com", "active": True, "emails": [{"value": f"user{number}@example.com", "type": "work"}]}
    answer = _json({**user, "id": str(number)})
    told = {"time": _WHEN, "level": "info", "category": "plugin-loki", "durationMs": 2.5, "target": user["userName"], "status": 201, "method": "POST"}
    return _json({**told, "url": "http://localhost/Users", "requestBody": _json(user), "responseBody": answer, "message": "Created"})


def _entra(number: int) -> str:
    identity = {"id": f"s{number}", "identityType": "User", "displayName": "", "details": {"UserPrincipalName": f"user{number}@example.com"}}
    told = {"id": f"e{number}", "activityDateTime": _WHEN, "provisioningAction": "update", "sourceIdentity": identity, "targetIdentity": {"id": f"t{number}"}}
    changes = [{"displayName": name, "oldValue": "a", "newValue": "b"} for name in ("title", "department", "active")]
    return _json({**told, "modifiedProperties": changes, "provisioningStatusInfo": {"status": "success"}, "durationInMilliseconds": 3236})


def _okta(number: int) -> str:
    target = [{"type": "AppInstance", "displayName": "Slack"}, {"type": "User", "alternateId": f"user{number}@example.com", "id": f"00u{number}"}]
    told = {"uuid": f"u{number}", "published": _WHEN, "eventType": "application.provision.user.push", "target": target}
    return _json({**told, "outcome": {"result": "SUCCESS"}, "transaction": {"id": f"t{number}"}})


def _ssosync(number: int) -> str:
    return f'time="{_WHEN}" level=info msg="creating user" user=user{number}@example.com'


def _windows(number: int) -> str:
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='SCIM-Connector'/><EventID>2001</EventID>"
        f"<Level>2</Level><TimeCreated SystemTime='{_WHEN}'/><EventRecordID>{number}</EventRecordID><Channel>Application</Channel>"
        f"<Computer>CONN01</Computer></System><EventData><Data>SCIM_FAILURE action=user.create user=user{number}@example.com status=409</Data>"
        "</EventData></Event>"
    )


def _journal(number: int) -> str:
    told = {"__CURSOR": f"s=1;i={number}", "__REALTIME_TIMESTAMP": "1795514400123456", "_HOSTNAME": "idp1", "_SYSTEMD_UNIT": "scim-sync.service"}
    return _json({**told, "PRIORITY": "6", "MESSAGE": _plain(number)})


LINES: dict[str, Callable[[int], str]] = {
    "key_value": _key_value,
    "json": _plain,
    "cloudflare": _cloudflare,
    "scimgateway": _scimgateway,
    "entra": _entra,
    "okta": _okta,
    "ssosync": _ssosync,
    "windows": _windows,
    "journald": _journal,
}


def _chunks(text: bytes, times: int) -> Iterator[bytes]:
    for _dummy in range(times):
        for start in range(0, len(text), _CHUNK):
            yield text[start : start + _CHUNK]


def _one(name: str, count: int) -> dict[str, float]:
    """The numbers of a format, measured in this process."""
    times = count // _DIFFERENT
    text = "".join(LINES[name](number) + "\n" for number in range(_DIFFERENT)).encode()
    before = largest()
    begin = time.process_time()
    lines, made = Lines(), 0
    for chunk in _chunks(text, times):
        for entry in lines.feed(chunk):
            made += _event(name, entry)
    for entry in lines.close():
        made += _event(name, entry)
    taken = time.process_time() - begin
    if made != times * _DIFFERENT:
        raise RuntimeError(f"{name}: {made} events were made of {times * _DIFFERENT} lines")
    return {"per_second": made / taken, "peak_bytes": largest() - before}


def largest() -> int:
    """How large this process has been, in bytes. The kernel's own number, since getrusage's is that of the parent for a start."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) * 1024 if found else 0


def _event(name: str, entry: str) -> bool:
    if name == "journald":
        return entry_from_journal(json.loads(entry)) is not None
    return event_from_line("auto", entry) is not None


if __name__ == "__main__":
    print(json.dumps(_one(sys.argv[1], int(sys.argv[2]))))
