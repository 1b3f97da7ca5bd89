# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read, judged: the one value from which the page, the counts that a task returns, and the headline are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ..instants import moment
from ..ledger.leaving import DUE, KEPT, MISSED, NOTHING, UNKNOWN, Leaving
from ..ledger.line import PROVEN
from ..page.text import counted
from .chain import Chain
from .durations import distribution, percentile, spoken
from .gaps import Gaps, gaps
from .options import Options
from .periods import periods
from .reading import LEAVER, NOT_APPROVED, PEOPLE, SELF_APPROVED, Outcome, Reading, Run
from .sample import drawn

HEALTHY = "healthy"
FAILING = "failing"
ATTENTION = "attention"  # everybody who left is proven gone or has time left, and something has to be looked at


@dataclass(frozen=True)
class Report:
    """cases: the leavings of the report, those that are open first and then the newest. seconds: of those that are measured, sorted.

    in_time: how many leavings by KEPT, MISSED, DUE, UNKNOWN. sampled: of cases and of leavers without a record, in the order drawn.
    population: from how many. flagged: runs whose approval is missing or the requester's own.
    """

    options: Options
    chain: Chain
    reading: Reading
    gaps: Gaps | None
    cases: Sequence[Leaving]
    seconds: Sequence[float]
    in_time: Counter[str]
    sampled: Sequence[Leaving]
    population: int
    seed: str
    runs: Sequence[Run]
    steps: Sequence[dict[str, Any]]
    as_of: datetime | None

    @property
    def unrecorded(self) -> Sequence[Leaving]:
        return self.gaps.left if self.gaps else ()

    @property
    def exposed(self) -> list[Leaving]:
        """Leavers who are not proven gone and are due, or nobody knows whether they are; who left first, first."""
        found = [case for case in (*self.cases, *self.unrecorded) if case.is_open and self.timely(case) != DUE]
        return sorted(found, key=lambda case: (case.left_at is None, case.at.timestamp() if case.at else 0.0, case.first))

    @property
    def due(self) -> list[Leaving]:
        """Leavers who are not proven gone while there is time left."""
        return [case for case in (*self.cases, *self.unrecorded) if case.is_open and self.timely(case) == DUE]

    @property
    def stuck(self) -> list[Outcome]:
        """Who joined, moved or came back, and it is not finished; the newest first."""
        found = [outcome for outcome in self.reading.outcomes.values() if outcome.problem]
        return sorted(found, key=lambda outcome: (outcome.line.at, outcome.line.number), reverse=True)

    def timely(self, case: Leaving) -> str:
        return case.in_time(self.options.sla, self.as_of)

    def flagged(self, flag: str) -> list[Run]:
        return [run for run in self.runs if run.flag == flag]

    def done(self, kind: str) -> int:
        """How many people joined, moved, were let in again, or were deleted; of leavers, how many leavings."""
        if kind == LEAVER:
            return len(self.cases) + len(self.unrecorded)
        return sum(bool(outcome.days) for (of, dummy), outcome in self.reading.outcomes.items() if of == kind)

    @property
    def proven(self) -> int:
        return sum(case.state == PROVEN for case in self.cases)

    @property
    def state(self) -> str:
        if not self.chain.intact or self.exposed:
            return FAILING
        if not self.chain.records:
            return ATTENTION  # which is what a ledger shows whose content was taken away
        odd = self.in_time[MISSED] or self.due or self.stuck or self.flagged(SELF_APPROVED) or (self.gaps and self.gaps.back)
        return ATTENTION if odd else HEALTHY

    @property
    def headline(self) -> str:
        """The one sentence that a manager reads."""
        number, allowed = self.done(LEAVER), spoken(self.options.sla.total_seconds())
        if not self.chain.intact:
            return "The record is not intact: do not rely on what it says"
        if self.exposed:
            verb = "is" if len(self.exposed) == 1 else "are"
            return f"{len(self.exposed):,} of {counted(number, 'leaver')} {verb} not proven gone"
        if not self.chain.records:
            return "The evidence holds no record"
        if not number:
            return "Nobody left"
        if self.due:
            return f"{counted(len(self.due), 'leaver')} not proven gone yet, all within {allowed} so far"
        every = "The one leaver is" if number == 1 else f"All {number:,} leavers are"
        if self.in_time[MISSED]:
            return f"{every} proven gone, {self.in_time[MISSED]:,} later than {allowed}"
        return f"{every} proven gone" + (f" within {allowed}" if self.in_time[KEPT] + self._nothing == number else "")

    @property
    def _nothing(self) -> int:
        return sum(case.state == NOTHING for case in self.cases)

    @property
    def reasons(self) -> list[str]:
        """What else has to be known, the worst first."""
        unrecorded, back = [case for case in self.unrecorded if self.timely(case) != DUE], self.gaps.back if self.gaps else []
        own, missing = len(self.flagged(SELF_APPROVED)), len(self.flagged(NOT_APPROVED))
        said = [
            (self.chain.problems_count, f"{counted(self.chain.problems_count, 'problem')} of the chain, listed below"),
            (len(unrecorded), f"{counted(len(unrecorded), 'person', 'people')} left by the roster and {_have(len(unrecorded))} no record of it"),
            (self.in_time[MISSED], f"{counted(self.in_time[MISSED], 'leaver')} took longer than {spoken(self.options.sla.total_seconds())}"),
            (self.in_time[UNKNOWN], f"of {counted(self.in_time[UNKNOWN], 'leaver')}, no time of the HR event is recorded"),
            (len(back), f"{counted(len(back), 'person', 'people')} recorded as gone {'is' if len(back) == 1 else 'are'} not gone by the roster"),
            (own, f"{counted(own, 'run')} approved by the one who asked for it"),
            (missing, f"{counted(missing, 'run')} that changed something without a recorded approval"),
            (len(self.stuck), f"{counted(len(self.stuck), 'joiner, mover or other change', 'joiners, movers or other changes')} not finished"),
            (len(self.due) if self.exposed else 0, f"{counted(len(self.due), 'more leaver')} not proven gone yet, with time left"),
        ]
        return [text for number, text in said if number]

    def shown(self) -> dict[str, Any]:
        """What a task returns: counts and subjects, no names."""
        measured = {f"p{share}": _rounded(percentile(self.seconds, share)) for share in (50, 95, 100)}
        return {
            "state": self.state,
            "said": self.headline,
            "reasons": self.reasons,
            "as_of": self.reading.last_at if self.options.as_of is None else self.options.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "chain": {
                "intact": self.chain.intact,
                "records": self.chain.records,
                "head": self.chain.head,
                "problems": list(self.chain.problems),
                "problems_count": self.chain.problems_count,
            },
            "counts": {
                **{f"{kind}s": self.done(kind) for kind in PEOPLE},
                "leavers": self.done(LEAVER),
                "proven": self.proven,
                "nothing_to_revoke": self._nothing,
                "unproven": len(self.exposed) + len(self.due),
                "records": sum(self.reading.stages.values()),
                "operations": sum(self.reading.operations.values()),
            },
            "sla": {
                "seconds": int(self.options.sla.total_seconds()),
                **{name: self.in_time[name] for name in (KEPT, MISSED, DUE, UNKNOWN)},
            },
            "seconds": {"measured": len(self.seconds), "p50": measured["p50"], "p95": measured["p95"], "worst": measured["p100"]},
            "unproven": [case.subject for case in (*self.exposed, *self.due)][:100],
            "unrecorded": [case.subject for case in self.unrecorded][:100],
            "approvals": {"self_approved": len(self.flagged(SELF_APPROVED)), "missing": len(self.flagged(NOT_APPROVED))},
            "sample": [{"subject": case.subject, "number": case.first} for case in self.sampled],
            "seed": self.seed,
        }


