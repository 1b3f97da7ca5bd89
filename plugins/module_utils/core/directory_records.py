# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run about a whole directory as records of evidence: one for each person to whom something is done, and one for the run.

What was done is read from the plan; whether it took, from the plan of a rehearsal afterwards, in which nothing of it may be left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .json_values import folded
from .ledger.record import DONE, FAILED, PLANNED, REFUSED, record
from .roster.person import GONE, subject_of
from .verdicts import PROVEN, UNPROVEN

Document = Mapping[str, Any]  # see plan_document
Record = dict[str, Any]

ACCOUNT = "account"
GROUPS = "groups"
_JOINING = ("create",)
_LEAVING = ("deactivate", "delete")
_LONGEST_REASON = 2000  # characters


class Subjects:
    """By which names a plan knows the people of a roster."""

    def __init__(self, people: Iterable[Mapping[str, Any]]) -> None:
        self._people: dict[str, Mapping[str, Any]] = {}
        for person in people:
            for name in ("external_id", "user_name"):
                if person["user"].get(name):
                    self._people.setdefault(folded(str(person["user"][name])), person)

    def person(self, name: str) -> Mapping[str, Any]:
        return self._people.get(folded(name), {})

    def of(self, name: str, external_id: str = "") -> str:
        user = self.person(external_id or name).get("user", {})
        return subject_of(external_id or user.get("external_id"), "", name)


def operations_of(document: Document, subjects: Subjects) -> dict[str, list[Record]]:
    """What a plan does, by subject: people, and ``group:NAME`` for what is done to a group itself."""
    found: dict[str, list[Record]] = {}
    for operation in document.get("operations") or ():
        for subject, done in _parts(operation, subjects):
            found.setdefault(subject, []).append(done)
    return found


def _parts(operation: Mapping[str, Any], subjects: Subjects) -> Iterator[tuple[str, Record]]:
    kind, verb, key = (str(operation.get(name) or "") for name in ("kind", "verb", "key"))
    changes = [change for change in operation.get("changes") or () if isinstance(change, Mapping)]
    if kind == "User":
        by_path = {str(change.get("path")): change for change in changes}
        external_id = str(operation.get("external_id") or by_path.get("external_id", {}).get("after") or "")
        returned = "active" in by_path and by_path["active"].get("after") is True and verb == "update"
        yield subjects.of(key, external_id), _done(ACCOUNT, "reactivate" if returned else verb, ", ".join(sorted(by_path)))
        return
    own = ", ".join(sorted(str(change.get("path")) for change in changes if change.get("path") != "members"))
    if own or verb == "delete":
        yield f"group:{key}", _done("group", verb, own)
    for change in changes:
        if change.get("path") == "members":
            for way, said in (("add", "add"), ("remove", "remove")):
                for member in change.get(way) or ():
                    yield subjects.of(str(member)), _done(GROUPS, said, key)


def _done(plane: str, verb: str, what: str) -> Record:
    return {"plane": plane, "verb": verb, "id": "", "what": what}


def planned_records(document: Document, people: Sequence[Mapping[str, Any]], *, kind: str, times: Mapping[str, str]) -> list[Record]:
    """What is about to be done, before the first write. document: the plan. kind: of the run. Nothing if there is nothing to do."""
    subjects = Subjects(people)
    digest = str(document.get("digest") or "")
    operations = operations_of(document, subjects)
    records = [
        record(_kind(done), PLANNED, subject, asked=_asked(subjects, subject), plan=digest, operations=done, times=times)
        for subject, done in operations.items()
    ]
    return [*records, _of_run(kind, PLANNED, document, times)] if records else []


def refused_records(kind: str, why: str, times: Mapping[str, str]) -> list[Record]:
    """A run that ended before the first write. why: for people; it names keys, and no other data of anybody."""
    return [record(kind, REFUSED, f"run:{kind}", times=times, note=why[:_LONGEST_REASON])]


