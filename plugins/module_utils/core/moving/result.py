# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of people who moved: the role's result, its table, its evidence, and what it remembers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..json_values import folded
from ..ledger.record import DONE, FAILED, PLANNED, REFUSED, record
from ..verdicts import NOT_APPLICABLE, UNPROVEN
from .access import Reauthentication, reauthentications
from .moves import ACTIVE, Ids, Move, directory, managers, memberships, moves, strangers
from .people import Intent
from .reads import Accounts, failures_in, groups_in
from .state import State
from .verdicts import REAUTHENTICATION, Judged, judged, unproven

_MOST_SAID = 5
_ABOUT_ALL = ("accounts", "groups", "names", "rehearsal", "directory", "accounts_again", "groups_again")


@dataclass(frozen=True)
class Moving:
    """Everybody of a run. steps: by name, what ``register`` kept of the tasks; see ``moves.moves`` and ``reauthentications``.

    rehearsal, directory: what scim_directory returned, in check mode and for real.
    """

    moves: list[Move]
    steps: Mapping[str, Any]
    intent: Intent
    state: State

    @classmethod
    def of(cls, people: Sequence[Any], steps: Mapping[str, Any], intent: Intent, state: State) -> Moving:
        """Raises InvalidInput."""
        return cls(moves(people, steps, intent, state), steps, intent, state)

    # -- what is to do -----------------------------------------------------------------------------------------------------

    @cached_property
    def ids(self) -> Ids:
        return Ids(self.steps)

    @property
    def todo(self) -> dict[str, Any]:
        """What the tasks of the role loop over, next: see the documentation of the filter mover_moves."""
        wanted = directory(self.moves, self.ids)
        readable = [move for move in self.moves if not move.mover.left_alone]
        among = [name for move in readable for name in move.names if name == f"id:{move.id}" or name == (move.account and move.account.found.get("user_name"))]
        sources = Accounts(self.steps.get("accounts"), None), memberships(self.steps)
        return {
            "lists": {"accounts": sources[0].is_list, "groups": sources[1].is_list},
            "targets": [move.target for move in readable],
            "attributes": self._attributes,
            "among": among,
            "managers": [{"number": number, "external_id": name, "key": name} for number, name in enumerate(managers(readable, self.steps))],
            "names": strangers(self.moves, self.steps),
            "refusals": self.refusals,
            **wanted,
            "access": [side.target for side in self.sides if side.target],
            "ends": [side.ends for side in self.sides if side.ends],
            "beforehand": self.beforehand.content,
            "state": self.remembered.content,
        }

    @cached_property
    def refusals(self) -> list[str]:
        """Why nothing may be written for anybody."""
        added = {folded(reason.group): reason.group for move in self.moves for reason in move.difference.added}
        missing = [added[form] for form in sorted(added) if self.ids.is_missing(added[form])]
        said = list(dict.fromkeys(f"{move.refusal} (nobody else was touched either)" for move in self.moves if move.refusal))
        if missing and not self.intent.create_groups:
            listed = ", ".join(missing)
            said.append(f"There is no group {listed}. Nothing was written. Correct the name, or set mover_create_groups if the group shall be created.")
        return said

    @property
    def _attributes(self) -> list[str]:
        """Which attributes of accounts have to be read: those that the list speaks of, and what tells who is who."""
        named = {name for move in self.moves for name in move.mover.user or {} if name != "extensions"}
        schemas = {schema for move in self.moves for schema in (move.mover.user or {}).get("extensions") or {}}
        return sorted({*named, *schemas, "external_id", "user_name", "emails", ACTIVE} - {"id"})

    # -- what came of it ---------------------------------------------------------------------------------------------------

    @property
    def written(self) -> bool:
        """Whether something was sent to the service, or would be in check mode."""
        done = self.steps.get("directory")
        return isinstance(done, Mapping) and "resources" in done

    @cached_property
    def sides(self) -> list[Reauthentication]:
        return reauthentications(self.moves, self.steps, written=self.written)

    @cached_property
    def verdicts(self) -> list[dict[str, Judged]]:
        written = self.written and not self.intent.predicting
        return [judged(move, side.verdict, written=written) for move, side in zip(self.moves, self.sides)]

    def result(self) -> dict[str, Any]:
        """``mover_result``."""
        done = self.steps.get("directory") or {}
        ended = [side.ended for side in self.sides if side.ended]
        problems = [f"{move.mover.key}: {said}" for move, verdicts in zip(self.moves, self.verdicts) for said in unproven(verdicts)]
        problems = self.refusals or failures_in(map(self.steps.get, _ABOUT_ALL)) + problems
        more = f"; and {len(problems) - _MOST_SAID} more" if len(problems) > _MOST_SAID else ""
        people = [self._shown(move, verdicts) for move, verdicts in zip(self.moves, self.verdicts)]
        return {
            "changed": bool(done.get("changed")) or any(one.get("changed") for one in ended),
            "failed": bool(problems),
            "msg": "; ".join(problems[:_MOST_SAID]) + more,
            "people": people,
            "counts": self._counts(people),
            "plan": str(done.get("plan") or ""),
            "requests": [*(done.get("requests") or ()), *(request for one in ended for request in one.get("requests") or ())],
        }

    @staticmethod
    def _counts(people: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        lists = ("kept", "added", "removed", "orphans", "out_of_scope")
        moving = sum(bool(one["added"] or one["removed"] or one["attributes"]) for one in people)
        not_proven = sum(any(plane["verdict"] == UNPROVEN for plane in one["verdicts"].values()) for one in people)
        return {"people": len(people), "moving": moving, **{name: sum(len(one[name]) for one in people) for name in lists}, "unproven": not_proven}

    @staticmethod
    def _shown(move: Move, verdicts: Mapping[str, Judged]) -> dict[str, Any]:
        made = move.difference
        return {
            "key": move.mover.key,
            "phase": move.mover.phase,
            "kept": [{"group": kept.group.shown, "reason": kept.why} for kept in made.kept],
            "added": [{"group": reason.group, "reason": reason.why} for reason in made.added],
            "removed": [group.shown for group in made.removed],
            "orphans": [group.shown for group in made.orphans],
            "out_of_scope": [{"group": reason.group, "reason": reason.why} for reason in made.out_of_scope],
            "attributes": list(move.attributes),
            "verdicts": {plane: verdict.shown() for plane, verdict in verdicts.items()},
        }

    # -- what is remembered ------------------------------------------------------------------------------------------------

    @property
    def beforehand(self) -> State:
        """What the file is to hold before the first write: a run that is killed still knows whose sessions it owes an end."""
        owed = {move.subject for move in self.moves if move.difference.changes} if self.intent.access else set()
        return State(self.state.since, self.state.pending | owed)

    @property
    def remembered(self) -> State:
        """What the file of state is to hold now. Memberships of people whom the list does not name stay in it."""
        subjects = {move.subject for move in self.moves if not move.untouched and not move.doubt}
        since = {place: entry for place, entry in self.state.since.items() if place[0] not in subjects}
        for move in self.moves:
            if move.subject in subjects and self.intent.overlap:
                for group in move.bare(self._left(move)):
                    moment = move.state.first_seen(move.subject, group.name, self.intent.now)
                    since[move.subject, folded(group.name)] = (group.name, moment)
        pending = {side.move.subject for side in self.sides if side.pending}
        # Without mover_access nobody looked after the sessions that an earlier run owes.
        return State(since, frozenset(pending | (self.state.pending - (subjects if self.intent.access else set()))))

    def _left(self, move: Move) -> list[Any]:
        """The groups that somebody is in now, as far as they were read; in check mode, those that a run would leave."""
        gone = set(move.difference.removed)
        if self.intent.predicting:
            return [group for group in move.current if group not in gone]
        reading = move.groups_again if self.written and move.groups_again and not move.doubt_of(move.groups_again) else move.reading
        return groups_in(reading) if reading else []

    # -- what goes on record -----------------------------------------------------------------------------------------------

    def planned(self) -> list[dict[str, Any]]:
        """Records for the evidence, before the first write: of those for whom something is written."""
        digest = str((self.steps.get("rehearsal") or {}).get("plan") or "")
        pending = {side.move.subject for side in self.sides if side.due}
        concerned = [move for move in self.moves if move.works or move.subject in pending]
        return [
            record(
                "mover",
                PLANNED,
                move.subject,
                asked=self._asked(move),
                plan=digest,
                operations=self._operations(move, signs_out=self.intent.access and (move.difference.changes or move.subject in pending)),
                times=self._times,
            )
            for move in concerned
        ]

    def ended(self) -> list[dict[str, Any]]:
        """Records after everything was read back; of a run that was refused, only of those for whom something was to be written."""
        said = []
        refused = not self.written and (bool(self.refusals) or any(move.works for move in self.moves))
        digest = str((self.steps.get("directory") or self.steps.get("rehearsal") or {}).get("plan") or "")
        for move, side, verdicts in zip(self.moves, self.sides, self.verdicts):
            if move.untouched or (refused and not move.works and not move.refusal):
                continue
            operations = [] if refused else self._operations(move, signs_out=bool(side.ended))
            stage = FAILED if any(verdict.verdict == UNPROVEN for verdict in verdicts.values()) else DONE
            # A new login is something that was done, and no state: the next run does not find it, and nothing is different then.
            states = {plane: verdict for plane, verdict in verdicts.items() if plane != REAUTHENTICATION or verdict.verdict == UNPROVEN}
            on_record = {plane: {"verdict": verdict.verdict, "why": verdict.why} for plane, verdict in states.items()}
            said.append(
                record(
                    "mover",
                    REFUSED if refused else stage,
                    move.subject,
                    asked=self._asked(move),
                    plan=digest if operations or refused else "",
                    operations=operations,
                    verdicts={} if refused else on_record,
                    times=self._times,
                    note="protected" if move.refusal else "",
                )
            )
        return said

    @property
    def _times(self) -> dict[str, str]:
        return {"started_at": self.intent.now.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def _asked(self, move: Move) -> dict[str, Any]:
        groups = sorted({reason.group for reason in move.mover.deserved}, key=folded)
        return {"phase": move.mover.phase, "account": move.mover.account, "groups": groups, "orphans": "remove" if self.intent.remove else "report"}

    def _operations(self, move: Move, *, signs_out: bool) -> list[dict[str, str]]:
        made = move.difference
        found = [{"plane": "account", "verb": "activate" if move.mover.active else "deactivate", "id": move.id}] if ACTIVE in move.attributes else []
        found += [{"plane": "attributes", "verb": "update", "id": move.id, "what": path} for path in move.attributes if path != ACTIVE]
        found += [{"plane": "groups", "verb": "add", "id": self.ids.of(reason.group), "what": reason.group} for reason in made.added]
        found += [{"plane": "groups", "verb": "remove", "id": group.id, "what": group.name} for group in made.removed]
        return found + ([{"plane": REAUTHENTICATION, "verb": "end", "what": "sessions"}] if signs_out else [])


def table(result: Mapping[str, Any]) -> list[str]:
    """``mover_result`` as lines to print: a line for each membership that is not simply kept, and what has to be said in words."""
    rows: list[tuple[str, str, str, str]] = [("PERSON", "WHAT", "WHICH", "WHY")]
    for person in result["people"]:
        key, verdicts = str(person["key"]), person["verdicts"]
        said = [("join", entry["group"], entry["reason"]) for entry in person["added"]]
        said += [("leave", group, "no reason") for group in person["removed"]]
        said += [("orphan", group, "no reason, and not removed") for group in person["orphans"]]
        said += [("keep", entry["group"], entry["reason"]) for entry in person["kept"]]
        said += [("outside", entry["group"], entry["reason"]) for entry in person["out_of_scope"]]
        said += [("set", path, "the list says so") for path in person["attributes"]]
        said += [(plane["verdict"], name, plane["why"]) for name, plane in verdicts.items() if plane["verdict"] != NOT_APPLICABLE]
        if not said:
            said = [("nothing", "", verdicts["groups"]["why"])]
        rows += [(key if place == 0 else "", str(what), str(which), str(why)) for place, (what, which, why) in enumerate(said)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[3]]).rstrip() for row in rows]
    counted = Counter({name: number for name, number in result["counts"].items() if number})
    return [*lines, ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counted.items()), *filter(None, [result["msg"]])]