def report(reading: Reading, chain: Chain, people: Sequence[Any] = ()) -> Report:
    """Judge what was read. people: of the roster, for completeness. Raises InvalidInput."""
    options = reading.options
    as_of = options.as_of or reading.last
    found = gaps(people, reading)  # before the leavings are judged: where HR says when it was, that counts
    cases = [case for case in reading.leavings.all if options.holds(case.at)]
    cases.sort(key=lambda case: (case.is_open, case.at.timestamp() if case.at else 0.0, case.first), reverse=True)
    population = [*cases, *(found.left if found else ())]
    seed = options.seed or chain.head
    return Report(
        options=options,
        chain=chain,
        reading=reading,
        gaps=found,
        cases=cases,
        seconds=sorted(seconds for case in cases for seconds in (case.seconds(),) if seconds is not None),
        in_time=Counter(filter(None, (case.in_time(options.sla, as_of) for case in population))),
        sampled=drawn(population, seed, options.sample),
        population=len(population),
        seed=seed,
        runs=sorted(reading.runs.values(), key=lambda run: (run.flag == SELF_APPROVED, run.ended), reverse=True),
        steps=_steps(reading, cases, as_of),
        as_of=as_of,
    )


def spread(made: Report) -> list[dict[str, int]]:
    """How many leavings took how long."""
    return distribution(made.seconds, int(made.options.sla.total_seconds()))


def _steps(reading: Reading, cases: Iterable[Leaving], as_of: datetime | None) -> list[dict[str, Any]]:
    until = reading.options.until and reading.options.until - timedelta.resolution
    first, last = reading.options.since or moment(reading.first_at), min(filter(None, (until, as_of)), default=None)
    if first is None or last is None or first > last:
        return []
    low, high = first.date(), last.date()
    low = max(low, date(max(high.year - 60, 1), 1, 1))  # a mistake in one record does not make a chart of centuries
    events = [(kind, subject, min(max(day, low), high)) for (kind, subject), outcome in reading.outcomes.items() for day in outcome.days]
    events += [(LEAVER, f"{case.subject} {case.first}", min(max(case.at.date(), low), high)) for case in cases if case.at]
    return periods(events, low, high)


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _rounded(value: float | None) -> int | None:
    return None if value is None else -int(-value // 1)
