# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody had before they left, from the snapshots that the role leaver kept.

A leaver who was taken in several runs, because one was interrupted, has several snapshots: the first with everything, the others
with what was left by then. They are put together; which ones, the result tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from ..errors import InvalidInput, Refused
from ..instants import Instant, instant
from ..json_values import folded
from ..leaving.people import EMAIL, KEYS
from ..verdicts import Facts

_MOST = 5  # files that a sentence names


@dataclass(frozen=True)
class Snapshot:
    """One file. taken: when, in UTC. digest: of its text."""

    path: str
    taken: str
    digest: str
    content: Facts = field(repr=False)

    @property
    def account(self) -> Facts:
        return dict(self.content["account"])

    @property
    def names(self) -> dict[str, str]:
        """By which keys the person is known: those of the account, else those by which they were named when they left."""
        known = {**self.content.get("person", {}), **{name: value for name, value in self.account.items() if value}}
        return {name: str(known[name]) for name in (*KEYS, EMAIL) if known.get(name)}

    @property
    def whole(self) -> bool:
        """Whether it was taken before anything was: the account was active. A service without deactivation shows no ``active``."""
        return bool(self.account) and self.account.get("active") is not False

    @property
    def when(self) -> Instant:
        return instant(self.taken) or (datetime.min.replace(tzinfo=timezone.utc), "")


@dataclass(frozen=True)
class Image:
    """What somebody had. snapshots: the whole one first, then what later ones add to it."""

    snapshots: tuple[Snapshot, ...]

    @property
    def first(self) -> Snapshot:
        return self.snapshots[0]

    @property
    def account(self) -> Facts:
        """The account, ``{}`` if there was none."""
        return next((snapshot.account for snapshot in self.snapshots if snapshot.account), {})

    @property
    def names(self) -> dict[str, str]:
        return {name: value for snapshot in reversed(self.snapshots) for name, value in snapshot.names.items()}

    @property
    def groups(self) -> list[dict[str, str]]:
        """Each group once, ``{"id", "display_name"}``."""
        found = {str(group["id"]): group for snapshot in reversed(self.snapshots) for group in snapshot.content["groups"]}
        return [{"id": key, "display_name": str(group.get("display_name") or "")} for key, group in sorted(found.items())]

    @property
    def groups_shown(self) -> bool:
        """Whether the groups are all there were."""
        return self.first.content.get("groups_shown") is not False

    @property
    def access(self) -> dict[str, Any]:
        """``{"email", "named_in", "block_group", "blocked"}``; ``{}`` if Access was not looked at. blocked: it was shut out before, too."""
        seen = [snapshot.content["access"] for snapshot in self.snapshots if isinstance(snapshot.content.get("access"), Mapping)]
        if not seen:
            return {}
        named = {(str(thing.get("kind")), str(thing["id"])): thing for part in reversed(seen) for thing in part.get("named_in") or ()}
        left = [snapshot.content.get("left") for snapshot in self.snapshots]
        ways = [way["access"] for way in left if isinstance(way, Mapping) and isinstance(way.get("access"), Mapping)]
        return {
            "email": next((str(part["email"]) for part in seen if part.get("email")), ""),
            "named_in": [dict(thing) for dummy, thing in sorted(named.items())],
            "block_group": next((str(way["block_group"]) for way in ways if way.get("block_group")), ""),
            "blocked": bool(seen[0].get("blocked")),
        }


