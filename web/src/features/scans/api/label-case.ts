import { queryOptions } from "@tanstack/react-query";
import { read, send, sendTagged } from "../../../api/client.ts";
import { ServerError } from "../../../api/errors.ts";
import type {
  LabelsGetCaseData,
  LabelsGetCaseResponse,
  LabelsListLabelFilesData,
  LabelsListLabelFilesResponse,
  LabelsPutCaseData,
  LabelsPutCaseResponse,
} from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import { caseKey } from "../../../domain/case-key.ts";

export const labelFilesQuery = queryOptions({
  queryKey: queryKeys.labelFiles(),
  queryFn: ({ signal }) =>
    read<LabelsListLabelFilesData, LabelsListLabelFilesResponse>("/labels", { signal }),
});

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
        // There is no case yet: whoever writes the first one overwrites nothing.
        if (isUnknown(error)) return { fields: null, etag: "*" };
        throw error;
      }
    },
  });
}

export function putCase(file: string, id: string, fields: Record<string, unknown>, etag: string) {
  return send<LabelsPutCaseData, LabelsPutCaseResponse>("PUT", "/labels/{file}/cases/{key}", {
    path: { file, key: caseKey(id) },
    body: fields as LabelsPutCaseData["body"],
    etag,
  });
}

/** The server says so where there is no such case in the file, or no case yet. */
function isUnknown(error: unknown): boolean {
  return error instanceof ServerError && (error.status === 404 || /^Unknown case/.test(error.message));
}
