/** What was asked in a scan, from the file that defines it. */

import type { ScanDetail } from "../../../api/generated/types.gen.ts";

type Fields = Readonly<Record<string, unknown>>;

export function askedOfScanner(scan: ScanDetail, scanner: string | undefined) {
  const spec = fields(scan.spec);
  const its = fields(fields(spec.scanners)[scanner ?? ""]);
  const asked = fields(its.asked);
  const filter = fields(spec.transcripts).filter;
  return {
    question: text(asked.question),
    answer: asked.answer ?? null,
    template: text(asked.template),
    parameters: fields(its.params),
    file: text(its.file),
    filter: Array.isArray(filter) ? filter.join(" AND ") : "",
  };
}

/** What else the file says. */
export function settingsOf(scan: ScanDetail): Fields {
  const { scan_id: _, scan_name: __, scanners: ___, validation: ____, ...rest } = fields(scan.spec);
  return rest;
}

export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
