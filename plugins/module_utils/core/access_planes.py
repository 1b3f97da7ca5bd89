# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reads of Cloudflare Access prove about somebody who left: sessions, selectors, seat, and whether anything still lets them in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .verdicts import NOT_APPLICABLE, PREDICTED, PROVEN, UNPROVEN, Facts, Reading, Verdict

_MOST = 10  # how many a sentence names

# Ending sessions and freeing a seat lock nobody out (jml.md 5): only the last plane says that.
_UNKNOWN = "Access knows nobody with this e-mail: nobody has logged in with it"


def _unread(reading: Reading | None, what: str) -> Verdict:
    """The verdict on what was not read."""
    if reading is None:
        return Verdict(UNPROVEN, f"{what} not read back")
    return Verdict(UNPROVEN, f"{what} not read back: {reading.failure}", {"asked": dict(reading.asked)})


def sessions_verdict(reading: Reading | None, *, predicted: bool) -> Verdict:
    """Whether no session is open and no device registered. reading: the records of the e-mail, mostly one, with ``sessions``.

    predicted: a module said that it would end them.
    """
    if reading is None or reading.failure:
        return _unread(reading, "the sessions were")
    evidence: dict[str, Any] = {"asked": dict(reading.asked)}
    if not reading.found:
        return Verdict(NOT_APPLICABLE, _UNKNOWN, evidence)
    if any(user.get("sessions") is None for user in reading.found):
        return Verdict(UNPROVEN, "the answer does not show the sessions", evidence)
    sessions, devices = (sum(numbers) for numbers in zip(*((len(user["sessions"]), int(user.get("active_device_count") or 0)) for user in reading.found)))
    numbers = {"session": sessions, "device": devices}
    evidence.update(count=numbers["session"], devices=numbers["device"])
    if not any(numbers.values()):
        return Verdict(PROVEN, "no session is open and no device is registered", evidence)
    said = " and ".join(f"{number} {what}{'' if number == 1 else 's'}" for what, number in numbers.items() if number)
    if predicted:
        return Verdict(PREDICTED, f"would be ended: {said}", evidence)
    return Verdict(UNPROVEN, f"still there: {said}", evidence)


def seat_verdict(reading: Reading | None, *, predicted: bool) -> Verdict:
    """Whether neither an Access nor a Gateway seat is taken. reading: the records of the e-mail, with the flags."""
    if reading is None or reading.failure:
        return _unread(reading, "the seat was")
    evidence: dict[str, Any] = {"asked": dict(reading.asked)}
    if not reading.found:
        return Verdict(NOT_APPLICABLE, _UNKNOWN, evidence)
    seats = {name: any(user.get(name) for user in reading.found) for name in ("access_seat", "gateway_seat")}  # a false boolean may be left out
    taken = [name for name in seats if seats[name]]
    evidence.update(seats)
    if not taken:
        return Verdict(PROVEN, "no seat is taken", evidence)
    said = f"the seat{'s' if len(taken) > 1 else ''} for {' and '.join(name.split('_')[0].capitalize() for name in taken)}"
    if predicted:
        return Verdict(PREDICTED, f"would be freed: {said}", evidence)
    return Verdict(UNPROVEN, f"still taken: {said}", evidence)


def selectors_verdict(reading: Reading | None, *, stuck: Sequence[Facts] = (), predicted: bool, shared: Sequence[Facts] = ()) -> Verdict:
    """Whether no group and no policy includes the e-mail.

    reading: the objects that would still have to change. stuck: those of them that would include nobody without the e-mail, and were
    left alone for that reason. predicted: a module said that it would change the others. shared: those that may come to be stuck,
    because others leave them as well.
    """
    if reading is None or reading.failure:
        return _unread(reading, "the groups and policies were")
    objects = [named(thing) for thing in reading.found]
    evidence = {"asked": dict(reading.asked), "objects": objects}
    if not objects:
        return Verdict(PROVEN, "no group and no policy includes the e-mail", evidence)
    if stuck:
        names = _listed(called(thing) for thing in stuck)
        said = f"without the e-mail, {names} would include nobody, so it is still there; leaver_access_on_empty says what to do"
        return Verdict(UNPROVEN, said, evidence)
    names = _listed(called(thing) for thing in objects)
    if predicted:
        return Verdict(PREDICTED, f"{names} would lose the e-mail{_unless(shared, 'one of them')}", evidence)
    return Verdict(UNPROVEN, f"the e-mail is still in {names}", evidence)


