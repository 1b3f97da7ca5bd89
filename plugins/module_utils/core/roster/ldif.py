# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of an LDAP directory as LDIF (RFC 2849)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from .person import Row
from .rows import NotReadable, Rows

_LINE_END = re.compile(r"\r\n|\r|\n")
_ATTRIBUTE = re.compile(r"([A-Za-z0-9][A-Za-z0-9.;_-]*):([:<]?) *(.*)", re.DOTALL)


def read_ldif(name: str, text: str) -> Rows:
    """The entries of an LDIF file, each with its attributes and its ``dn``. name: of the file, for places.

    An attribute with several values is a list of texts. A value in base64 that is no text, as that of objectGUID, stays in base64.
    Names of attributes are one whatever their letter case is; the first spelling counts. The place of an entry is the line of its dn.
    Of change records only those are entries that add one, as ldifde writes them for a whole directory. Raises NotReadable for other ones,
    for values that are in another file (``:<``), and for what is no LDIF.
    """
    spelled: dict[str, str] = {}
    rows: list[Row] = []
    values: dict[str, Any] = {}
    begun = False
    for number, line in _unfolded(text):
        if not line:
            begun = False
            continue
        attribute, value = _attribute(number, line)
        attribute = spelled.setdefault(attribute.lower(), attribute)
        if attribute.lower() == "version" and not rows:
            del spelled["version"]
            if value != "1":
                raise NotReadable(f"line {number}: only version 1 of LDIF is known")
            continue
        if begun == (attribute.lower() == "dn"):
            raise NotReadable(f"line {number}: an entry has to begin with its one dn, after a blank line; ldapsearch writes LDIF with -LLL")
        if not begun:
            values, begun = {}, True
            rows.append(Row(f"{name}:{number}", values))
        _refuse_change(number, attribute.lower(), value)
        _add(values, attribute, value)
    return Rows(tuple(spelled.values()), rows)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, each with its number and with those behind it that go on with it, as their space in front says."""
    start, parts = 0, [""]
    for number, line in enumerate(_LINE_END.split(text.lstrip("\ufeff")), 1):
        if line.startswith(" ") and start and parts[0]:
            parts.append(line[1:])
            continue
        if start and not parts[0].startswith("#"):
            yield start, "".join(parts)
        start, parts = number, [line]
    if start and not parts[0].startswith("#"):
        yield start, "".join(parts)


def _attribute(number: int, line: str) -> tuple[str, str]:
    found = _ATTRIBUTE.fullmatch(line)
    if not found:
        raise NotReadable(f"line {number} is no attribute with a value; only entries are read, without changes to them")
    attribute, sign, value = found.groups()
    if sign == "<":
        raise NotReadable(f"line {number}: the value of {attribute} is in another file, which is not read")
    return attribute, _of_base64(number, attribute, value.strip()) if sign else value


def _of_base64(number: int, attribute: str, value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8")
    except UnicodeDecodeError:
        return value
    except ValueError:
        raise NotReadable(f"line {number}: the value of {attribute} is no valid base64; the file is damaged or cut off") from None


def _refuse_change(number: int, attribute: str, value: str) -> None:
    if attribute == "control" or (attribute == "changetype" and value.strip().lower() != "add"):
        raise NotReadable(f"line {number}: this is a change to an entry; give a file with the entries themselves")


def _add(values: dict[str, Any], attribute: str, value: str) -> None:
    have = values.get(attribute)
    if have is None:
        values[attribute] = value
    elif isinstance(have, list):
        have.append(value)
    else:
        values[attribute] = [have, value]
