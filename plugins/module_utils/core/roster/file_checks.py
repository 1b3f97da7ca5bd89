# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the gate sees in the files as files: whether they are those that were meant, how old they are, and what is damaged in them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

from ..errors import InvalidInput
from .acceptance import LastRun
from .checks import spot
from .days import instant_of
from .findings import Case, Finding, Spot
from .gate import Check, Gate
from .person import Record
from .problem import Problem

_AHEAD = timedelta(hours=1)  # clocks differ
_A_DAY = timedelta(days=1)  # a date without a time may be tomorrow's elsewhere
_MOST_KINDS = 5  # messages of problems that one finding tells


class File(Protocol):
    """What the gate asks of a file: its path, the digest of its bytes, the one that it should have, and when it was written, in UTC."""

    @property
    def path(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def expected_sha256(self) -> str: ...
    @property
    def mtime(self) -> str: ...


def content_digest(files: Iterable[File]) -> str:
    """A digest of the content of all sources together, in their order."""
    return hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()


def problem_findings(problems: Iterable[Problem], gate: Gate) -> list[Finding]:
    """What is wrong with single rows: one finding for each check."""
    by_check: dict[str, dict[Spot, list[str]]] = {}
    for problem in problems:
        by_check.setdefault(problem.check, {}).setdefault(Spot(problem.place, problem.key), []).append(problem.message)
    return [finding for name, messages in by_check.items() for finding in _of_rows(messages, gate[name])]


def _of_rows(messages: Mapping[Spot, Sequence[str]], check: Check) -> list[Finding]:
    """messages: by row, what is wrong with it."""

    def said(cases: Sequence[Case]) -> str:
        counts = Counter(message for case in cases for row in case for message in messages[row])
        kinds = [f"{message} ({count:,})" if count > 1 else message for message, count in counts.most_common()]
        more = f"; and {len(kinds) - _MOST_KINDS:,} other mistakes" if len(kinds) > _MOST_KINDS else ""
        rows = sum(bool(row.place or row.key) for case in cases for row in case)
        return f"{f'in {rows:,} places: ' if rows > 1 else ''}{'; '.join(kinds[:_MOST_KINDS])}{more}"

    return check.finding([(row,) for row in messages], said)


def file_findings(files: Sequence[File], records: Sequence[Record], sums: Mapping[str, str], at: datetime, last: LastRun | None, gate: Gate) -> list[Finding]:
    """What is wrong with the files. sums: for some paths, what stands in a file of checksums beside them. at: the instant."""
    return [
        *_checksums(files, sums, gate),
        *_stale(files, records, at, last, gate),
        *_unchanged(files, at, last, gate),
    ]


def _checksums(files: Sequence[File], sums: Mapping[str, str], gate: Gate) -> list[Finding]:
    check = gate["checksum"]
    wrong, without = [], []
    for file in files:
        expected = [text.lower() for text in (file.expected_sha256, sums.get(file.path, "")) if text]
        if any(text != file.sha256.lower() for text in expected):
            wrong.append((Spot(file.path),))
        elif not expected and check.more["required"]:
            without.append((Spot(file.path),))
    return [
        *check.finding(wrong, lambda found: f"{_files(found)} with another sha256 than expected"),
        *check.finding(without, lambda found: f"{_files(found)} without a sha256, which neither sources nor a file beside has"),
    ]


def _stale(files: Sequence[File], records: Sequence[Record], at: datetime, last: LastRun | None, gate: Gate) -> list[Finding]:
    check = gate["stale"]
    most, embedded = check.more["max_age"], check.more["embedded_date"]
    found: list[Finding] = []
    if last and instant_of(last.instant) > at:
        found += check.finding([(Spot("accepted_file"),)], lambda cases: f"the instant is before the one of the last accepted run, {last.instant}")
    if embedded is None and most is not None:
        ages = {Spot(file.path): at - instant_of(file.mtime) for file in files}
        found += _old(ages, most, _AHEAD, "by the time when it was written", gate)
    if embedded is not None:
        written, missing = _embedded(files, records, embedded)
        found += check.finding(
            [(row,) for row in missing], lambda cases: f"{len(cases):,} time{'' if len(cases) == 1 else 's'} no date of the form {embedded['format']}"
        )
        found += _old({row: at - date for row, date in written.items()}, most, _A_DAY, "by its embedded date", gate)
    return found


def _old(ages: Mapping[Spot, timedelta], most: timedelta | None, ahead: timedelta, what: str, gate: Gate) -> list[Finding]:
    old = [(row,) for row, age in ages.items() if most is not None and age > most]
    early = [(row,) for row, age in ages.items() if -age > ahead]
    oldest = max(ages.values(), default=timedelta())
    return [
        *gate["stale"].finding(old, lambda cases: f"the source is {_hours(oldest)} old {what}; at most {_hours(most or oldest)} are allowed"),
        *gate["stale"].finding(early, lambda cases: f"the source is from the future {what}, by {_hours(-min(ages.values()))}"),
    ]


def _embedded(files: Sequence[File], records: Sequence[Record], embedded: Mapping[str, Any]) -> tuple[dict[Spot, datetime], list[Spot]]:
    """The dates that stand in the names of files or in a fact of rows, by where they stand; and where there is none."""
    if "pattern" in embedded:
        try:
            pattern = re.compile(str(embedded["pattern"]))
        except re.error as error:
            raise InvalidInput(f"gate.stale.embedded_date.pattern is no regular expression: {error}") from None
        if pattern.groups != 1:
            raise InvalidInput("gate.stale.embedded_date.pattern has to have one group, in parentheses, that holds the date")
        names = {Spot(file.path): pattern.search(file.path.rsplit("/", 1)[-1]) for file in files}
        texts = {row: match[1] if match else "" for row, match in names.items()}
    else:
        texts = {spot(record): str(record.facts.get(embedded["fact"]) or "") for record in records}
    dates = {row: _date(text or "", str(embedded["format"])) for row, text in texts.items()}
    return {row: date for row, date in dates.items() if date}, [row for row, date in dates.items() if not date]


def _date(text: str, form: str) -> datetime | None:
    try:
        found = datetime.strptime(text.strip(), form)
    except ValueError:
        return None
    return found.astimezone(timezone.utc) if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _unchanged(files: Sequence[File], at: datetime, last: LastRun | None, gate: Gate) -> list[Finding]:
    check = gate["unchanged"]
    most = check.more["max_age"]
    if last is None or most is None or last.sources != content_digest(files) or at - instant_of(last.since) <= most:
        return []
    return check.finding([(Spot(file.path),) for file in files], lambda cases: f"the sources have been the same for {_hours(at - instant_of(last.since))}")


def _files(cases: Sequence[Any]) -> str:
    return f"{len(cases):,} file{'' if len(cases) == 1 else 's'}"


def _hours(age: timedelta) -> str:
    return f"{age.total_seconds() / 3600:,.1f} hours"
