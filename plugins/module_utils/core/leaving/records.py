# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the evidence says of people who leave: what is planned, what was written, and what is proven.

Names of people and their addresses stand in the sentences of verdicts, for whoever runs the role. Here they are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..access_planes import called
from ..ledger.record import DONE, FAILED, PLANNED, REFUSED, record
from ..verdicts import NOT_APPLICABLE, PROVEN, Facts, Verdict
from .cases import Case
from .steps import STEPS, TARGET

# Why something is proven, in words that stay the same from run to run: how many applications there are is not about the person.
_PROVEN = {
    "account": "the account is inactive",
    "groups": "no group lists the person",
    "sessions": "no session is open and no device is registered",
    "selectors": "no group and no policy includes the e-mail",
    "seat": "no seat is taken",
    "access": "denied at every application that was asked about",
    "deletion": "there is no such account",
}
_NO_ACCOUNT = {"verdict": NOT_APPLICABLE, "why": "there is no account that a group could list"}
_NAMES = ("user_name", "display_name", "nick_name", "email")
_TAGS = {"leaver_account": ("account",), "leaver_groups": ("groups",), "leaver_access": ("sessions", "selectors", "seat")}

Operation = Mapping[str, str]


def planned(case: Case, tags: Sequence[str] = ()) -> list[dict[str, Any]]:
    """What is going to be written. tags: those that were chosen; if it is single steps only, what the others would do is left out."""
    chosen = [plane for tag in tags for plane in _TAGS.get(tag, ())] if tags and all(tag.startswith("leaver_") for tag in tags) else None
    operations = [one for one in _to_write(case) if chosen is None or one["plane"] in chosen]
    return _records(case, PLANNED, operations) if operations else []


def ended(case: Case, proven_at: str = "") -> list[dict[str, Any]]:
    """What was written and what is proven, after everything was read back. proven_at: when that was."""
    if case.not_due:
        return []
    verdicts = case.verdicts()
    stage = FAILED if case.problems(verdicts) else DONE
    said = {plane: _minimised(case, plane, verdict) for plane, verdict in verdicts.items()}
    if verdicts["account"].evidence.get("state") == "absent" and verdicts["groups"].verdict == PROVEN:
        said["groups"] = _NO_ACCOUNT  # which is how a later run tells it
    return _records(case, stage, list(_written(case)), said, proven_at if stage == DONE else "")


def refused(case: Case) -> list[dict[str, Any]]:
    """That somebody was on the list who may not be touched, for which nothing was written for anybody."""
    if not case.refusal:
        return []
    note = "on legal hold" if case.leaver.legal_hold and case.intent.mode == "delete" else "protected"
    return [record("leaver", REFUSED, case.subject, asked=_asked(case), times={"left_at": case.leaver.left_at, "started_at": case.intent.instant}, note=note)]


def _records(
    case: Case, stage: str, operations: Sequence[Operation], said: Mapping[str, Facts] | None = None, proven_at: str = ""
) -> list[dict[str, Any]]:
    """One of the leaving, and one of the deletion where the account is to be deleted. Whose time is over has left before."""
    times = {"left_at": case.leaver.left_at, "started_at": case.intent.instant, "proven_at": proven_at}
    failed = [f"could not {STEPS[step]}" for step in dict.fromkeys(failure[0] for failure in case.failures)]
    common: dict[str, Any] = {"asked": _asked(case), "times": times, "note": "; ".join(failed) if stage == FAILED else ""}
    deletes = case.deletion.due and bool(case.account)
    gone = [one for one in operations if one["plane"] == "account"] if deletes else []
    leaving = [one for one in operations if one not in gone or case.intent.mode != "deactivate"]
    found = [record("leaver", stage, case.subject, operations=leaving, verdicts=said, **common)] if leaving or stage != PLANNED else []
    # Of a run that was killed after it had deleted, only the plan is on record, and there is no account that would tell.
    if (deletes and (gone or stage != PLANNED)) or (said and _is_over(case) and said["deletion"]["verdict"] == PROVEN):
        about = {"deletion": (said or {})["deletion"]} if said else None
        found.append(record("deletion", stage, case.subject, operations=gone, verdicts=about, **common))
    return found


