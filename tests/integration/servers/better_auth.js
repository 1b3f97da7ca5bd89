// Copyright (c) 2026, The identityops.lifecycle authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Better Auth's SCIM plugin on its memory adapter: a real product's narrow, strict service. A code-defined connection holds the
// token; the plugin needs no sign-in and no session then. Groups and direct memberships are part of this version.

import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";
import { scim } from "@better-auth/scim";
import { serve } from "./serve.js";

serve((origin) => {
    const options = {
        baseURL: origin,
        secret: "only for tests on loopback, no secret at all",
        rateLimit: { enabled: false },
        telemetry: { enabled: false },
        plugins: [scim({
            connections: [{ id: "tests", credentials: [{ type: "bearer", id: "tests", token: process.env.SCIM_TOKEN }] }],
        })],
    };
    // The memory adapter wants an empty list for every table.
    const tables = Object.values(getAuthTables(options)).map((table) => [table.modelName, []]);
    return toNodeHandler(betterAuth({ ...options, database: memoryAdapter(Object.fromEntries(tables)) }));
}, "/api/auth/scim/v2");
