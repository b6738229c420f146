import { queryOptions } from "@tanstack/react-query";
import { read, send, sendTagged } from "../../../api/client.ts";
import { ServerError } from "../../../api/errors.ts";
import type {
  LabelsDeleteCaseData,
  LabelsDeleteCaseResponse,
  LabelsGetCaseData,
  LabelsGetCaseResponse,
  LabelsListCasesData,
  LabelsListCasesResponse,
  LabelsListLabelFilesData,
  LabelsListLabelFilesResponse,
  LabelsPutCaseData,
  LabelsPutCaseResponse,
} from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import { caseKey } from "../../../domain/case-key.ts";

export function labelFilesQuery() {
  return queryOptions({
    queryKey: queryKeys.labelFiles(),
    queryFn: ({ signal }) =>
      read<LabelsListLabelFilesData, LabelsListLabelFilesResponse>("/labels", { signal }),
  });
}

export interface KnownCase {
  /** What the file says of the transcript; null: nothing yet. */
  fields: Record<string, unknown> | null;
  etag: string;
}

/** The case of a file that is about a transcript. */
export function labelCaseQuery(file: string, id: string) {
  return queryOptions({
    queryKey: queryKeys.labelCase(file, id),
    queryFn: async ({ signal }): Promise<KnownCase> => {
      try {
        const { content, etag } = await sendTagged<LabelsGetCaseData, LabelsGetCaseResponse>(
          "GET",
          "/labels/{file}/cases/{key}",
          { path: { file, key: caseKey(id) }, signal },
        );
        return { fields: content.fields, etag: etag ?? "*" };
      } catch (error) {
        if (!isUnknown(error)) throw error;
        const cases = await read<LabelsListCasesData, LabelsListCasesResponse>("/labels/{file}", {
          path: { file },
          query: { limit: 1 },
          signal,
        });
        return { fields: null, etag: cases.etag };
      }
    },
    enabled: file !== "",
  });
}

/** There is no such case yet: the server names it as one that it does not know. */
function isUnknown(error: unknown): boolean {
  return error instanceof ServerError && (error.status === 404 || /^Unknown case/.test(error.message));
}

export function putCase(file: string, id: string, fields: Record<string, unknown>, etag: string) {
  return send<LabelsPutCaseData, LabelsPutCaseResponse>("PUT", "/labels/{file}/cases/{key}", {
    path: { file, key: caseKey(id) },
    body: fields as LabelsPutCaseData["body"],
    etag,
  });
}

export function deleteCase(file: string, id: string, etag: string) {
  return send<LabelsDeleteCaseData, LabelsDeleteCaseResponse>("DELETE", "/labels/{file}/cases/{key}", {
    path: { file, key: caseKey(id) },
    etag,
  });
}
