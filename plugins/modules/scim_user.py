#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scim_user
short_description: One user of a SCIM service
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Creates, updates, reactivates, deactivates or deletes one user of any service that speaks SCIM 2.0 (RFC 7643 and RFC 7644).
  - Only the attributes that are given are compared and written; everything else is left as it is.
  - After writing, the user is read back and compared. What the service did not keep is reported, never taken for success.
extends_documentation_fragment:
  - identityops.lifecycle.scim
  - identityops.lifecycle.scim.writing
  - identityops.lifecycle.attributes.writing
options:
  state:
    description:
      - V(present) makes sure that the user exists, is active, and is as the other options say. An inactive user is reactivated.
      - V(absent) makes sure that the user can no longer be used, as O(absent_mode) says.
    type: str
    choices: [present, absent]
    default: present
  id:
    description: The id that the service gave the user. It finds a user; it cannot create one.
    type: str
  external_id:
    description:
      - The id of the user in your source of people. The best key, because it survives renaming and marriages.
      - If O(id) is not given, the user is looked for by O(external_id), then by O(user_name).
      - A user that is found by name and has another external id is somebody else, and the task fails.
    type: str
  user_name:
    description: The name by which the user signs in. Needed to create a user.
    type: str
  active:
    description: Whether the user may sign in. With O(state=present) it defaults to V(true).
    type: bool
  display_name:
    description: The name that people see.
    type: str
  name:
    description: The parts of the user's name. An empty string clears a part.
    type: dict
    suboptions:
      formatted:
        description: The full name, formatted.
        type: str
      family_name:
        description: The family name.
        type: str
      given_name:
        description: The given name.
        type: str
      middle_name:
        description: The middle name or names.
        type: str
      honorific_prefix:
        description: What comes before the name, such as a title.
        type: str
      honorific_suffix:
        description: What comes after the name.
        type: str
  nick_name:
    description: The casual name.
    type: str
  profile_url:
    description: Address of the user's page.
    type: str
  title:
    description: The job title; an empty string clears it, as with every text here.
    type: str
  user_type:
    description: The relation to the organization, for example V(Employee).
    type: str
  preferred_language:
    description: Languages, as in the header C(Accept-Language).
    type: str
  locale:
    description: For numbers, currency and dates, for example V(en-GB).
    type: str
  timezone:
    description: IANA time zone, for example V(Europe/Vienna).
    type: str
  password:
    description: The password. It is never returned, so O(update_password) says when it is sent.
    type: str
  update_password:
    description:
      - V(on_create) gives the password to a new user only.
      - V(always) sends it each time; the task is then always changed, because nobody can read a password back.
    type: str
    choices: [on_create, always]
    default: on_create
  emails:
    description:
      - E-mail addresses.
      - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
    type: list
    elements: dict
    suboptions:
      value:
        description: The address.
        type: str
      display:
        description: What people call it.
        type: str
      type:
        description: Its kind, for example V(work) or V(home).
        type: str
      primary:
        description: Whether it is the main one; at most one may be.
        type: bool
  phone_numbers:
    description:
      - Telephone numbers. Spaces and punctuation do not count.
      - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
    type: list
    elements: dict
    suboptions:
      value:
        description: The number.
        type: str
      display:
        description: What people call it.
        type: str
      type:
        description: Its kind, for example V(work) or V(mobile).
        type: str
      primary:
        description: Whether it is the main one; at most one may be.
        type: bool
  ims:
    description:
      - Instant messaging addresses.
      - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
    type: list
    elements: dict
    suboptions:
      value:
        description: The address.
        type: str
      display:
        description: What people call it.
        type: str
      type:
        description: Its kind, for example V(xmpp).
        type: str
      primary:
        description: Whether it is the main one; at most one may be.
        type: bool
  photos:
    description:
      - Addresses of pictures.
      - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
    type: list
    elements: dict
    suboptions:
      value:
        description: The address.
        type: str
      display:
        description: What people call it.
        type: str
      type:
        description: Its kind, for example V(photo).
        type: str
      primary:
        description: Whether it is the main one; at most one may be.
        type: bool
  addresses:
    description:
      - Postal addresses; each is known by its type.
      - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
    type: list
    elements: dict
    suboptions:
      type:
        description: Its kind, for example V(work) or V(home).
        type: str
      formatted:
        description: The whole address, formatted for a label.
        type: str
      street_address:
        description: Street and house number.
        type: str
      locality:
        description: City.
        type: str
      region:
        description: State or region.
        type: str
      postal_code:
        description: Postal code.
        type: str
      country:
        description: Country, as two letters (ISO 3166-1).
        type: str
      primary:
        description: Whether it is the main one; at most one may be.
        type: bool
  entitlements:
    description:
      - What the user is entitled to.
      - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
    type: list
    elements: dict
    suboptions:
      value:
        description: The entitlement.
        type: str
      display:
        description: What people call it.
        type: str
      type:
        description: Its kind, as the service defines it.
        type: str
      primary:
        description: Whether it is the main one; at most one may be.
        type: bool
  roles:
    description:
      - The user's roles.
      - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
    type: list
    elements: dict
    suboptions:
      value:
        description: The role.
        type: str
      display:
        description: What people call it.
        type: str
      type:
        description: Its kind, as the service defines it.
        type: str
      primary:
        description: Whether it is the main one; at most one may be.
        type: bool
  x509_certificates:
    description:
      - Certificates.
      - The list is the whole wish; an empty list clears the attribute. Of an entry only what is given is compared.
    type: list
    elements: dict
    suboptions:
      value:
        description: The certificate, DER in Base64.
        type: str
      display:
        description: What people call it.
        type: str
      type:
        description: Its kind, as the service defines it.
        type: str
      primary:
        description: Whether it is the main one; at most one may be.
        type: bool
  employee_number:
    description: Number in the organization (enterprise schema).
    type: str
  cost_center:
    description: Cost center (enterprise schema).
    type: str
  organization:
    description: Organization (enterprise schema).
    type: str
  division:
    description: Division (enterprise schema).
    type: str
  department:
    description: Department (enterprise schema).
    type: str
  manager:
    description:
      - The manager, by C(user_name), C(external_id), or V(id:) and the id (enterprise schema).
      - The manager has to exist.
    type: str
  extensions:
    description:
      - Attributes of other schemas, by schema URN and attribute name. V(null) clears an attribute.
    type: dict
  absent_mode:
    description:
      - What O(state=absent) means.
      - V(delete) deletes the user. Services that only deactivate a deleted user are recognized.
      - V(deactivate) sets C(active) to V(false) and keeps the user.
      - V(delete_or_deactivate) deactivates where the service refuses to delete.
    type: str
    choices: [delete, deactivate, delete_or_deactivate]
    default: delete
