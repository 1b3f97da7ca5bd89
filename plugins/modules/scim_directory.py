#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scim_directory
short_description: Many users and groups of a SCIM service in one task
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Makes a list of users and a list of groups with members true on any service that speaks SCIM 2.0, over one connection.
  - It creates, updates and reactivates users, creates and updates groups, and adds members. It removes nobody from anything,
    and leaves everybody who is not listed alone.
  - Everybody is looked up, and everything is checked, before the first write. Long lists are compared with the list of the
    service, which is read once, so that a run that changes nothing costs a few requests.
  - Who fails does not keep the others from being done. The task then fails and names each failure, and the next run
    finishes the job.
extends_documentation_fragment:
  - identityops.lifecycle.scim
  - identityops.lifecycle.scim.writing
  - identityops.lifecycle.attributes.writing
options:
  users:
    description:
      - The users, in the language of M(identityops.lifecycle.scim_user). An empty list is refused.
      - Two entries with the same C(external_id) or C(user_name) are refused.
    type: list
    elements: dict
    suboptions:
      external_id:
        description:
          - The id of the user in your source of people. The best key, because it survives renaming and marriages.
          - The user is looked for by C(external_id), then by C(user_name).
          - A user that is found by name and has another external id is somebody else, and fails.
        type: str
      user_name:
        description: The name by which the user signs in. Needed to create a user.
        type: str
      active:
        description: Whether the user may sign in. It defaults to V(true).
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
          - The manager may be another user of the list. Everybody is written after their manager.
        type: str
      extensions:
        description:
          - Attributes of other schemas, by schema URN and attribute name. V(null) clears an attribute.
        type: dict
  groups:
    description:
      - The groups, in the language of M(identityops.lifecycle.scim_group). An empty list is refused.
      - Two entries with the same C(external_id) or C(display_name) are refused.
    type: list
    elements: dict
    suboptions:
      external_id:
        description: The id of the group in your source. The group is looked for by C(external_id), then by C(display_name).
        type: str
      display_name:
        description: The name of the group. Needed to create one.
        type: str
      members:
        description: The people in the group.
        type: dict
        suboptions:
          add:
            description:
              - Who shall be among them, by C(user_name), C(external_id), or V(id:) and the id. Those who are not named stay.
              - Users of O(users) may be named, too.
            type: list
            elements: str
      nested_groups:
        description: The groups in the group.
        type: dict
        suboptions:
          add:
            description: Which shall be among them, by C(display_name), C(external_id), or V(id:) and the id. They have to exist.
            type: list
            elements: str
      extensions:
        description: Attributes of other schemas, by schema URN and attribute name. V(null) clears an attribute.
        type: dict
  max_reported:
    description: How many entries each list of the result holds at most; the counts are always complete.
    type: int
    default: 100
notes:
  - Passwords are left out on purpose; give them with M(identityops.lifecycle.scim_user).
  - AWX drops a result of more than 700,000 characters, and the task's own options are part of it.
seealso:
  - module: identityops.lifecycle.scim_user
  - module: identityops.lifecycle.scim_group
"""

EXAMPLES = r"""
- name: Two people join, in their department and under their manager
  identityops.lifecycle.scim_directory:
    users:
      - external_id: "1791"
        user_name: charles@example.com
        title: Director
        department: Engines
      - external_id: "1815"
        user_name: ada@example.com
        name:
          given_name: Ada
          family_name: Lovelace
        department: Engines
        manager: "1791"
    groups:
      - display_name: Engines
        members:
          add:
            - "1791"
            - "1815"

- name: Everybody of a file
  identityops.lifecycle.scim_directory:
    users: "{{ lookup('ansible.builtin.file', 'people.json') | from_json }}"
"""

RETURN = r"""
counts:
  description: How many resources were created, updated, found as they should be, or failed.
  returned: unless the task was refused as a whole, before the first write
  type: dict
  sample: {create: 2, update: 0, unchanged: 105, failed: 0}