def done_records(
    document: Document,
    left: Document | None,
    people: Sequence[Mapping[str, Any]],
    *,
    kind: str,
    unfinished: Mapping[str, str] | None = None,
    hidden: Iterable[str] = (),
    times: Mapping[str, str],
) -> list[Record]:
    """What came of it.

    document: the plan that was carried out. kind: of the run. left: the plan of the rehearsal afterwards, ``None`` if there is none, and nothing is proven.
    unfinished: subjects to kinds; of whom an earlier run said that something is planned, and not what came of it, and those who have left and
    are not proven gone in the evidence yet. doubtful: names of people whose memberships the service does not show.
    times: started_at, proven_at.
    """
    subjects = Subjects(people)
    digest = str(document.get("digest") or "")
    operations = operations_of(document, subjects)
    remaining = operations_of(left, subjects) if left is not None else None
    unseen = {folded(str(name)) for name in hidden}
    gone = {subjects.of(str(p["user"].get("user_name") or ""), str(p["user"].get("external_id") or "")): p for p in people if p["phase"] in GONE}
    waiting = dict.fromkeys(gone, "leaver") if unfinished is None else unfinished
    records = []
    for subject in dict.fromkeys([*operations, *waiting]):
        done = operations.get(subject, [])
        left_over = None if remaining is None else remaining.get(subject, [])
        planes = {ACCOUNT, *(one["plane"] for one in done)} if not subject.startswith("group:") else {"group"}
        doubtful = any(one["plane"] == GROUPS and folded(one["what"]) in unseen for one in done)
        verdicts = {plane: _verdict(plane, left_over, hidden=doubtful) for plane in sorted(planes)}
        stage = DONE if all(verdict["verdict"] == PROVEN for verdict in verdicts.values()) else FAILED
        left_at = str(gone[subject]["left_at"]) if subject in gone else ""
        what = "leaver" if subject in gone else _kind(done) if done else waiting[subject]
        records.append(
            record(
                what,
                stage,
                subject,
                asked=_asked(subjects, subject),
                plan=digest if done else "",
                operations=done,
                verdicts=verdicts,
                times={**times, "left_at": left_at},
            )
        )
    failed = left is None or any(one["stage"] == FAILED for one in records)
    return [*records, _of_run(kind, FAILED if failed else DONE, document, times)] if operations else records


def _verdict(plane: str, left_over: Sequence[Mapping[str, Any]] | None, *, hidden: bool) -> dict[str, str]:
    if left_over is None:
        return {"verdict": UNPROVEN, "why": "it was not read back"}
    still = sorted({f"{one['verb']} {one['what']}".strip() for one in left_over if one["plane"] == plane})
    if still:
        return {"verdict": UNPROVEN, "why": f"read back, and still to do: {'; '.join(still[:5])}"}
    if plane == GROUPS and hidden:
        return {"verdict": UNPROVEN, "why": "the service does not show who is in a group"}
    return {"verdict": PROVEN, "why": "read back, and nothing is left to do"}


def _kind(done: Sequence[Mapping[str, Any]]) -> str:
    """What a person would call what is done to them."""
    verbs = {one["verb"] for one in done if one["plane"] == ACCOUNT}
    if verbs & set(_LEAVING):
        return "leaver"
    if verbs & {*_JOINING, "reactivate"}:
        return "joiner"
    return "group_sync" if any(one["plane"] == "group" for one in done) else "mover"


def _asked(subjects: Subjects, subject: str) -> dict[str, Any]:
    """Why: the phase, and the groups that are granted, each with its rule."""
    person = subjects.person(subject)
    if not person:
        return {}
    return {"phase": person["phase"], "groups": {group["name"]: group["rule"] for group in person["groups"]}}


def _of_run(kind: str, stage: str, document: Document, times: Mapping[str, str]) -> Record:
    digest = str(document.get("digest") or "")
    asked = {"counts": document.get("counts") or {}}
    return record(kind, stage, f"run:{digest}", asked=asked, plan=digest, times=times)
