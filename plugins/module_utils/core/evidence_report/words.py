# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the report says of a leaving, in words: how it stands, how long it took, and what somebody has to do."""

from __future__ import annotations

from datetime import datetime

from ..ledger.leaving import (
    BEGUN,
    DUE,
    KEPT,
    MISSED,
    NO_RECORD,
    NOTHING,
    REFUSED,
    RETURNED,
    UNKNOWN,
    UNPROVEN,
    Leaving,
)
from ..ledger.line import NOT_APPLICABLE, PROVEN
from ..page.parts import named
from ..page.text import clock_time, html, sentence, stamp
from .durations import spoken
from .report import Report

STATES = {
    PROVEN: ("ok", "\u2713 proven gone"),
    NOTHING: ("ok", "\u2013 nothing to revoke"),
    UNPROVEN: ("failed", "\u2715 not proven"),
    REFUSED: ("failed", "\u2715 refused"),
    BEGUN: ("failed", "\u2715 no outcome"),
    NO_RECORD: ("failed", "\u2715 no record"),
    RETURNED: ("skipped", "\u2013 let in again before"),
}
VERDICTS = {PROVEN: ("ok", "\u2713 proven"), UNPROVEN: ("bad", "\u2715 unproven"), NOT_APPLICABLE: ("soft", "\u2013 not applicable")}
IN_TIME = {KEPT: ("ok", "\u2713 in time"), MISSED: ("bad", "\u2715 too late"), DUE: ("odd", "\u2026 time left"), UNKNOWN: ("odd", "? not known")}


def who(made: Report, subject: str) -> str:
    """A person by name, if somebody brought names, and by the subject of the record."""
    name = made.options.names.get(subject, "")
    known = f' <span class="note">{named(subject)}</span>' if name else ""
    return f'<span class="who">{named(name or subject)}</span>{known}'


def when(at: datetime | None, otherwise: str = "not known") -> str:
    """A point in time, short: the page says once that all are UTC."""
    if at is None:
        return f'<span class="soft">{otherwise}</span>'
    return f'<time datetime="{stamp(at)}">{html(clock_time(stamp(at))[:-4])}</time>'


def verdict(said: str) -> str:
    """A verdict as text with a sign, so that its colour says nothing that it does not."""
    kind, words = VERDICTS.get(said, ("other", f"? {said}"))
    return f'<span class="v-{kind}">{html(words, 60)}</span>' if said else '<span class="soft">\u2013 none</span>'


def badge(case: Leaving) -> str:
    kind, words = STATES[case.state]
    return f'<span class="badge b-{kind}">{words}</span>'


def outcome(made: Report, case: Leaving) -> str:
    """How long it took, and whether that was in time; how it stands, where it is not proven."""
    if case.state != PROVEN:
        return badge(case)
    seconds, judged = case.seconds(), made.timely(case)
    kind, words = IN_TIME.get(judged, ("soft", ""))
    length = f"{html(spoken(seconds))} " if seconds is not None else ""
    doubted = f' <span class="note">not proven any more {case.doubted}\u00d7 in between</span>' if case.doubted and seconds is not None else ""
    return f'{length}<span class="v-{kind}">{words}</span>{doubted}'


def overdue(made: Report, case: Leaving) -> str:
    """Since when somebody could have had access that they should not have."""
    if case.left_at is None:
        return "When the HR event was, no record tells."
    if made.as_of is None:
        return f"Left {clock_time(stamp(case.left_at))}."
    if made.as_of < case.left_at:
        return f"Leaves {clock_time(stamp(case.left_at))}."
    passed = spoken((made.as_of - case.left_at).total_seconds())
    return f"Left {clock_time(stamp(case.left_at))}, {passed} before the time of this report."


def advice(case: Leaving) -> str:
    """What to do, in a sentence or two."""
    if case.state == NO_RECORD:
        return "Run the role leaver for this person, or record why nothing had to be revoked."
    if case.state == BEGUN:
        return "A run began and recorded no outcome: it was stopped or killed. Run the role leaver again; it goes on where the other stopped."
    if case.state == REFUSED:
        return "Nothing was done. Settle why it was refused, then run the role leaver again."
    doubted = [plane for plane, dummy in case.doubts()]
    if not case.planes:
        return "The record names no plane, so nothing is proven. Run the role leaver again."
    if not doubted:
        return "Every plane is proven and the run failed all the same. Look at its log, then run the role leaver again."
    return f"Close {', '.join(doubted[:6])} by hand or find out why it stays, then run the role leaver again: it reads everything back."


def doubts(case: Leaving) -> str:
    """The planes that are not proven with the reasons, and what the run noted."""
    told = "".join(f"<li><strong>{named(plane)}</strong>: {html(sentence(why) if why else 'no reason was recorded')}</li>" for plane, why in case.doubts()[:12])
    note = f"<blockquote><bdi>{html(case.note)}</bdi></blockquote>" if case.note else ""
    return (f"<ul>{told}</ul>" if told else "") + note
