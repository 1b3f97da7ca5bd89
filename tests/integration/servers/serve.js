// Copyright (c) 2026, The identityops.lifecycle authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Listen on a free port of loopback, say where, and end with the process that started this one.

import { createServer } from "node:http";

export function serve(handlerOf, path) {
    let handler;
    const server = createServer((request, response) => handler(request, response));
    server.listen(0, "127.0.0.1", () => {
        const origin = `http://127.0.0.1:${server.address().port}`;
        handler = handlerOf(origin);
        console.log(`ready ${origin}${path}`);
    });
    process.stdin.on("end", () => process.exit(0)).resume();
}
