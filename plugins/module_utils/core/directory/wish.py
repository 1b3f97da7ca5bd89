# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole roster as what ``scim_directory`` has to be asked for.

Memberships are worked out in two steps. A rehearsal with exact members tells who is in a group without a reason: those who have
left go in any case, the others are orphans, which are reported or removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import InvalidInput, Protected
from ..json_values import folded
from ..patterns import Patterns
from ..plan_document import NOT_YET
from ..roll import refuse_no_list
from ..roster.group_names import group_names
from ..roster.person import ACTIVE_ACCOUNT, GONE, NO_ACCOUNT, is_of_a_roster
from .people import Document, Subjects

Entry = dict[str, Any]
REPORT = "report"
REMOVE = "remove"
FOR_ORPHANS = (REPORT, REMOVE)


def exact_directory(
    people: Sequence[Any], scope: Sequence[str] = (), protected: Sequence[str] = (), rules: Sequence[Mapping[str, Any]] | None = None
) -> dict[str, list[Any]]:
    """The users, and the groups with exactly the members who have a reason.

    people: as ``roster_info`` returns them. scope: further groups that the roster governs, by name: they are emptied of whoever has no
    reason, also where nobody has one any more. So are those that the rules name. protected: patterns of accounts that a roster may not hold.
    Returns ``{"users", "groups", "waiting"}``; waiting are the keys of those who get no account yet.
    Raises InvalidInput, Protected.
    """
    refuse_no_list("people", people)
    users: list[Entry] = []
    members: dict[str, tuple[str, list[str]]] = {}
    for name in (*scope, *_named_by(rules or ())):
        members.setdefault(folded(name), (name, []))
    waiting = []
    patterns = Patterns(protected)
    ids = [_external_id(number, person) for number, person in enumerate(people)]
    have_accounts = {one for one, person in zip(ids, people) if person["account"] != NO_ACCOUNT}
    for external_id, person in zip(ids, people):
        _refuse_protected(person, patterns)
        if person["account"] == NO_ACCOUNT:
            waiting.append(person["key"])
        users.append(_user(person, have_accounts))
        for group in person["groups"] if person["phase"] not in GONE and person["account"] != NO_ACCOUNT else ():
            members.setdefault(folded(group["name"]), (group["name"], []))[1].append(external_id)
    groups = [{"display_name": name, "members": {"set": sorted(those)}} for name, those in members.values()]
    return {"users": users, "groups": groups, "waiting": waiting}


def _external_id(number: int, person: Any) -> str:
    if not is_of_a_roster(person):
        raise InvalidInput(f"people[{number}] is nobody of a roster; give people as roster_info returns them")
    external_id = str(person["user"].get("external_id") or "")
    if not external_id:
        raise InvalidInput(f"people[{number}] ({person.get('key')!r}) has no external_id; map one, it is what a rename leaves as it is")
    return external_id


