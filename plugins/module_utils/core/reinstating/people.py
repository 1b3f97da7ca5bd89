# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who comes back, as lists name them: by key, as people of a roster, or by the files in which is kept what they had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InvalidInput
from ..leaving.people import EMAIL, KEYS
from ..leaving.steps import results_of
from ..roll import refuse_no_list
from ..roster.person import is_of_a_roster
from .identity import reading_of
from .images import Image, Snapshot, by_person, is_of, last_leaving
from .like import SNAPSHOT, Model, keys_of, model_from, model_now, refuse_model, wanted_like
from .wanted import Intent, Wanted, wanted_again


def named_people(people: Sequence[Any]) -> list[dict[str, str]]:
    """Each by their keys, without what is empty. Raises InvalidInput."""
    refuse_no_list("reinstate_people", people)
    return [_named(number, given) for number, given in enumerate(people)]


def _named(number: int, given: Any) -> dict[str, str]:
    where = f"reinstate_people[{number}]"
    if is_of_a_roster(given):
        user = given["user"]
        given = {"external_id": user.get("external_id") or given.get("key"), "user_name": user.get("user_name")}
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{where} is not a mapping with id, external_id or user_name")
    unknown = sorted(str(name) for name in given if name not in (*KEYS, EMAIL))
    if unknown:
        raise InvalidInput(f"{where} has {', '.join(unknown)}; id, external_id and user_name name a person, and email in Access")
    person = {name: str(given[name]) for name in (*KEYS, EMAIL) if given.get(name) not in (None, "")}
    if not set(person) & set(KEYS):
        raise InvalidInput(f"{where} names nobody; give id, external_id or user_name")
    return person


def wanted_back(people: Sequence[Any], files: Sequence[Snapshot], kept: Sequence[Snapshot], intent: Intent) -> list[Wanted]:
    """What people had who left.

    files: the snapshots that were named. kept: those of the folder that may be of the people. Raises LifecycleError.
    """
    if not people and not files:
        raise InvalidInput("reinstate_people and reinstate_snapshots are empty; name people, or the files of what they had")
    images = [last_leaving(group[0].path, group) for group in by_person(files)]
    for number, person in enumerate(named_people(people)):
        who = f"reinstate_people[{number}]"
        of_them = [snapshot for snapshot in kept if is_of(snapshot, person)]
        if not of_them:
            called = " ".join(next(iter(person.items())))
            raise InvalidInput(
                f"{who}: there is no snapshot of {called} in reinstate_snapshot_dir; nothing was written: without one, nobody can tell what they had"
            )
        images.append(last_leaving(who, of_them))
    _refuse_twice(images)
    return [wanted_again(image, intent) for image in images]


def _refuse_twice(images: Sequence[Image]) -> None:
    for position, image in enumerate(images):
        for other in images[:position]:
            if is_of(image.first, other.first.names):
                raise InvalidInput(f"{other.first.path} and {image.first.path} are of one person, who is named twice; nothing was written: drop one of them")


def wanted_like_somebody(
    people: Sequence[Any], like: Any, files: Sequence[Snapshot], steps: Mapping[str, Any], intent: Intent
) -> tuple[Model, list[Wanted]]:
    """What newcomers get of what somebody else has. files: the snapshot, if one is named. Raises LifecycleError."""
    keys = keys_of(like)
    if [snapshot.path for snapshot in files] != [keys[SNAPSHOT] for dummy in files if SNAPSHOT in keys]:
        raise InvalidInput("reinstate_like gives newcomers what somebody else has, and reinstate_snapshots gives people back what they had; give one of them")
    newcomers = named_people(people)
    if not newcomers:
        raise InvalidInput("reinstate_people is empty; with reinstate_like, it names the newcomers")
    model = model_from(last_leaving(keys[SNAPSHOT], files)) if SNAPSHOT in keys else model_now(keys, steps, intent)
    refuse_model(model, intent, steps.get("like_rehearsal") or {})
    accounts: dict[int, Mapping[str, Any]] = {}
    for result in results_of(steps.get("find")):
        reading = reading_of(result, "users")
        if reading and len(reading.found) == 1:
            accounts[int(result.get("reinstate_target", {}).get("number", -1))] = reading.found[0]
    return model, [wanted_like(model, person, accounts.get(number, {}), intent) for number, person in enumerate(newcomers)]
