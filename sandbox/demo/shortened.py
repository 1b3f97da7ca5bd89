# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-playbook printed, shorter: a few of what there are many of, a failure by its message, and messages as they were meant.

Tasks that only say "ok" are left out, and so is a failure that was told before.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from itertools import groupby

import yaml

_DIFFERENCE = "--- before"
_MANY = 6  # lines of a message that begin with the same word
_FATAL = re.compile(r"fatal: \[localhost\]: FAILED! => *\n(?P<result>(?: +.*\n?)+)")


def shortened(output: str) -> str:
    """The same output, shorter. Where differences are left out, it says how many."""
    blocks = [block.strip("\n") for block in re.split(r"\n(?=TASK \[|PLAY )", output)]
    told = _without_repetition(_plain_message(_few_differences(_failure(block))) for block in blocks if block and not _says_only_ok(block))
    return "\n\n".join(re.sub(r" \*{3,}$", "", text, flags=re.MULTILINE) for text in told)


def _says_only_ok(block: str) -> bool:
    heading, dummy, body = block.partition("\n")
    fine = re.compile(r"ok: \[localhost\]( => \(item=.*\))?|included: .*")
    return heading.startswith("TASK ") and all(fine.fullmatch(line) for line in body.splitlines())


def _failure(block: str) -> str:
    """A task that failed, with its message and nothing else of what it returned."""
    found = _FATAL.search(block) if block.startswith("TASK ") else None
    result = yaml.safe_load(found["result"]) if found else None
    if not isinstance(result, dict) or not isinstance(result.get("msg"), str):
        return block
    said = re.sub(r"^(Task failed: )?((Module|Action) failed: )?", "", " ".join(result["msg"].split()))
    lines = textwrap.wrap(said, 120, initial_indent="    msg: ", subsequent_indent="         ", break_long_words=False, break_on_hyphens=False)
    return "\n".join([block.partition("\n")[0], "fatal: [localhost]: FAILED! =>", *lines])


def _without_repetition(blocks: Iterable[str]) -> list[str]:
    """The same failure goes through several tasks; it is told where it happened."""
    told: list[str] = []
    failures = set()
    for block in blocks:
        failure = block.partition("FAILED! =>")[2]
        if not failure or failure not in failures:
            told.append(block)
        failures.add(failure)
    return told


def _plain_message(block: str) -> str:
    """A list of lines without the quotes and breaks that YAML puts into them."""
    return re.sub(r"(?m)^ {4}msg:\n(?:^ {4}.*\n?)+", _lines, block) if block.startswith("TASK ") else block


def _lines(message: re.Match[str]) -> str:
    said = yaml.safe_load(message[0])["msg"]
    short: list[str] = []
    for _word, group in groupby(said, key=lambda line: str(line).partition(" ")[0]):
        alike = [f"    - {line}" for line in group]
        short += alike if len(alike) < _MANY else [*alike[:2], f"    ... {len(alike) - 3} more like these ...", alike[-1]]
    return "\n".join(["    msg:", *short])


def _few_differences(block: str) -> str:
    """Of three differences and more, the first and the last."""
    before, *differences = re.split(rf"(?m)^(?={_DIFFERENCE})", block)
    if not differences:
        return block
    *differences, last = [re.sub(r"\s*\n(\s*\n)+", "\n", text) for text in differences]
    last, dummy, after = last.partition("\nchanged: ")
    most = [*differences, last + "\n"]
    if len(most) > 3:
        most[1:-1] = [f"... {len(most) - 2} more like these ...\n"]
    return before + "".join(most) + (f"changed: {after}" if after else "")
