# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which records support which control. A report supports; whether a control is met, an auditor judges.

SOC 2: AICPA Trust Services Criteria 2017 with the points of focus of 2022. ISO/IEC 27001:2022 Annex A. NIST SP 800-53 Rev. 5.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..page.text import counted
from .reading import LEAVER, PEOPLE
from .report import Report


@dataclass(frozen=True)
class Support:
    """One control. asks: in a few words of ours. records: how many support it; ``None`` where there are none by nature."""

    framework: str
    control: str
    asks: str
    here: str
    records: int | None


def controls(made: Report) -> list[Support]:
    """What the report holds for each control, and what it does not."""
    reading = made.reading

    def records(*kinds: str) -> int:
        return sum(number for (kind, dummy), number in reading.stages.items() if kind in kinds)

    sizes = {flag: len(made.flagged(flag)) for flag in ("self_approved", "not_approved")}
    entering, leaving, moving = records("joiner", "reinstate"), records(LEAVER, "deletion"), records("mover")
    everybody = records(*PEOPLE, LEAVER, "directory_sync", "group_sync")
    approved = sum(run.records for run in made.runs if run.operations and not run.flag)
    refused = sum(number for (dummy, stage), number in reading.stages.items() if stage == "refused")
    roster = (
        f"{counted(made.gaps.population, 'person', 'people')} of the roster compared, {len(made.gaps.left):,} left without a record"
        if made.gaps
        else "without a roster, completeness is not supported"
    )
    segregation = (
        f"Who asked and who approved stands with every run: {counted(sizes['self_approved'], 'run')} approved by the one who asked, "
        f"{sizes['not_approved']:,} without an approval"
    )
    withdrawn = "Leavers: verdict on every plane, from what was read back, and the time it took"
    return [
        Support("SOC 2", "CC6.1", "Logical access is restricted to who is authorised", "What changed, by plane and run", everybody),
        Support(
            "SOC 2", "CC6.2", "Users are registered and authorised before access, and removed when it is no longer due",
            f"Joiners, leavers; {roster}", entering + leaving,
        ),
        Support("SOC 2", "CC6.3", "Access follows roles and is changed and removed with them", "Movers and leavers, with groups by name", moving + leaving),
        Support("ISO 27001:2022", "A.5.3", "Conflicting duties are segregated", segregation, approved),
        Support("ISO 27001:2022", "A.5.16", "The whole life of an identity is managed", "Joiners, movers, leavers, in one chain", everybody),
        Support("ISO 27001:2022", "A.5.18", "Access rights are provisioned, reviewed, modified and removed", f"{withdrawn}. Reviews are not here", everybody),
        Support(
            "ISO 27001:2022", "A.8.2", "Privileged access is restricted and managed",
            "Only what was refused, such as protected accounts. Which group is privileged, the record does not know", refused,
        ),
        Support("NIST 800-53", "PS-4 a, b", "On termination, access is disabled within a set time and credentials revoked", withdrawn, leaving),
        Support(
            "NIST 800-53", "PS-4 c, d, e", "Exit interview, return of property, access to information kept",
            "Not here: this happens outside of the systems that were written to", None,
        ),
        Support(
            "NIST 800-53", "AC-2 h", "Account managers are told when people leave or move",
            "When the HR event was known and when it was acted on. That somebody was told is not here", moving + leaving,
        ),
        Support(
            "NIST 800-53", "AC-2 k", "Shared credentials change when somebody leaves the group",
            "Only who left which group. That a shared password was changed is not here", moving + leaving,
        ),
        Support("NIST 800-53", "AC-2 l", "Accounts follow personnel processes", f"HR event and outcome side by side; {roster}", entering + moving + leaving),
        Support("NIST 800-53", "AC-2(3)", "Accounts nobody needs are disabled within a set time", "Accounts of leavers. Inactive ones are not here", leaving),
    ]