seealso:
  - module: identityops.lifecycle.scim_group
  - module: identityops.lifecycle.scim_user_info
  - name: SCIM core schema
    description: The attributes and what they mean.
    link: https://www.rfc-editor.org/rfc/rfc7643
"""

EXAMPLES = r"""
- name: Ada joins
  identityops.lifecycle.scim_user:
    url: https://directory.example.com/scim/v2
    token: "{{ scim_token }}"
    external_id: "1815"
    user_name: ada@example.com
    name:
      given_name: Ada
      family_name: Lovelace
    emails:
      - value: ada@example.com
        type: work
        primary: true
    title: Analyst
    department: Engines
    manager: charles@example.com

- name: Ada moves, and nothing but this changes
  identityops.lifecycle.scim_user:
    external_id: "1815"
    title: Chief Analyst
    department: Algorithms

- name: Ada has no title any more
  identityops.lifecycle.scim_user:
    external_id: "1815"
    title: ""

- name: Ada leaves, and her account is kept
  identityops.lifecycle.scim_user:
    external_id: "1815"
    state: absent
    absent_mode: deactivate

- name: An attribute of a schema of our own
  identityops.lifecycle.scim_user:
    user_name: ada@example.com
    extensions:
      urn:example:params:scim:schemas:extension:staff:2.0:User:
        badge: A-17

- name: Credentials once for all modules
  module_defaults:
    group/identityops.lifecycle.scim:
      url: https://directory.example.com/scim/v2
      token: "{{ scim_token }}"
  block:
    - name: Charles joins
      identityops.lifecycle.scim_user:
        user_name: charles@example.com
"""

RETURN = r"""
user:
  description:
    - The user as the service shows it after the task, in the words of the options. Empty if there is none.
  returned: success
  type: dict
  sample:
    id: 2819c223
    external_id: "1815"
    user_name: ada@example.com
    active: true
    name:
      given_name: Ada
      family_name: Lovelace
    emails:
      - value: ada@example.com
        type: work
        primary: true
    title: Chief Analyst
    meta:
      resourceType: User
requests:
  description:
    - The writes that were sent, in order; in check mode, those that would be. Bodies are left out.
  returned: always
  type: list
  elements: dict
  sample: [{method: PATCH, path: /Users/2819c223}]
unconverged:
  description:
    - What the service accepted and did not keep, by option. V((existence\)) is the resource itself.
  returned: success, or if something was written and not kept
  type: list
  elements: str
  sample: [title]
unverifiable:
  description: What the service does not show, so that it could not be verified.
  returned: success, or if something was written and not kept
  type: list
  elements: str
  sample: []
status:
  description: The HTTP status with which the service answered the request that failed.
  returned: when the service refused a request
  type: int
  sample: 400
scim_type:
  description: The keyword of RFC 7644 section 3.12 for the error; empty if the service gave none.
  returned: when the service refused a request
  type: str
  sample: invalidValue
detail:
  description: What the service said about the error, in its own words.
  returned: when the service refused a request
  type: str
  sample: no more licences
request_id:
  description: The id by which the support of the service finds the request; empty if the service gave none.
  returned: when the service refused a request
  type: str
  sample: 8c2f2c9a
request:
  description: The request that failed.
  returned: when the service refused a request
  type: dict
  sample: {method: POST, path: /Users}
candidates:
  description: The ids of the resources that answer to the given names.
  returned: when more than one does, which is refused
  type: list
  elements: str
  sample: [2819c223, e9e30dba]
protected:
  description: Whether the task was refused because of O(protected).
  returned: when it was
  type: bool
  sample: true
"""

from ..module_utils.client.lookup import Identity
from ..module_utils.core.resources import USER
from ..module_utils.options import attribute_options
from ..module_utils.reconcile.wish import DEACTIVATE, DELETE, DELETE_OR_DEACTIVATE, Wish
from ..module_utils.runner import Params, ensure

SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "id": {"type": "str"},
    **attribute_options(USER),
    "extensions": {"type": "dict"},
    "update_password": {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False},
    "absent_mode": {"type": "str", "choices": [DELETE, DEACTIVATE, DELETE_OR_DEACTIVATE], "default": DELETE},
}


def wish_of(params: Params) -> Wish:
    """The options of the task as a wish for a user."""
    attributes = None
    if params["state"] == "present":
        attributes = {"active": True, **USER.from_options(params)}
    return Wish(
        USER,
        Identity(params["id"] or "", params["external_id"] or "", params["user_name"] or ""),
        attributes,
        absent=params["absent_mode"],
        keep_password=params["update_password"] == "on_create",
    )


def main() -> None:
    ensure(SPEC, wish_of, required_one_of=[("id", "external_id", "user_name")])


if __name__ == "__main__":
    main()
