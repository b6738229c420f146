/** What a scanner was asked, and what it found: in words, as bars of a chart, and as labels that can be given. */

import type {
  DistributionItem,
  DistributionPartItem,
  FacetGroup,
  FacetItem,
  FindingsItem,
  LabelFileItem,
  ScanDetail,
} from "../../../api/generated/types.gen.ts";
import { formatCount } from "../../../domain/format.ts";
import { valueWords, verdictOf } from "../../../domain/values.ts";
import { equals } from "./conditions.ts";

type Fields = Readonly<Record<string, unknown>>;

/** From the file that defines the scan. */
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

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

const KINDS_SHOWN = 4;

/** `done 96 · refused 9 · broken 23`. */
export function kindsWords({ kinds, kinds_left_out }: FindingsItem): string {
  const shown = kinds.slice(0, KINDS_SHOWN).map(({ value, count }) => `${valueWords(value, 24)} ${formatCount(count)}`);
  const others = kinds.length - shown.length + kinds_left_out;
  return [...shown, ...(others > 0 ? [`${others} more`] : [])].join(" · ");
}

const Z = 1.959964;

/** Agreement with labels and its interval by Wilson's method; null where results agree in other ways than yes and no. */
export function agreementOf(groups: readonly FacetGroup[]) {
  const n = groups.reduce((sum, group) => sum + group.found, 0);
  if (n === 0 || !groups.every(({ value }) => typeof value === "boolean")) return null;
  const rate = (groups.find(({ value }) => value === true)?.found ?? 0) / n;
  const scale = 1 + Z ** 2 / n;
  const middle = (rate + Z ** 2 / (2 * n)) / scale;
  const reach = (Z * Math.sqrt((rate * (1 - rate)) / n + Z ** 2 / (4 * n ** 2))) / scale;
  return { n, rate, low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

type Bar = ReturnType<typeof barsOfFacet>[number];

function intervalOf({ rate, rate_low, rate_high }: Pick<FacetGroup, "rate" | "rate_low" | "rate_high">) {
  return { share: rate ?? 0, low: rate_low ?? 0, high: rate_high ?? 0 };
}

/** A line for each group, with how often something was found in it; `condition` holds for its results. */
export function barsOfFacet({ by, groups }: FacetItem) {
  const known = groups.filter(({ rate, errors }) => rate !== null || errors > 0);
  return known.map((each) => ({
    ...intervalOf(each),
    key: JSON.stringify(each.value),
    /** The group that begins with this line. */
    group: null as string | null,
    name: valueWords(each.value, 80),
    count: each.found,
    n: each.n,
    errors: each.errors,
    /** They found nothing: the bar has no colour of its own. */
    isNegative: false,
    condition: equals(by, each.value),
  }));
}

/** A line for each value, of each group if there are groups. */
export function barsOfDistribution({ by: [by], column, groups }: DistributionItem): Bar[] {
  return groups.flatMap(({ group, n, parts }) => {
    const within = by === undefined ? null : group[by];
    return parts.map((part, place) => {
      const own = conditionOf(column, part);
      return {
        ...intervalOf(part),
        key: JSON.stringify([within, part.value, part.low]),
        group: by === undefined || place > 0 ? null : valueWords(within, 80),
        name: rangeWords(part),
        count: part.count,
        n,
        errors: 0,
        isNegative: verdictOf(part.value, null) !== "positive" && part.low === null,
        condition: by === undefined ? own : `${equals(by, within)} AND ${own}`,
      };
    });
  });
}

/** Ranges are open at their end, but for one that is a single number. */
function conditionOf(column: string, { value, low, high }: DistributionPartItem): string {
  if (low === null) return equals(column, value);
  return `${column} >= ${low} AND ${column} ${high === low ? "<=" : "<"} ${high}`;
}

function rangeWords({ value, low, high }: DistributionPartItem): string {
  if (low === null || high === null) return valueWords(value, 80);
  return low === high ? valueWords(low) : `${valueWords(low)} to ${valueWords(high)}`;
}

const NUMBERED = 9;

/** Labels that can be given, by key. `y`: as the result says; `n`: the contrary of yes or no; `1` to `9`: the values that the scanner has given. */
export function targetsOf(value: unknown, found: FindingsItem | undefined) {
  const kinds = found?.kinds_by === "value" ? found.kinds : [];
  const isYesOrNo = typeof value === "boolean" && kinds.every((kind) => typeof kind.value === "boolean");
  const numbered = isYesOrNo ? [] : kinds.slice(0, NUMBERED);
  return [
    ...(value === null || value === undefined ? [] : [{ key: "y", name: "Right", value }]),
    ...(typeof value === "boolean" ? [{ key: "n", name: "Wrong", value: !value }] : []),
    ...numbered.map((kind, at) => ({ key: String(at + 1), name: valueWords(kind.value, 24), value: kind.value })),
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
  return files.find((file) => file.name === path.replace(/^\.\//, "") && file.problem === null);
}