def _is_over(case: Case) -> bool:
    """Whether the account, if there is one, is not to be there any more."""
    return case.deletion.due or "" < case.deletion.at <= case.intent.instant


def _asked(case: Case) -> dict[str, Any]:
    intent = case.intent
    asked = {"mode": intent.mode, "groups": intent.groups, "lane": case.leaver.lane, "retention": intent.retention}
    return {**asked, "access": intent.access.manage, "legal_hold": case.leaver.legal_hold}


def _to_write(case: Case) -> Iterator[Operation]:
    yield from _of_account(case, [case.first("rehearsal") or {}])
    for removal in case.removals:
        yield _operation("groups", "remove", removal["group_id"], removal["group"])
    paths = [str(request.get("path", "")) for request in (case.first("access_rehearsal") or {}).get("requests") or ()]
    if case.side.touchable:
        yield from _of_user(case, "sessions", "end", any(path.endswith("/revoke_user") for path in paths))
        yield from _of_objects(case.side.losing)
        yield from _of_user(case, "seat", "free", any(path.endswith("/seats") for path in paths))


def _written(case: Case) -> Iterator[Operation]:
    """What modules say that they changed. It is no proof, and stands beside the verdicts."""

    def changed(*steps: str) -> list[Facts]:
        return [result for step in steps for result in case.results.get(step, ()) if result.get("changed") and not case.intent.predicting]

    yield from _of_account(case, changed("account"))
    for result in changed("removals"):
        yield _operation("groups", "remove", result[TARGET].get("group_id"), result[TARGET].get("group"))
    yield from _of_user(case, "sessions", "end", bool(changed("access_sessions", "access_once_more")))
    yield from _of_objects(thing for result in changed("access_selectors", "access_rest") for thing in result.get("objects") or ())
    for result in changed("access_block"):
        yield from (_operation("selectors", "add", thing.get("id"), called(thing)) for thing in result.get("objects") or ())
    yield from _of_user(case, "seat", "free", bool(changed("access_seat")))


def _of_account(case: Case, results: Iterable[Facts]) -> Iterator[Operation]:
    """A request to delete is told as what it was, also where the service then deactivates."""
    for result in results:
        methods = [request.get("method") for request in result.get("requests") or ()]
        if methods:
            yield _operation("account", "delete" if "DELETE" in methods else "deactivate", case.id, "")


def _of_objects(things: Iterable[Facts]) -> Iterator[Operation]:
    return (_operation("selectors", "remove", thing.get("id"), called(thing)) for thing in things)


def _of_user(case: Case, plane: str, verb: str, happens: bool) -> Iterator[Operation]:
    if happens:
        yield _operation(plane, verb, case.side.user_id, "")


def _operation(plane: str, verb: str, id: Any, what: Any) -> Operation:  # noqa: A002 - SCIM's name
    return {"plane": plane, "verb": verb, "id": str(id or ""), "what": str(what or "")}


def _minimised(case: Case, plane: str, verdict: Verdict) -> dict[str, str]:
    """A verdict without the names of the person."""
    if verdict.verdict == PROVEN:
        absent = plane == "account" and verdict.evidence.get("state") == "absent"
        return {"verdict": PROVEN, "why": _PROVEN["deletion" if absent else plane]}
    why = verdict.said
    for name in sorted(_names_of(case), key=len, reverse=True):
        why = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "(the person)", why, flags=re.IGNORECASE)
    return {"verdict": verdict.verdict, "why": why}


def _names_of(case: Case) -> set[str]:
    """Every text by which somebody may be called here."""
    account, keys = case.account, case.leaver.keys
    listed: list[Any] = [account.get(name) for name in _NAMES] + [keys.get(name) for name in _NAMES] + [case.side.email]
    for part in (account.get("name"), *(account.get("emails") or ())):
        listed += part.values() if isinstance(part, Mapping) else ()
    return {str(name) for name in listed if isinstance(name, str) and len(name) > 1}
