# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a ledger: read once, from the first line to the last, verified while it is read, and written as HTML and CSV."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from .client.throttle import Clock
from .core.errors import InvalidInput, LifecycleError
from .core.evidence_report.chain import Chain
from .core.evidence_report.options import Options
from .core.evidence_report.page import page
from .core.evidence_report.reading import Reading
from .core.evidence_report.report import report
from .core.evidence_report.table import HEADINGS, MARK, rows, written
from .core.ledger.chain import anchored
from .core.ledger.verify import Verification
from .evidence_options import checking, waiting
from .files.made_file import MadeFile
from .ledger.reading import opened

_MODE = re.compile(r"0?[0-7]{3}", re.ASCII)
_AT_ONCE = 2_000  # rows


def evidence_report(params: Mapping[str, Any], *, write: bool) -> dict[str, Any]:
    """What the module of this name does. write: whether files may be changed. Raises InvalidInput, LifecycleError."""
    options = Options.from_options(params.get)
    paths = _paths(params)
    mode = _mode(params["mode"])
    verification = Verification(anchored(params["anchor"]) if params["anchor"] else None, checking(params))
    reading = Reading(options)
    with ExitStack() as stack:
        files = {name: stack.enter_context(MadeFile(path, name, mode=mode, write=write)) for name, path in paths.items()}
        number = _read(params, verification, reading, files.get("csv"))
        made = report(reading, _chain(verification, bool(params["anchor"])), params["people"] or ())
        if "html" in files:
            files["html"].add(page(made))
        changed = {name: file.changed for name, file in files.items()}
        for file in files.values():
            file.settle()
    result = {
        "changed": any(changed.values()),
        **{name: {"path": file.path, "changed": changed[name], "size": file.size, "sha256": file.digest} for name, file in files.items()},
        "diff": [
            {"before_header": file.path, "after_header": file.path, "before": _line(file.before), "after": _line(file.after)}
            for name, file in files.items()
            if changed[name]
        ],
        "rows": number,
        "report": made.shown(),
        "warnings": _warnings(number, bool(paths.get("csv"))),
    }
    if not made.chain.intact:
        first = "; ".join(made.chain.problems[:3])
        more = made.chain.problems_count - min(3, len(made.chain.problems))
        error = LifecycleError(f"path: the chain of {params['path']!r} is broken, and the report says so: {first}{f'; and {more:,} more' if more else ''}")
        error.beside = {name: value for name, value in result.items() if name != "warnings"}
        raise error
    return result


def _read(params: Mapping[str, Any], verification: Verification, reading: Reading, table: MadeFile | None) -> int:
    """Read the ledger once. Returns how many rows the table got."""
    number = 0
    ready = [list(HEADINGS)]
    if table:
        table.add(MARK)
    with opened(params["path"], waiting(params, Clock())) as file:
        for raw in file.forwards():
            entry = verification.feed(raw)
            if entry is None:
                continue
            line, leaving = reading.take(entry)
            if table and reading.holds(line, leaving):
                ready += rows(line, leaving, reading.options.names)
                if len(ready) >= _AT_ONCE:
                    number += len(ready)
                    table.add(written(ready))
                    ready = []
        verification.end(file.torn)
    if not table:
        return 0
    table.add(written(ready))
    return number + len(ready) - 1


def _chain(verification: Verification, with_anchor: bool) -> Chain:
    unsigned = verification.signed - verification.verified
    notes = [f"{unsigned:,} signatures were not checked, as no key that fits was given."] if unsigned else []
    if verification.mended:
        notes.append(f"{verification.mended:,} torn lines of runs that were killed were set aside, as the records after them say.")
    return Chain(
        intact=not verification.count,
        records=verification.lines,
        head=verification.head.digest,
        anchor=verification.head.anchor,
        problems=tuple(f"Line {one['line']:,}: {one['said']}" for one in verification.problems),
        problems_count=verification.count,
        anchored=None if not with_anchor else all(one["problem"] != "anchor" for one in verification.problems),
        signed=verification.verified,
        notes=tuple(notes),
    )


def _paths(params: Mapping[str, Any]) -> dict[str, str]:
    """What is to be written, by option."""
    paths = {name: str(params[name]) for name in ("html", "csv") if params[name]}
    if not paths:
        raise InvalidInput("neither html nor csv is set; say which file to write")
    taken = {os.path.realpath(os.path.expanduser(params["path"])): "path"}
    for name, path in paths.items():
        same = taken.setdefault(os.path.realpath(os.path.expanduser(path)), name)
        if same != name:
            raise InvalidInput(f"{name}: {path!r} is the file of the option {same}; nothing was written")
    return paths


def _mode(text: str) -> int:
    if not _MODE.fullmatch(text):
        raise InvalidInput(f"mode is {text[:20]!r}; write it in quotes as octal digits, as in '0600' or '0640'")
    return int(text, 8)


def _warnings(number: int, is_csv: bool) -> list[str]:
    if is_csv and number > 1_048_575:
        return [f"csv: {number:,} rows are more than a spreadsheet shows; give since and until"]
    return []


def _line(text: str) -> str:
    return f"{text}\n" if text else ""