def _named_by(rules: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The groups that rules name, whoever is in them: by their names, or as what a map has for a value."""
    for rule in rules:
        for entry in rule["groups"]:
            names = group_names(entry, str(rule.get("name")))
            if names.name:
                yield names.name
            yield from (f"{names.prefix}{name}{names.suffix}" for name in (names.mapped or {}).values())


def _refuse_protected(person: Mapping[str, Any], patterns: Patterns) -> None:
    for name in (person["user"].get("user_name"), person["user"].get("external_id"), person["key"]):
        pattern = patterns.matching(str(name)) if name else None
        if pattern is not None:
            raise Protected(
                f"{person['place']}: {person['key']!r} is protected ({pattern!r}): nothing was written; a source of people has no business "
                "with such an account: take the row out, or the account off the list"
            )


def _user(person: Mapping[str, Any], have_accounts: Iterable[str]) -> Entry:
    """One entry of users.

    Whoever has left is named by all they are known by, and nothing of them is changed but that. So is who is not due yet: they may be
    there already, from before their start was put off.
    """
    user = dict(person["user"])
    if person["phase"] in GONE or person["account"] == NO_ACCOUNT:
        return {**{key: user[key] for key in ("external_id", "user_name") if user.get(key)}, "state": "absent", "absent_mode": "deactivate"}
    if user.get("manager") and user["manager"] not in have_accounts:
        del user["manager"]  # nobody can be named who is not there yet; the run that gives them an account names them
    return {**user, "active": person["account"] == ACTIVE_ACCOUNT}


def without_reason(document: Document, people: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Who is in a group without a reason, from the plan of a rehearsal with exact members.

    Returns ``[{"group", "member", "key", "gone"}]``: key is that of the roster, "" if the member is not of it; gone is whether they left.
    """
    subjects = Subjects(people, document)
    found = []
    for operation in document.get("operations") or ():
        if operation.get("kind") != "Group":
            continue
        for change in operation.get("changes") or ():
            for member in (change.get("remove") or ()) if change.get("path") == "members" else ():
                person = subjects.person(str(member))
                gone = person.get("phase") in GONE
                found.append({"group": operation["key"], "member": member, "key": person.get("key", ""), "gone": gone})
    return found


def settled_directory(
    exact: Mapping[str, Any],
    rehearsal: Document,
    people: Sequence[Mapping[str, Any]],
    orphans: str = REPORT,
    failures: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """What is written in the end. exact: from ``exact_directory``. rehearsal: the plan of doing exactly that. orphans: report or remove.

    failures: who could not be planned, because somebody else has their name, for example: no group waits for them.
    A group without anybody that is not there needs nothing. Returns what ``exact_directory`` does, ``orphans``, see ``without_reason``, and
    ``governed``, the names of the groups that are the roster's from now on, also those in which nobody has to come or go.
    Raises InvalidInput.
    """
    if orphans not in FOR_ORPHANS:
        raise InvalidInput(f"directory_sync_orphans is {orphans!r}; choose one of {', '.join(FOR_ORPHANS)}")
    missing = {folded(str(one.get("key"))) for one in rehearsal.get("operations") or () if one.get("kind") == "Group" and one.get("verb") == "create"}
    subjects = Subjects(people, rehearsal)
    in_doubt = {subjects.of(str(one["key"])) for one in failures if one.get("kind") == "User"}
    certain = [{**group, "members": {"set": [member for member in group["members"]["set"] if member not in in_doubt]}} for group in exact["groups"]]
    groups = [group for group in certain if group["members"]["set"] or folded(group["display_name"]) not in missing]
    governed = [group["display_name"] for group in groups]
    leftover = without_reason(rehearsal, people)
    if orphans == REMOVE:
        return {**exact, "groups": groups, "orphans": [], "governed": governed}
    going: dict[str, list[str]] = {}
    for one in leftover:
        if one["gone"]:
            going.setdefault(folded(one["group"]), []).append(one["member"])
    settled = []
    for group in groups:
        members = {"add": group["members"]["set"], "remove": going.get(folded(group["display_name"]), [])}
        if any(members.values()):
            settled.append({**group, "members": {way: those for way, those in members.items() if those}})
    return {**exact, "groups": settled, "orphans": [one for one in leftover if not one["gone"]], "governed": governed}


def refused_groups(document: Document, *, create: bool, preview: bool = False) -> list[str]:
    """Why a plan may not be carried out because of its groups: a sentence for those that are not there, and for those spelled otherwise.

    create: whether a group that is not there is meant to be created. preview: whether somebody may come before the plan is carried out.
    Without, members and managers who are not there are a reason, too.
    """
    missing, respelled = [], []
    for operation in document.get("operations") or ():
        if operation.get("kind") != "Group":
            continue
        if operation.get("verb") == "create":
            missing.append(str(operation["key"]))
        elif any(change.get("path") == "display_name" for change in operation.get("changes") or ()):
            respelled.append(str(operation["key"]))
    nobody = [] if preview else [str(warning) for warning in document.get("warnings") or () if NOT_YET in str(warning)]
    said = [f"{warning.partition(' yet; ')[0]}; nothing was written: create them first, or take them out of the source" for warning in nobody]
    if missing and not create:
        said.append(f"there is no group {', '.join(missing)}; nothing was written: correct the name, or allow groups to be created")
    if respelled:
        said.append(f"on the service, {', '.join(respelled)} is written in other letters, and would be renamed; nothing was written: spell it as it is there")
    return said
