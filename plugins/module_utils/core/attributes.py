# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes of SCIM users and groups, as data (RFC 7643 sections 4 and 8.7.1).

One row an attribute drives everything else: the module's option, the comparison, the PATCH path and the wire form.
An attribute is named by its *option* (``user_name``, ``name.given_name``, ``emails``); its *wire* path is what
RFC 7644 section 3.10 writes (``userName``, ``name.givenName``, ``emails``, ``urn:...:User:department``).
"""

from __future__ import annotations

from dataclasses import dataclass

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

TEXT = "text"  # a string whose letter case people care about: names, titles
NAME = "name"  # a string that servers may fold: userName and the like (caseExact false)
EXACT = "exact"  # a string compared to the letter (caseExact true)
PHONE = "phone"  # a telephone number: punctuation does not count (RFC 3966 section 5)
BOOLEAN = "boolean"
ELEMENTS = "elements"  # a multi-valued complex attribute: an unordered set of elements
REFERENCE = "reference"  # one user, named by user_name and sent as {"value": id}
REFERENCES = "references"  # a set of members, named by user_name or display_name and sent as ids
ANY = "any"  # an attribute of a schema that we have no table of: JSON, compared by structure


@dataclass(frozen=True)
class Attribute:
    """One attribute.

    option: its name in tasks, plans and results; a dot separates a sub-attribute.
    wire: its path in the protocol.
    kind: how values are compared, one of the constants above.
    sub: for ELEMENTS, the rows of an element's sub-attributes; the first is the one that identifies an element.
    write_only: never returned by a service (password), so never compared.
    target: for REFERENCE and REFERENCES, the resource that is referred to: ``User`` or ``Group``.
    absent_means: for BOOLEAN, the value that a missing attribute stands for.
    keeps_case: for NAME, a change of letter case alone is tried where the service shows that it keeps letter case.
    """

    option: str
    wire: str
    kind: str = TEXT
    sub: tuple[Attribute, ...] = ()
    write_only: bool = False
    target: str = ""
    absent_means: bool | None = None
    keeps_case: bool = False

    @property
    def multi_valued(self) -> bool:
        return self.kind in (ELEMENTS, REFERENCES)


# An element that does not say that it is the primary one is not (RFC 7643 section 2.4).
_PRIMARY = Attribute("primary", "primary", BOOLEAN, absent_means=False)


def _element(identifying: Attribute, *others: Attribute) -> tuple[Attribute, ...]:
    """Sub-attributes of a multi-valued attribute (RFC 7643 section 2.4)."""
    return (identifying, *others, Attribute("type", "type", NAME), _PRIMARY)


_DISPLAY = Attribute("display", "display")
_PLAIN = _element(Attribute("value", "value", EXACT), _DISPLAY)
_ADDRESS = (
    Attribute("type", "type", NAME),
    Attribute("formatted", "formatted"),
    Attribute("street_address", "streetAddress"),
    Attribute("locality", "locality"),
    Attribute("region", "region"),
    Attribute("postal_code", "postalCode"),
    Attribute("country", "country"),
    _PRIMARY,
)

_EMAIL = Attribute("value", "value", NAME)
_NUMBER = Attribute("value", "value", PHONE)

USER_ATTRIBUTES = (
    Attribute("user_name", "userName", NAME, keeps_case=True),
    Attribute("external_id", "externalId", EXACT),
    # A service that knows no deactivation leaves "active" out: who is there, is active.
    Attribute("active", "active", BOOLEAN, absent_means=True),
    Attribute("display_name", "displayName"),
    Attribute("name.formatted", "name.formatted"),
    Attribute("name.family_name", "name.familyName"),
    Attribute("name.given_name", "name.givenName"),
    Attribute("name.middle_name", "name.middleName"),
    Attribute("name.honorific_prefix", "name.honorificPrefix"),
    Attribute("name.honorific_suffix", "name.honorificSuffix"),
    Attribute("nick_name", "nickName"),
    Attribute("profile_url", "profileUrl", EXACT),
    Attribute("title", "title"),
    Attribute("user_type", "userType"),
    Attribute("preferred_language", "preferredLanguage", NAME),
    Attribute("locale", "locale", NAME),
    Attribute("timezone", "timezone", NAME),
    Attribute("password", "password", EXACT, write_only=True),
    Attribute("emails", "emails", ELEMENTS, _element(_EMAIL, _DISPLAY)),
    Attribute("phone_numbers", "phoneNumbers", ELEMENTS, _element(_NUMBER, _DISPLAY)),
    Attribute("ims", "ims", ELEMENTS, _element(Attribute("value", "value", NAME), _DISPLAY)),
    Attribute("photos", "photos", ELEMENTS, _PLAIN),
    Attribute("addresses", "addresses", ELEMENTS, _ADDRESS),
    Attribute("entitlements", "entitlements", ELEMENTS, _PLAIN),
    Attribute("roles", "roles", ELEMENTS, _PLAIN),
    Attribute("x509_certificates", "x509Certificates", ELEMENTS, _PLAIN),
    Attribute("employee_number", f"{ENTERPRISE_SCHEMA}:employeeNumber", EXACT),
    Attribute("cost_center", f"{ENTERPRISE_SCHEMA}:costCenter"),
    Attribute("organization", f"{ENTERPRISE_SCHEMA}:organization"),
    Attribute("division", f"{ENTERPRISE_SCHEMA}:division"),
    Attribute("department", f"{ENTERPRISE_SCHEMA}:department"),
    Attribute("manager", f"{ENTERPRISE_SCHEMA}:manager", REFERENCE, target="User"),
)

GROUP_ATTRIBUTES = (
    Attribute("display_name", "displayName"),
    Attribute("external_id", "externalId", EXACT),
    Attribute("members", "members", REFERENCES, target="User"),
    Attribute("nested_groups", "members", REFERENCES, target="Group"),
)
