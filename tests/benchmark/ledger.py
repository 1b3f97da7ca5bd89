# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evidence: how fast a long file is verified, and how fast what is known in it is found, and how much memory that takes.

    python -m tests.benchmark.ledger WAY FILE    one way in this process; prints its numbers as JSON
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.chain import Chain, Head
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.given import normal
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.lines import canonical
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.sameness import Latest
from ansible_collections.identityops.lifecycle.plugins.module_utils.evidence_inquiry import examine
from ansible_collections.identityops.lifecycle.plugins.module_utils.ledger.reading import opened
from ansible_collections.identityops.lifecycle.plugins.modules.evidence_info import SPEC

from tests.benchmark.events import largest

ROOT = Path(__file__).resolve().parents[2]
COUNT = 1_000_000
_LEDGER = "4f" * 16
_NOW = "2026-11-24T10:00:00.000000Z"


class Measured(NamedTuple):
    """One way: records, their bytes, records in a second of processor time, by how many bytes the process grew meanwhile."""

    way: str
    records: int
    bytes: int
    per_second: float
    peak_bytes: int


def measure(count: int = COUNT) -> list[Measured]:
    """Each way in a process of its own, on one file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "evidence.jsonl"
        with path.open("wb") as file:
            file.writelines(line + b"\n" for line in _lines(count))
        size = path.stat().st_size
        found = []
        for way in WAYS:
            command = [sys.executable, "-m", "tests.benchmark.ledger", way, str(path)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            numbers = json.loads(done.stdout)
            if numbers.pop("records") != count:
                raise RuntimeError(f"{way}: not all of {count} records were read")
            found.append(Measured(way, count, size, **numbers))
        return found


def table() -> list[tuple[str, str, str, str, str]]:
    """The rows of docs/performance.md."""
    head = ("what", "records", "file", "records in a second of processor time", "the process grew by")
    rows = [
        (one.way, f"{one.records:,}", f"{one.bytes / 1e6:,.0f} MB", f"{one.per_second:,.0f}", f"{one.peak_bytes / 1024:,.0f} kB")
        for one in measure()
    ]
    return [head, *rows]


def _record(subject: str) -> dict[str, Any]:
    """What the role leaver tells of one person, as long as that usually is."""
    operations = [{"plane": "account", "verb": "deactivate", "id": "2819c223", "what": "active"}]
    operations += [{"plane": "groups", "verb": "remove", "id": "e9e30dba", "what": group} for group in ("Engineers", "Everybody", "VPN")]
    verdicts = {plane: {"verdict": "proven", "why": "it was read back"} for plane in ("account", "groups", "sessions")}
    times = {"left_at": "2026-11-24T09:00:00Z", "started_at": "2026-11-24T09:10:00Z", "proven_at": "2026-11-24T09:12:00Z"}
    return {"kind": "leaver", "stage": "done", "subject": subject, "operations": operations, "verdicts": verdicts, "times": times}


def _lines(count: int) -> Iterator[bytes]:
    """A ledger that is intact. Its first two lines are made as a task makes them, the others after the second."""
    chain = Chain(Head(), _LEDGER, _NOW)
    first, second = (chain.line(record) for record in normal([_record("1"), _record("@subject@")]))
    yield first
    entry = json.loads(second)
    del entry["digest"]
    body = canonical(entry).replace(b'"number":2', b'"number":%d').replace(entry["previous"].encode(), b"%b").replace(b"@subject@", b"%d")
    begin, end = body.split(b'"kind":')
    previous = json.loads(first)["digest"].encode()
    for number in range(2, count + 1):
        rest = b'"kind":' + end % (number, previous, number)
        previous = sha256(begin + rest).hexdigest().encode()
        yield b'%b"digest":"%b",%b' % (begin, previous, rest)


def _verify(path: Path) -> int:
    """The module, which verifies everything, looks for records and for people who left."""
    options = {name: option.get("default") for name, option in SPEC.items()}
    people = [{"subject": str(number), "left_at": "2026-11-24T09:00:00Z"} for number in range(1, 1001)]
    result = examine({**options, "path": str(path), "people": people}, write=False)
    if not result["intact"] or result["counts"]["complete"] != len(people):
        raise RuntimeError(f"{result['problems'][:3]}, {result['counts']}")
    return int(result["total"])


def _look_for_what_is_known(path: Path) -> int:
    """What the module evidence does before it appends records about 1,000 people."""
    records = normal([_record(str(number)) for number in range(3, 1003)])
    latest = Latest(records)
    with opened(str(path), _nobody_else) as file:
        count = 0
        for line in file.forwards():
            latest.feed(line)
            count += 1
    return count


def _nobody_else() -> None:
    raise RuntimeError("nobody else writes")


WAYS: dict[str, Callable[[Path], int]] = {
    "evidence_info verifies, and looks for 1,000 people who left": _verify,
    "evidence looks for what is known of 1,000 people": _look_for_what_is_known,
}


def _one(way: str, path: Path) -> dict[str, float]:
    """The numbers of a way, measured in this process."""
    before = largest()
    begin = time.process_time()
    count = WAYS[way](path)
    return {"records": count, "per_second": count / (time.process_time() - begin), "peak_bytes": largest() - before}


if __name__ == "__main__":
    print(json.dumps(_one(sys.argv[1], Path(sys.argv[2]))))
