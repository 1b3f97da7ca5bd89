# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows events as XML -> dicts: what ``wevtutil qe /f:RenderedXml`` prints, and what readers of EVTX files make of a record.

wevtutil prints events one after the other without a root element, and may print characters that XML does not allow.
Schema: https://learn.microsoft.com/windows/win32/wes/eventschema-elements
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

_SCHEMA = "http://schemas.microsoft.com/win/2004/08/events/event"
_START = re.compile(rf"<(?:\w{{1,20}}:)?Event\s[^<>]{{0,500}}{re.escape(_SCHEMA)}[^<>]{{0,500}}>")
_BARE_START = re.compile(r"<Event(?:\s[^<>]{0,500})?>")
_END = re.compile(r"</(?:\w{1,20}:)?Event\s{0,9}>")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")


def events_from_xml(text: str) -> Iterator[dict[str, Any]]:
    """Each event of a text as a dict; an event that cannot be read, or is cut off, is an empty one, so that it can be counted.

    Shape: ``provider``, ``event_id``, ``level`` (1 critical, 2 error, 3 warning, 4 information; 0 is not told), ``time``, ``record_id``,
    ``channel``, ``computer``, ``data`` (the insertion strings), ``named`` (those that have names), ``message`` ("" if not rendered).
    """
    starts = [found.start() for found in _START.finditer(text)] or [found.start() for found in _BARE_START.finditer(text)]
    for position, start in enumerate(starts):
        block = text[start : starts[position + 1] if position + 1 < len(starts) else len(text)]
        ends = [found.end() for found in _END.finditer(block)]
        yield _event(block[: ends[-1]]) if ends else {}


def _event(block: str) -> dict[str, Any]:
    if "<!DOCTYPE" in block or "<!ENTITY" in block:  # no event has one; entities can be made to grow without end
        return {}
    try:
        root = ElementTree.fromstring(_REFERENCE.sub(_allowed, _NOT_IN_XML.sub("\ufffd", block)))
    except (ElementTree.ParseError, ValueError, RecursionError):
        return {}
    system = _child(root, "System")
    if system is None:
        return {}
    data, named = [], {}
    for holder in ("EventData", "UserData"):
        for item in _leaves(_child(root, holder)):
            value = (item.text or "").strip()
            name = item.get("Name") or ("" if holder == "EventData" else _local(item))
            if name:
                named[name] = value
            if value or not name:
                data.append(value)
    rendered = _child(root, "RenderingInfo")
    time = _child(system, "TimeCreated")
    return {
        "provider": _attribute(_child(system, "Provider"), "Name") or _attribute(_child(system, "Provider"), "EventSourceName"),
        "event_id": _text(_child(system, "EventID")),
        "level": _number(_text(_child(system, "Level"))),
        "time": _attribute(time, "SystemTime"),
        "record_id": _text(_child(system, "EventRecordID")),
        "channel": _text(_child(system, "Channel")),
        "computer": _text(_child(system, "Computer")),
        "data": data,
        "named": named,
        "message": _text(_child(rendered, "Message")) if rendered is not None else "",
    }


def _allowed(found: re.Match[str]) -> str:
    """A character reference, or a sign in its place if XML 1.0 does not allow the character (section 2.2)."""
    code = int(found[1], 16) if found[1] else int(found[2])
    fine = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return found[0] if fine else "\ufffd"


def _local(element: ElementTree.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _child(element: ElementTree.Element, name: str) -> ElementTree.Element | None:
    inside = f"}}{name}"
    return next((child for child in element if child.tag == name or child.tag.endswith(inside)), None)


def _leaves(element: ElementTree.Element | None) -> Iterator[ElementTree.Element]:
    if element is not None:
        yield from (item for item in element.iter() if not len(item) and item is not element)


def _text(element: ElementTree.Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _attribute(element: ElementTree.Element | None, name: str) -> str:
    return (element.get(name) or "").strip() if element is not None else ""


def _number(text: str) -> int:
    return int(text) if text.isdigit() and text.isascii() and len(text) < 4 else 0