def access_verdict(
    reading: Reading | None,
    *,
    supposed: Sequence[Facts] | None = None,
    blocked: str = "",
    shared: Sequence[Facts] = (),
    facts: Facts | None = None,
) -> Verdict:
    """Whether no application lets the person in.

    reading: the decisions. supposed: in check mode, the decisions without the selectors that would be removed. blocked: in
    check mode, the name of the group that would gain the e-mail; whom it shuts out shows only after it was written. shared: in
    check mode, objects that may come to keep the e-mail, because others leave them as well. facts: what was given as true.
    """
    if reading is None or reading.failure:
        return _unread(reading, "whether the person can still get in was")
    words = [str(decision.get("decision")) for decision in reading.found]
    evidence: dict[str, Any] = {"asked": dict(reading.asked)}
    evidence.update({word: words.count(word) for word in ("allowed", "denied", "undecidable")})
    evidence["decisions"] = [decided(decision) for decision in reading.found]
    given = ""
    if facts:
        evidence["facts"] = dict(facts)
        given = ", if leaver_access_facts is true"
    against = _against(reading.found)
    if not against and not reading.complete:
        return Verdict(UNPROVEN, "there are more applications than the answer holds; name some in leaver_access_applications", evidence)
    if not against:
        said = f"denied at all {len(words)} applications" if len(words) > 1 else _only(reading.found)
        return Verdict(PROVEN, said + given, evidence)
    if supposed is not None:
        # What is denied now stays denied: the run takes the e-mail only out of what lets people in.
        now = {decision.get("application_id") for decision in against}
        left = [decision for decision in _against(supposed) if decision.get("application_id") in now]
        if not left:
            return Verdict(PREDICTED, f"let in at {_where(against)} now, and nowhere after the run{given}{_unless(shared)}", evidence)
        if not blocked:
            return Verdict(UNPROVEN, f"the run would not be enough: {_reasons(left)}", evidence)
        return Verdict(PREDICTED, f"the e-mail would join the group {blocked}; only the run shows whether that denies {_where(left)}", evidence)
    return Verdict(UNPROVEN, _reasons(against), evidence)


def _against(decisions: Iterable[Facts]) -> list[Facts]:
    return [decision for decision in decisions if decision.get("decision") != "denied"]


def _only(decisions: Sequence[Facts]) -> str:
    return f"denied at {_where(decisions)}" if decisions else "there is no application"


def _where(decisions: Sequence[Facts]) -> str:
    return _listed(str(decision.get("application") or decision.get("application_id")) for decision in decisions)


def _reasons(decisions: Sequence[Facts]) -> str:
    """Where, by which policy, through which group and rule, or on what it depends."""
    more = f"; and {len(decisions) - _MOST} more" if len(decisions) > _MOST else ""
    return "; ".join(f"{_where([decision])}: {decision.get('said') or decision.get('decision')}" for decision in decisions[:_MOST]) + more


def named(thing: Facts) -> dict[str, Any]:
    """An object that names the person, as results and snapshots keep it."""
    return {name: thing[name] for name in ("kind", "id", "name", "application", "application_id", "rules") if thing.get(name)}


def decided(decision: Facts) -> dict[str, Any]:
    """A decision, as results and snapshots keep it."""
    names = ("application", "domain", "decision", "policy", "rule", "via", "depends_on", "said")
    return {name: decision[name] for name in names if decision.get(name)}


def called(thing: Facts) -> str:
    """What sentences call a group or policy."""
    application = thing.get("application")
    return f"{thing.get('kind')} {thing.get('name') or thing.get('id')}" + (f" of {application}" if application else "")


def is_block(thing: Facts, block_group: str) -> bool:
    """Whether an object of Access is the group of those who are shut out. block_group: its name or id."""
    return bool(block_group) and thing.get("kind") == "group" and block_group in (thing.get("name"), thing.get("id"))


def _unless(shared: Sequence[Facts], names: str = "") -> str:
    """The condition of a promise about what several people leave at once: each is looked at as if nobody else did."""
    if not shared:
        return ""
    return f", unless {names or _listed(map(called, shared))} would then include nobody: others who leave are named there, too"


def _listed(names: Iterable[str]) -> str:
    all_names = list(names)
    return ", ".join(all_names[:_MOST]) + (", ..." if len(all_names) > _MOST else "")
