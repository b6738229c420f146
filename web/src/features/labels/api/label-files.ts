import { send } from "../../../api/client.ts";
import type {
  LabelsCreateLabelFileData,
  LabelsCreateLabelFileResponse,
  LabelsDeleteLabelFileData,
  LabelsDeleteLabelFileResponse,
  LabelsRenameLabelFileData,
  LabelsRenameLabelFileResponse,
} from "../../../api/generated/types.gen.ts";
import type { Fields } from "../model/cases.ts";

/** Make a file that does not exist yet. */
export function createFile(name: string, cases: readonly Fields[] = []) {
  return send<LabelsCreateLabelFileData, LabelsCreateLabelFileResponse>("POST", "/labels", {
    body: { name, cases: [...cases] },
  });
}

export function renameFile(file: string, name: string) {
  return send<LabelsRenameLabelFileData, LabelsRenameLabelFileResponse>("PUT", "/labels/{file}/name", {
    path: { file },
    body: { name },
  });
}

/** Move a file to the trash. */
export function deleteFile(file: string) {
  return send<LabelsDeleteLabelFileData, LabelsDeleteLabelFileResponse>("DELETE", "/labels/{file}", {
    path: { file },
    etag: "*",
  });
}
