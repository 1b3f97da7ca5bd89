# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run about a whole directory as records of evidence: one for each person to whom something is done, and one for the run.

What was done is read from the plan; whether it took, from the plan of a rehearsal afterwards, in which nothing of it may be left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..json_values import folded
from ..ledger.record import DONE, FAILED, PLANNED, REFUSED, record
from ..roster.person import GONE
from ..verdicts import PROVEN, UNPROVEN
from .people import Document, Subjects, external_id_of

Record = dict[str, Any]

ACCOUNT = "account"
GROUPS = "groups"
_JOINING = ("create",)
_LEAVING = ("deactivate", "delete")
RUN = "run:"
_GROUP = "group:"
_AROUND = re.compile(r"^.*(?:filter plugin \S+ failed: |, original message: )", re.DOTALL)  # what ansible-core says around the reason of a filter
_LONGEST_REASON = 2000  # characters
_NAMED = re.compile(r"'[^']*'|\"[^\"]*\"|[^\s,;:()]+@[^\s,;:()]+")  # what may be a name or an address in a sentence


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
        returned = "active" in by_path and by_path["active"].get("after") is True and verb == "update"
        yield subjects.of(key, external_id_of(operation)), _done(ACCOUNT, "reactivate" if returned else verb, ", ".join(sorted(by_path)))
        return
    own = ", ".join(sorted(str(change.get("path")) for change in changes if change.get("path") != "members"))
    if own or verb == "delete":
        yield f"{_GROUP}{key}", _done("group", verb, own)
    for change in changes:
        if change.get("path") == "members":
            for way, said in (("add", "add"), ("remove", "remove")):
                for member in change.get(way) or ():
                    yield subjects.of(str(member)), _done(GROUPS, said, key)


def _done(plane: str, verb: str, what: str) -> Record:
    return {"plane": plane, "verb": verb, "id": "", "what": what}


def planned_records(
    document: Document, people: Sequence[Mapping[str, Any]], *, kind: str, times: Mapping[str, str], folder: str = ""
) -> list[Record]:
    """What is about to be done, before the first write. document: the plan. kind: of the run. Nothing if there is nothing to do.

    folder: where the run keeps its plan. A run of the same folder tells what came of it if this one is killed.
    """
    subjects = Subjects(people, document)
    digest = str(document.get("digest") or "")
    operations = operations_of(document, subjects)
    records = [
        record(_kind(done), PLANNED, subject, asked=_asked(subjects, subject, folder), plan=digest, operations=done, times=times)
        for subject, done in operations.items()
    ]
    return [*records, _of_run(kind, PLANNED, document, times, folder)] if records else []


def refused_records(kind: str, why: str, times: Mapping[str, str], people: Sequence[Mapping[str, Any]] = ()) -> list[Record]:
    """A run that ended before the first write. why: the message; names in it become subjects, or are left out, and so is the advice after it."""
    subjects = Subjects(people)
    said = _NAMED.sub(lambda found: _nameless(found[0], subjects), _AROUND.sub("", why).split("; nothing was written")[0])
    return [record(kind, REFUSED, f"{RUN}{kind}", times=times, note=said[:_LONGEST_REASON])]


def _nameless(quoted: str, subjects: Subjects) -> str:
    name = quoted.strip("'\"")
    return f"'{subjects.of(name)}'" if subjects.person(name) else "(a name)"


