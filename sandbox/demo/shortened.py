# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-playbook printed, without the tasks that only say "ok", with a few of many differences, and messages as they were meant."""

from __future__ import annotations

import re

import yaml

_DIFFERENCE = "--- before"


def shortened(output: str) -> str:
    """The same output, shorter. Where differences are left out, it says how many."""
    blocks = [block.strip("\n") for block in re.split(r"\n(?=TASK \[|PLAY )", output)]
    told = [_plain_message(_few_differences(block)) for block in blocks if block and not _says_only_ok(block)]
    return "\n\n".join(re.sub(r" \*{3,}$", "", text, flags=re.MULTILINE) for text in told)


def _says_only_ok(block: str) -> bool:
    heading, dummy, body = block.partition("\n")
    fine = re.compile(r"ok: \[localhost\]( => \(item=.*\))?|included: .*")
    return heading.startswith("TASK ") and all(fine.fullmatch(line) for line in body.splitlines())


def _plain_message(block: str) -> str:
    """A list of lines without the quotes and breaks that YAML puts into them."""
    return re.sub(r"(?m)^ {4}msg:\n(?:^ {4}.*\n?)+", _lines, block) if block.startswith("TASK ") else block


def _lines(message: re.Match[str]) -> str:
    said = yaml.safe_load(message[0])["msg"]
    return "\n".join(["    msg:", *(f"    - {line}" for line in said)])


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
