# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of an HR extract in which one WorkerID belongs to several people, active and inactive at once.

Some columns of ten rows of PowerShell/CSV2SCIM/Samples/Sample1 in https://github.com/AzureAD/entra-id-inbound-provisioning,
copyright (c) Microsoft Corporation, under the MIT License, whose text follows.
"""

# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files (the "Software"), to deal in the Software without restriction, including without
# limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the
# Software, and to permit persons to whom the Software is furnished to do so, subject to the following
# conditions:
#
# The above copyright notice and this permission notice shall be included in all copies or substantial portions
# of the Software.
#
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED
# TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL
# THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
# CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
# DEALINGS IN THE SOFTWARE.

from __future__ import annotations

import csv
import io
from typing import Any

ROWS = """\
WorkerID,WorkerStatus,UserID,FullName,ManagerID,JobTitle
1513,Active,EMP1513,Ginnie Fadiman,1959,Project Manager
1521,Inactive,EMP1521,Winifred Firmin,1895,Business Analyst
1954,Active,EMP1954,Florie Kravits,1777,Customer Service Representative
1521,Active,EMP1521,Gabriellia Chrystel,1936,Customer Service Representative
1521,Active,EMP1521,Dawn Arvo,1729,Vice President
1954,Inactive,EMP1954,Dianemarie Stephie,1279,Software Developer
1954,Inactive,EMP1954,Camile Tryck,1323,Accountant
1513,Active,EMP1513,Chandra Avi,1333,Vice President
1783,Active,EMP1783,Genevra Melony,1535,Software Developer
1895,Active,EMP1895,Nyssa Roscoe,1293,Engineering Manager
"""


def entries(*worker_ids: str) -> list[dict[str, Any]]:
    """The rows as the mapping of that repository's AttributeMapping.psd1 makes users of them; of these workers only, if any are named."""
    return [
        {
            "external_id": row["WorkerID"],
            "user_name": f"{row['UserID'].lower()}@example.com",
            "active": row["WorkerStatus"] == "Active",
            "display_name": row["FullName"],
            "title": row["JobTitle"],
            "manager": row["ManagerID"],
        }
        for row in csv.DictReader(io.StringIO(ROWS))
        if not worker_ids or row["WorkerID"] in worker_ids
    ]