resources:
  description: What was done with each resource that did not fail. In check mode, a resource that would be created has no id.
  returned: unless the task was refused as a whole, before the first write
  type: list
  elements: dict
  sample: [{kind: User, key: ada@example.com, id: 2819c223, verb: create}]
failures:
  description: What failed, with the reason. Everything else was done.
  returned: unless the task was refused as a whole, before the first write
  type: list
  elements: dict
  sample: [{kind: User, key: ada@example.com, msg: "POST /Users was answered with status 400: no more licences"}]
requests:
  description:
    - The writes that were sent, in order; in check mode, those that would be. Bodies are left out.
  returned: always
  type: list
  elements: dict
  sample: [{method: POST, path: /Users}]
unconverged:
  description:
    - What the service accepted and did not keep, by resource and option. V((existence\)) is the resource itself.
  returned: unless the task was refused as a whole, before the first write
  type: list
  elements: dict
  sample: [{kind: User, key: ada@example.com, paths: [title]}]
unverifiable:
  description: What the service does not show, so that it could not be verified.
  returned: unless the task was refused as a whole, before the first write
  type: list
  elements: dict
  sample: []
truncated:
  description: Whether one of the lists was cut, because it has more than O(max_reported) entries or than 80,000 characters.
  returned: unless the task was refused as a whole, before the first write
  type: bool
  sample: false
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
from ..module_utils.core.desired import memberships_from
from ..module_utils.core.errors import InvalidInput
from ..module_utils.core.resources import GROUP, USER, Resource
from ..module_utils.core.roll import refuse_doubles, refuse_nobody, superiors_first
from ..module_utils.options import Spec, attribute_options
from ..module_utils.reconcile.wish import Wish
from ..module_utils.runner import Params, ensure_many


def entries(resource: Resource, *without: str) -> Spec:
    """The options of an entry: those of the single module that say how a resource shall be."""
    options = {name: option for name, option in attribute_options(resource).items() if name not in without}
    return {**options, "extensions": {"type": "dict"}}


ONLY_ADD = {"type": "dict", "options": {"add": {"type": "list", "elements": "str"}}}
SPEC: Spec = {
    "users": {
        "type": "list",
        "elements": "dict",
        "options": entries(USER, "password"),
        "required_one_of": [("external_id", "user_name")],
    },
    "groups": {
        "type": "list",
        "elements": "dict",
        "options": {**entries(GROUP), "members": ONLY_ADD, "nested_groups": ONLY_ADD},
        "required_one_of": [("external_id", "display_name")],
    },
    "max_reported": {"type": "int", "default": 100},
}


def wishes_of(params: Params) -> tuple[list[Wish], list[Wish]]:
    """The options of the task as wishes for users, in the order in which they can be written, and for groups."""
    for option in ("users", "groups"):
        if params[option] == []:
            raise InvalidInput(f"{option} is empty; nothing was written: leave the option out if you mean nobody")
    users, groups = params["users"] or [], params["groups"] or []
    refuse_nobody("users", users, ("external_id", "user_name"), "user")
    refuse_nobody("groups", groups, ("external_id", "display_name"), "group")
    refuse_doubles("users", users, ("external_id", "user_name"))
    refuse_doubles("groups", groups, ("external_id", "display_name"))
    order = superiors_first(users, ("user_name", "external_id"), "manager")
    return [user_of(users[position]) for position in order], [group_of(group) for group in groups]


def user_of(entry: Params) -> Wish:
    """One entry of users."""
    identity = Identity(external_id=entry["external_id"] or "", name=entry["user_name"] or "")
    return Wish(USER, identity, {"active": True, **USER.from_options(entry)})


def group_of(entry: Params) -> Wish:
    """One entry of groups."""
    identity = Identity(external_id=entry["external_id"] or "", name=entry["display_name"] or "")
    return Wish(GROUP, identity, GROUP.from_options(entry), memberships_from(GROUP.memberships, entry))


def main() -> None:
    ensure_many(SPEC, wishes_of, required_one_of=[("users", "groups")])


if __name__ == "__main__":
    main()
