/** Labels that are given beside a result: what a key stands for, and which file takes it. */

import type { FindingsItem, LabelFileItem } from "../../../api/generated/types.gen.ts";
import { fields } from "./asked-of.ts";
import { valueWords } from "./result-row.ts";

export interface Target {
  /** The key that gives it. */
  key: string;
  name: string;
  value: unknown;
}

const MOST = 9;

/** `y`: as the result says; `n`: the contrary of yes or no; `1` to `9`: the values that the scanner has given. */
export function targetsOf(value: unknown, found: FindingsItem | undefined): Target[] {
  const right: Target[] = value === null || value === undefined ? [] : [{ key: "y", name: "Right", value }];
  const wrong: Target[] = typeof value === "boolean" ? [{ key: "n", name: "Wrong", value: !value }] : [];
  const kinds = found?.kinds_by === "value" ? found.kinds : [];
  const isYesOrNo = kinds.every((kind) => typeof kind.value === "boolean");
  const numbered = isYesOrNo && typeof value === "boolean" ? [] : kinds.slice(0, MOST);
  return [
    ...right,
    ...wrong,
    ...numbered.map((kind, place) => ({
      key: String(place + 1),
      name: valueWords(kind.value, 24),
      value: kind.value,
    })),
  ];
}

/** The file of labels that the project names for a scanner, among those that there are. */
export function labelFileOf(
  config: unknown,
  scanner: string,
  files: readonly LabelFileItem[],
): LabelFileItem | undefined {
  const named = fields(fields(config).validation)[scanner];
  const path = typeof named === "string" ? named : fields(named).cases;
  if (typeof path !== "string") return undefined;
  const plain = path.replace(/^\.\//, "");
  return files.find((file) => file.name === plain && file.problem === null);
}
