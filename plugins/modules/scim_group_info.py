#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scim_group_info
short_description: Groups of a SCIM service, and who is in them
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads one group, the groups that a filter selects, all groups, or the groups that one person is in.
  - That there is none is an answer and no error. It is never taken on a filter's word alone; where it cannot be shown
    otherwise, the whole list is read.
  - Where a service does not show who is in its groups, the answer is RV(unverifiable), and an empty list means nothing.
extends_documentation_fragment:
  - identityops.lifecycle.scim
  - identityops.lifecycle.attributes.reading
options:
  id:
    description: The id that the service gave the group.
    type: str
  external_id:
    description:
      - The id of the group in your source. If O(id) is not given, the group is looked for by O(external_id), then by
        O(display_name).
    type: str
  display_name:
    description: The name of the group.
    type: str
  member:
    description:
      - Only the groups that this user is in, named by C(user_name), C(external_id), or V(id:) and the id.
      - An id is searched for even if there is no such user any more, because some services leave deleted users in groups.
      - Only direct memberships are told. Groups in groups are not expanded.
      - It is asked with a filter first, and what that finds is verified. That the user is in no group is only said after
        all groups were read. Where O(capabilities.members_read) is V(filter), one question is asked for each group.
      - A service that shows only some of the members of a large group, and does not say so, cannot be seen through.
    type: str
  filter:
    description:
      - A SCIM filter, which the service applies. It is passed on as it is, in the words of the protocol.
      - A service that refuses it, or that ignores filters and answers with everything, fails the task; use O(query) there.
    type: str
  members:
    description:
      - Whether to return who is in the groups. A group may have many thousand members, so the default is V(true) only for
        one group that is asked for by its id, external id or name, or if O(attributes) or O(resolve_members) ask for it.
    type: bool
  resolve_members:
    description:
      - Whether to look up the names of the members, in as few requests as the service allows. Otherwise a member
        is shown as V(id:) and the id.
      - Members who do not exist any more keep their id.
    type: bool
    default: false
  members_among:
    description:
      - Tell of the members only those who are named here, by C(user_name) or by V(id:) and the id, as the groups show them. It asks for
        the members, and shortens no group.
      - It is how to see at once which groups some people are in, where groups have many thousand members; C(member_count) counts all.
    type: list
    elements: str
  attributes:
    description:
      - What to return, by the names that M(identityops.lifecycle.scim_group) and RV(groups) use, for example V(display_name),
        V(members), V(nested_groups) or V(meta); V(extensions) or a schema URN for other schemas.
      - Everything but members is returned by default; the C(id) always is.
    type: list
    elements: str
  query:
    description:
      - A JMESPath expression that is applied to the list of groups, after O(attributes). What it gives is in RV(result).
      - It is applied here and therefore works on every service, but every group has to be read for it.
    type: str
  max_results:
    description: How many groups to return at most.
    type: int
    default: 1000
requirements:
  - jmespath (for O(query))
seealso:
  - module: identityops.lifecycle.scim_group
  - module: identityops.lifecycle.scim_user_info
  - name: SCIM filters
    description: How a filter is written.
    link: https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2
  - name: JMESPath
    description: How a query is written.
    link: https://jmespath.org
"""

EXAMPLES = r"""
- name: Who is on call, by name
  identityops.lifecycle.scim_group_info:
    url: https://directory.example.com/scim/v2
    token: "{{ scim_token }}"
    display_name: On call
    resolve_members: true
  register: on_call

- name: What Ada has
  identityops.lifecycle.scim_group_info:
    member: ada@example.com
  register: memberships

- name: Which groups Ada and Charles are in, in one reading of all groups
  identityops.lifecycle.scim_group_info:
    members_among: ["id:2819c223", "id:c75ad752"]
  register: of_both

- name: Prove that nothing is left
  ansible.builtin.assert:
    that:
      - memberships.groups | length == 0
      - not memberships.unverifiable

- name: Names of all groups
  identityops.lifecycle.scim_group_info:
    query: "[].display_name"
"""

RETURN = r"""
groups:
  description:
    - The groups, in the words of the options of M(identityops.lifecycle.scim_group). Empty if there is none.
    - More than 500 members are shortened; C(member_count) tells how many there are.
  returned: success
  type: list
  elements: dict
  sample:
    - id: e9e30dba
      display_name: Engineers
      members: [ada@example.com, "id:2819c223"]
      nested_groups: []
      member_count: 2
count:
  description: How many groups are returned.
  returned: success
  type: int
  sample: 1
truncated:
  description:
    - Whether there are, or may be, more groups than are returned, because of O(max_results), because the result would be
      longer than 600,000 characters, or because the service did not show its list to the end. A warning says which.
  returned: success
  type: bool
  sample: false
unverifiable:
  description:
    - Whether the service does not show what was asked. With O(member), the user may be in other groups as well, also if none
      is returned; otherwise, C(members) are left out.
    - It is V(true) where the profile or O(capabilities.members_read) says so, where no group shows any member although there
      are groups, where the list of groups could not be read to its end, and where a group was asked for by O(external_id)
      alone and no group on the service has any. A warning says which.
    - An empty group that is asked for alone is taken for empty.
  returned: success
  type: bool
  sample: false
member:
  description: The user whose groups were asked for. C(id) is empty if there is no such user.
  returned: when O(member) is given
  type: dict
  sample:
    exists: true
    id: 2819c223
    user_name: ada@example.com
    external_id: "1815"
read_from:
  description:
    - Where the memberships were read. V(filter) is a filter for the member, V(groups) the list of groups, V(questions) one
      question for each group, V(user) the groups that the user's own record names.
  returned: when O(member) is given
  type: list
  elements: str
  sample: [filter]
result:
  description: What O(query) gives.
  returned: when O(query) is given
  type: raw
  sample: [Engineers]
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
"""

from ..module_utils.reading import READING, groups
from ..module_utils.runner import inform

SPEC = {
    **READING,
    "display_name": {"type": "str"},
    "member": {"type": "str"},
    "members": {"type": "bool"},
    "resolve_members": {"type": "bool", "default": False},
    "members_among": {"type": "list", "elements": "str"},
}

KEYS = ("id", "external_id", "display_name")


def main() -> None:
    either = [("filter", key) for key in KEYS] + [("member", key) for key in (*KEYS, "filter")]
    inform(SPEC, groups, mutually_exclusive=either)


if __name__ == "__main__":
    main()