def done_records(
    document: Document,
    left: Document | None,
    people: Sequence[Mapping[str, Any]],
    *,
    kind: str,
    unfinished: Mapping[str, Mapping[str, str]] | None = None,
    written: Mapping[str, Any] | None = None,
    failures: Iterable[Mapping[str, Any]] = (),
    times: Mapping[str, str],
    folder: str = "",
) -> list[Record]:
    """What came of it.

    document: the plan that was carried out. kind: of the run. left: the plan of the rehearsal afterwards, ``None`` if there is none, and
    nothing is proven. unfinished: of whom the evidence still waits for a record, as ``evidence_info`` tells it: what an earlier run of this
    folder planned and never told, and those who have left and are not proven gone. ``None``: of all who have left.
    written: what ``scim_directory`` returned, for the groups whose members the service does not show. failures: what it returned in the
    rehearsal afterwards, those about whom nothing could be planned. times: started_at, proven_at.
    """
    subjects = Subjects(people, document, left or {})
    digest = str(document.get("digest") or "")
    operations = operations_of(document, subjects)
    remaining = operations_of(left, subjects) if left is not None else None
    in_doubt = {subjects.of(str(one.get("key"))) for one in failures if one.get("kind") == "User"}
    in_doubt |= {f"{_GROUP}{one.get('key')}" for one in failures if one.get("kind") == "Group"}
    hidden = {folded(str(one.get("key"))) for one in (written or {}).get("unverifiable") or () if one.get("kind") == "Group"}
    all_hidden = bool(hidden) and bool((written or {}).get("truncated"))  # there may be more of them than are told
    gone = {str(person["user"]["external_id"]): person for person in people if person["phase"] in GONE}
    waiting = dict.fromkeys(gone, "leaver") if unfinished is None else _ours(unfinished, folder, gone)
    records = []
    for subject in dict.fromkeys([*operations, *(one for one in waiting if not one.startswith(RUN))]):
        done = operations.get(subject, [])
        planes = {one["plane"] for one in done} | (set() if subject.startswith(_GROUP) else {ACCOUNT}) or {"group"}
        doubtful = any(one["plane"] == GROUPS and (all_hidden or folded(one["what"]) in hidden) for one in done)
        left_over = None if remaining is None or subject in in_doubt else remaining.get(subject, [])
        verdicts = {plane: _verdict(plane, left_over, hidden=doubtful) for plane in sorted(planes)}
        stage = DONE if all(verdict["verdict"] == PROVEN for verdict in verdicts.values()) else FAILED
        records.append(
            record(
                "leaver" if subject in gone else _kind(done) if done else waiting[subject],
                stage,
                subject,
                asked=_asked(subjects, subject, folder),
                plan=digest if done else "",
                operations=done,
                verdicts=verdicts,
                times={**times, "left_at": str(gone[subject]["left_at"]) if subject in gone else ""},
            )
        )
    end = FAILED if left is None or any(one["stage"] == FAILED for one in records) else DONE
    told = f"{RUN}{digest}"
    records += [record(waiting[run], end, run, asked=_asked(subjects, run, folder), times=times) for run in waiting if run.startswith(RUN) and run != told]
    return [*records, _of_run(kind, end, document, times, folder)] if operations or told in waiting else records


def _ours(unfinished: Mapping[str, Mapping[str, str]], folder: str, gone: Iterable[str]) -> dict[str, str]:
    """Of whom a run of this folder has to tell: kinds by subject. What others planned is theirs to tell."""
    return {subject: one["kind"] for subject, one in unfinished.items() if (one["folder"] == folder if one["folder"] else subject in gone)}


def _verdict(plane: str, left_over: Sequence[Mapping[str, Any]] | None, *, hidden: bool) -> dict[str, str]:
    if left_over is None:
        return {"verdict": UNPROVEN, "why": "it could not be read back"}
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


def _asked(subjects: Subjects, subject: str, folder: str) -> dict[str, Any]:
    """Why: the phase, and the groups that are granted, each with its rule; and where the run keeps its plan."""
    asked: dict[str, Any] = {"folder": folder} if folder else {}
    person = subjects.by_id(subject)
    if person:
        asked.update(phase=person["phase"], groups=[{"name": group["name"], "rule": group["rule"]} for group in person["groups"]])
    return asked


def _of_run(kind: str, stage: str, document: Document, times: Mapping[str, str], folder: str) -> Record:
    digest = str(document.get("digest") or "")
    asked = {**({"folder": folder} if folder else {}), "service": str(document.get("service") or ""), "counts": document.get("counts") or {}}
    return record(kind, stage, f"{RUN}{digest}", asked=asked, plan=digest, times=times)