def snapshot_of(path: str, text: str, modified: float | None) -> Snapshot:
    """One file as a value. modified: its time, for snapshots that do not say when they were taken. Raises InvalidInput."""
    try:
        content = json.loads(text)
    except ValueError as problem:
        raise _damaged(path, f"it is no JSON ({problem})") from None
    if not isinstance(content, dict) or not isinstance(content.get("account"), dict) or not isinstance(content.get("groups"), list):
        raise _damaged(path, "it has no account and groups")
    if not isinstance(content.get("person", {}), dict) or not all(isinstance(one, dict) and one.get("id") for one in content["groups"]):
        raise _damaged(path, "its person or its groups are not what the role leaver writes")
    named = content["access"].get("named_in") or [] if isinstance(content.get("access"), dict) else []
    if not isinstance(named, list) or not all(isinstance(one, dict) and one.get("id") and one.get("kind") for one in named):
        raise _damaged(path, "its access is not what the role leaver writes")
    taken = str(content.get("taken_at") or "")
    if not taken and modified is not None:
        taken = datetime.fromtimestamp(modified, timezone.utc).isoformat()
    found = Snapshot(path, taken, sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), content)
    if instant(taken) is None:
        raise _damaged(path, f"it was taken at {taken!r}, which is no time")
    if not set(found.names) & set(KEYS):
        raise _damaged(path, "it names nobody")
    return found


def _damaged(path: str, why: str) -> InvalidInput:
    return InvalidInput(f"the snapshot {path} is damaged: {why}; nothing was written: take the file from a backup, or name another one")


def mentions(people: Iterable[Mapping[str, str]]) -> str:
    """A regular expression that lines of snapshots match which name one of the people, in the syntax of Python."""
    # Escaped for JSON and then for the expression, letter by letter: names may hold anything.
    names = {json.dumps(value)[1:-1] for person in people for name, value in person.items() if name in KEYS}
    escaped = ("".join(letter if letter.isalnum() else f"\\{letter}" for letter in name) for name in sorted(names))
    return f'(?i).*"(?:{"|".join(KEYS)})": "(?:{"|".join(escaped)})"'


def is_of(snapshot: Snapshot, person: Mapping[str, str]) -> bool:
    """Whether a snapshot is of somebody who is named by these keys: the first key that both have decides, the immutable ones first.

    An account that was made again has another id, and the same external_id.
    """
    theirs = snapshot.names
    both = next((name for name in ("external_id", "id", "user_name") if person.get(name) and theirs.get(name)), "")
    return bool(both) and (folded(person[both]) == folded(theirs[both]) if both == "user_name" else person[both] == theirs[both])


def last_leaving(called: str, snapshots: Sequence[Snapshot]) -> Image:
    """What somebody had before they left the last time. called: who it is, for messages. Raises Refused, where that is in doubt."""
    different = {snapshot.digest: snapshot for snapshot in snapshots}.values()
    known = next((snapshot.names for snapshot in different if snapshot.account), {})
    if known and not all(is_of(snapshot, known) for snapshot in different):
        raise Refused(f"{called}: {_files(different)} are of different people; name the person by external_id, or the file in reinstate_snapshots")
    # Of two at one time, the whole one is the earlier one.
    newest = sorted(different, key=lambda snapshot: (snapshot.when, not snapshot.whole), reverse=True)
    chain: list[Snapshot] = []
    for snapshot in newest:
        account = next((one.account for one in chain if one.account), {})
        if account and snapshot.account and account.get("id") != snapshot.account.get("id"):
            break  # another account: it is an earlier time here
        chain.append(snapshot)
        if snapshot.whole:
            break
    equals = [snapshot for snapshot in newest if snapshot.whole and snapshot.when == chain[-1].when]
    if len(equals) > 1:
        raise Refused(f"{called}: {_files(equals)} were taken at the same time and differ; name the one you mean in reinstate_snapshots")
    return Image(tuple(reversed(chain)))


def by_person(snapshots: Iterable[Snapshot]) -> list[list[Snapshot]]:
    """Snapshots of one person together, in the order in which people are first named."""
    found: list[list[Snapshot]] = []
    for snapshot in snapshots:
        same = next((group for group in found if any(is_of(snapshot, other.names) for other in group)), None)
        if same is None:
            found.append([snapshot])
        else:
            same.append(snapshot)
    return found


def _files(snapshots: Iterable[Snapshot]) -> str:
    paths = [snapshot.path for snapshot in snapshots]
    return ", ".join(paths[:_MOST]) + (f" and {len(paths) - _MOST} more" if len(paths) > _MOST else "")
