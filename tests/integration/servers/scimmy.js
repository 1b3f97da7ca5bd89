// Copyright (c) 2026, The identityops.lifecycle authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// SCIMMY (scimmy, scimmy-routers): an independent protocol layer over a small store. The store decides what is unique,
// gives ids and keeps dates; everything else, quirks included, is SCIMMY's own behaviour.

import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import { serve } from "./serve.js";

const token = process.env.SCIM_TOKEN;

function store(unique) {
    const rows = new Map();
    const same = (one, other) => one !== undefined && String(one).toLowerCase() === String(other).toLowerCase();

    const find = (id) => {
        if (!rows.has(id)) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
        return rows.get(id);
    };
    return {
        ingress({ id }, data) {
            const before = id === undefined ? undefined : find(id);
            for (const row of rows.values()) {
                if (row.id !== id && unique && same(row[unique], data[unique])) {
                    throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
                }
            }
            const now = new Date().toISOString();
            // Through JSON: SCIMMY's own objects are frozen, and what is stored must not change with what was sent.
            const row = { ...JSON.parse(JSON.stringify(data)), id: id ?? randomUUID() };
            row.meta = { created: before?.meta.created ?? now, lastModified: now };
            rows.set(row.id, row);
            return row;
        },
        egress({ id, filter }) {
            if (id !== undefined) return find(id);
            return filter ? filter.match([...rows.values()]) : [...rows.values()];
        },
        degress({ id }) {
            find(id);
            rows.delete(id);
        },
    };
}

SCIMMY.Config.set({
    patch: true,
    filter: { supported: true, maxResults: 200 },
    sort: true,
    bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1048576 },
});
SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), store("userName"));
SCIMMY.Resources.declare(SCIMMY.Resources.Group, store());

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("Wrong token");
        return "integration-test";
    },
}));
serve(() => app, "/scim/v2");
