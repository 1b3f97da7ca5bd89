# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a plan: JSON, and a summary for people beside it. Both hold personal data, so only their owner reads them."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .core.errors import InvalidInput
from .core.plan_document import FORMAT
from .core.plan_markdown import markdown

_UNREADABLE = (OSError, ValueError, RecursionError)


def write_plan(path: str, document: Mapping[str, Any]) -> None:
    """Write what ``plan_document.document`` returns: ``plan.json``, and ``plan.md`` beside it, with mode 0600.

    Whoever looks finds an old file or a new one, never half of one.
    """
    json_file = _expanded(path)
    if not json_file.name or os.path.isdir(json_file) or json_file.suffix.lower() == ".md":
        raise InvalidInput(f"plan_file: {path!r} is no name for a JSON file; its summary for people is written beside it, as .md")
    if not os.path.isdir(json_file.parent):
        raise InvalidInput(f"plan_file: the folder {str(json_file.parent)!r} does not exist; create it, or choose another path")
    # "plan.json" and "plan.md"; of "plan.staging" all is kept, or it would share a summary with "plan.production".
    summary = json_file.with_suffix(".md") if json_file.suffix.lower() == ".json" else Path(f"{json_file}.md")
    try:
        _replace({summary: markdown(document), json_file: _as_json(document)})
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidInput(f"plan_file: {path!r} cannot be written ({reason}); choose another path, or change its permissions") from error


def read_plan(path: str) -> dict[str, Any] | None:
    """The document in a file, ``None`` if there is no plan that can be read."""
    if not os.path.isfile(_expanded(path)):  # to open a pipe would wait for somebody to write into it
        return None
    with contextlib.suppress(*_UNREADABLE):
        content = json.loads(_expanded(path).read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.get("format") == FORMAT:
            return content
    return None


def _expanded(path: str) -> Path:
    """The file; containers run as users whom nobody knows, and who have no home for ``~`` to stand for."""
    return Path(os.path.expanduser(path))


def _as_json(document: Mapping[str, Any]) -> str:
    """The document with each operation in a line of its own: a diff of two plans shows operations."""
    head = json.dumps({name: value for name, value in document.items() if name != "operations"}, indent=2)
    lines = ",\n    ".join(json.dumps(operation) for operation in document["operations"])
    return f'{head[:-2]},\n  "operations": [\n    {lines}\n  ]\n}}\n'


def _replace(texts: Mapping[Path, str]) -> None:
    """Write all files under other names first, so that a full disk leaves the old ones as they are."""
    written: dict[Path, str] = {}
    try:
        for path, text in texts.items():
            handle, written[path] = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")  # mode 0600
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
        for path in texts:
            os.replace(written[path], path)
            del written[path]
    finally:
        for name in written.values():
            os.unlink(name)
