# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-playbook printed, without the tasks that only say "ok" and with a few of many differences."""

from __future__ import annotations

import re

_DIFFERENCE = "--- before"


def shortened(output: str) -> str:
    """The same output, shorter. Where differences are left out, it says how many."""
    blocks = [block.strip("\n") for block in re.split(r"\n(?=TASK \[|PLAY )", output)]
    told = [_few_differences(block) for block in blocks if block and not _says_only_ok(block)]
    return "\n\n".join(re.sub(r" \*{3,}$", "", text, flags=re.MULTILINE) for text in told)


def _says_only_ok(block: str) -> bool:
    heading, dummy, body = block.partition("\n")
    return heading.startswith("TASK ") and all(re.fullmatch(r"ok: \[localhost\]( => \(item=.*\))?", line) for line in body.splitlines())


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
