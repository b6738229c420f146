/** What a browser loads before it shows anything: what index.html names, scripts that those import included. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

const PAGE = "../src/inspect_scout/_view/dist";
const html = readFileSync(join(PAGE, "index.html"), "utf8");
const path = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map(([, name]) => join(PAGE, name));

export default [{ name: "script and style before the first place", path, limit: "150 kB", gzip: true }];
