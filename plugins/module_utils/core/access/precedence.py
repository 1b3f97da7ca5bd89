# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of the policies of an application: how one policy gets its place without two ever having the same number.

An application evaluates its policies by ascending precedence, and refuses two with one number (12130, "policy precedences
must be unique"). Its own policies are moved one at a time; reusable ones get their numbers with the application.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..errors import Refused

FIRST = "first"
LAST = "last"

NEW = ""  # the id of a policy that has none yet


def moves(numbers: Mapping[str, int], policy: str, wanted: int, fixed: Collection[str] = ()) -> list[tuple[str, int]]:
    """What to renumber, in order, so that a policy gets the number that is wanted: ``[(id, number), ...]``.

    numbers: by id, the precedence of every policy of the application. policy: who is to move, ``NEW`` if it does not exist
    yet; its own move then comes last and is how it is created. fixed: policies that cannot be renumbered one at a time.
    Who has the number comes directly after the one that gets it, and so on up to the next gap: of any two others, the one
    that was first stays first, all the time. There is no way with fewer moves. Raises Refused if a fixed one is in the way.
    """
    here = numbers.get(policy)
    if here == wanted:
        return []
    others = {number: each for each, number in numbers.items() if each != policy}
    end = wanted
    while end in others:
        end += 1
    run = range(wanted, end)
    first: list[tuple[str, int]] = []
    if here == end and end != wanted:
        # The gap is where the policy itself is. It steps aside, unless the place behind it is free: then the last one of
        # the run jumps over it.
        if end + 1 not in others:
            end += 1
        else:
            first = [(policy, _aside(others, wanted, here))]
    stuck = [str(number) for number in run if others[number] in fixed]
    if stuck:
        raise Refused(
            f"precedence {wanted} cannot be made free: the reusable policy at {stuck[0]} gets its place from its application; "
            "choose another precedence, or reorder the application"
        )
    shift = [(others[number], number + 1) for number in reversed(run)]
    if shift and end > run[-1] + 1:
        shift[0] = (shift[0][0], end)
    return [*first, *shift, (policy, wanted)]


def _aside(others: Collection[int], wanted: int, here: int) -> int:
    """A free number at which a policy can wait: just before the number that is wanted, or the next one behind."""
    if wanted > 1 and wanted - 1 not in others:
        return wanted - 1
    number = here + 1
    while number in others:
        number += 1
    return number


def placed(ids: Sequence[str], policy: str, position: str | None) -> list[str]:
    """The order of an application's policies in which a policy takes its place.

    ids: the order as it is. position: ``FIRST``, ``LAST`` or ``None`` for where it is, which is last if it is not there yet.
    """
    others = [each for each in ids if each != policy]
    if position is None and policy in ids:
        return list(ids)
    return [policy, *others] if position == FIRST else [*others, policy]


def without(ids: Sequence[str], policy: str) -> list[str]:
    """The order of an application's policies without one of them."""
    return [each for each in ids if each != policy]
