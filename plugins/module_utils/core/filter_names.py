# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names in a filter. One that no resource has would select nobody, and in a ``not`` everybody: it is refused."""

from __future__ import annotations

from collections.abc import Sequence

from .attributes import ELEMENTS, ENTERPRISE_SCHEMA, GROUP_SCHEMA, REFERENCES, USER_SCHEMA, Attribute
from .filters import misnamed

# What every resource has (RFC 7643 section 3.1).
_COMMON = ("schemas", "id", "externalId", "meta")
_META = ("resourceType", "created", "lastModified", "location", "version")
_GROUPS = "groups"  # what users have besides (section 4.1.2)
# What every multi-valued attribute may have (RFC 7643 section 2.4).
_OF_ELEMENTS = ("value", "display", "type", "primary", "$ref")


_SCHEMAS = tuple(schema.lower() for schema in (USER_SCHEMA, GROUP_SCHEMA, ENTERPRISE_SCHEMA))


def is_schema(urn: str) -> bool:
    """Whether this is a schema alone, without the attribute that has to follow."""
    return urn.lower() in _SCHEMAS


def fault(path: str, attributes: Sequence[Attribute]) -> str:
    """What is wrong with a name without a URN, "" if nothing is. attributes: those of the resources that are selected."""
    called = path.lower()
    for name in (called.partition(".")[0], called):
        for attribute in misnamed(name, (*attributes, *_sub_attributes(attributes))):
            return f"{name} is the name of an option; in a filter it is {attribute.wire}"
    if called in _known(attributes):
        return ""
    for attribute in attributes:
        if attribute.wire.lower() == f"{ENTERPRISE_SCHEMA}:{called.partition('.')[0]}".lower():
            return f"{path} is an attribute of an extension; in a filter it is {ENTERPRISE_SCHEMA}:{path}"
    return (
        f"{path} is not in the core schema (RFC 7643 section 4); an attribute of another schema, or one that "
        "the service added, is written with the URN of the schema before it"
    )


def _sub_attributes(attributes: Sequence[Attribute]) -> list[Attribute]:
    return [
        Attribute(f"{attribute.option}.{sub.option}", f"{attribute.wire}.{sub.wire}")
        for attribute in attributes
        for sub in attribute.sub
    ]


def _known(attributes: Sequence[Attribute]) -> set[str]:
    """Every path of the core schema, in lower case."""
    own = [attribute for attribute in attributes if not attribute.wire.lower().startswith("urn:")]
    lists = [attribute.wire for attribute in own if attribute.kind in (ELEMENTS, REFERENCES)]
    paths = {*_COMMON, *(f"meta.{name}" for name in _META)}
    paths |= {attribute.wire for attribute in (*own, *_sub_attributes(own))}
    paths |= {attribute.wire.partition(".")[0] for attribute in own}  # name
    if any(attribute.option == "user_name" for attribute in own):
        lists.append(_GROUPS)
    paths |= {*lists}
    paths |= {f"{name}.{sub}" for name in ("schemas", *lists) for sub in _OF_ELEMENTS}
    return {path.lower() for path in paths}
