#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scim_group
short_description: One group of a SCIM service, and who is in it
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Creates, renames or deletes one group of any service that speaks SCIM 2.0, and adds, removes or sets its members.
  - Only the difference is sent, in as few requests as the service allows, and the members are read back afterwards.
  - On a service that does not show who is in a group, memberships are written once and reported as unverifiable.
extends_documentation_fragment:
  - identityops.lifecycle.scim
  - identityops.lifecycle.scim.writing
  - identityops.lifecycle.attributes.writing
options:
  state:
    description: Whether the group shall exist.
    type: str
    choices: [present, absent]
    default: present
  id:
    description: The id that the service gave the group. It finds a group; it cannot create one.
    type: str
  external_id:
    description:
      - The id of the group in your source. If O(id) is not given, the group is looked for by O(external_id), then by
        O(display_name).
    type: str
  display_name:
    description: The name of the group. Needed to create one.
    type: str
  members:
    description:
      - The people in the group.
      - Each is named by C(user_name), C(external_id), or V(id:) and the id, and has to exist.
    type: dict
    suboptions:
      add:
        description: Who shall be among them. Those who are not named stay.
        type: list
        elements: str
      remove:
        description: Who shall not be among them. Those who are not named stay; somebody who does not exist is fine.
        type: list
        elements: str
      set:
        description: Who shall be in, and nobody else. Cannot be combined with C(add) and C(remove).
        type: list
        elements: str
  nested_groups:
    description:
      - The groups in the group.
      - Each is named by C(display_name), C(external_id), or V(id:) and the id, and has to exist.
    type: dict
    suboptions:
      add:
        description: Which groups shall be among them. Those that are not named stay.
        type: list
        elements: str
      remove:
        description: Which groups shall not be among them. Those that are not named stay; one that does not exist is fine.
        type: list
        elements: str
      set:
        description: Which groups shall be in, and no others. Cannot be combined with C(add) and C(remove).
        type: list
        elements: str
  extensions:
    description: Attributes of other schemas, by schema URN and attribute name. V(null) clears an attribute.
    type: dict
seealso:
  - module: identityops.lifecycle.scim_user
  - module: identityops.lifecycle.scim_group_info
"""

EXAMPLES = r"""
- name: Ada and Charles are in the group, whoever else is
  identityops.lifecycle.scim_group:
    display_name: Engineers
    members:
      add:
        - ada@example.com
        - charles@example.com

- name: Charles is not any more
  identityops.lifecycle.scim_group:
    display_name: Engineers
    members:
      remove:
        - charles@example.com

- name: These two and nobody else
  identityops.lifecycle.scim_group:
    display_name: On call
    members:
      set:
        - ada@example.com
        - grace@example.com

- name: The group is gone
  identityops.lifecycle.scim_group:
    display_name: Project Difference Engine
    state: absent
"""

RETURN = r"""
group:
  description:
    - The group as the service shows it after the task. Empty if there is none.
    - A member whose name the task did not need is shown as V(id:) and the id. More than 500 members are shortened.
  returned: success
  type: dict
  sample:
    id: e9e30dba
    display_name: Engineers
    members: [ada@example.com, "id:2819c223"]
    member_count: 2
requests:
  description:
    - The writes that were sent, in order; in check mode, those that would be. Bodies are left out.
  returned: always
  type: list
  elements: dict
  sample: [{method: PATCH, path: /Groups/2819c223}]
unconverged:
  description:
    - What the service accepted and did not keep, by option. V((existence\)) is the resource itself.
  returned: success, or if something was written and not kept
  type: list
  elements: str
  sample: [external_id]
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
from ..module_utils.core.desired import memberships_from
from ..module_utils.core.resources import GROUP
from ..module_utils.options import attribute_options
from ..module_utils.reconcile.wish import Wish
from ..module_utils.runner import Params, ensure

SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "id": {"type": "str"},
    **attribute_options(GROUP),
    "extensions": {"type": "dict"},
}


def wish_of(params: Params) -> Wish:
    """The options of the task as a wish for a group."""
    identity = Identity(params["id"] or "", params["external_id"] or "", params["display_name"] or "")
    if params["state"] == "absent":
        return Wish(GROUP, identity, None)
    return Wish(GROUP, identity, GROUP.from_options(params), memberships_from(GROUP.memberships, params))


def main() -> None:
    ensure(SPEC, wish_of, required_one_of=[("id", "external_id", "display_name")])


if __name__ == "__main__":
    main()
