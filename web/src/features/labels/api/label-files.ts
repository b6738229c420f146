import { send } from "../../../api/client.ts";
import type { Fields } from "../model/cases.ts";

/** Make a file that does not exist yet. */
export function createFile(name: string, cases: readonly Fields[] = []) {
  return send("POST", "/labels", {
    body: { name, cases: [...cases] },
  });
}

export function renameFile(file: string, name: string) {
  return send("PUT", "/labels/{file}/name", {
    path: { file },
    body: { name },
  });
}

/** Move a file to the trash. */
export function deleteFile(file: string) {
  return send("DELETE", "/labels/{file}", {
    path: { file },
    etag: "*",
  });
}
