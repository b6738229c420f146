/** What a click on a facet makes of the filters. */

import { readTest, type Scalar, type Test, writeTest } from "./conditions.ts";

export type Mode = "is" | "is not";

/** The filter that a facet has made of its column, and where it stands; undefined: none. */
export function facetTest(where: readonly string[], column: string): { at: number; test: Test } | undefined {
  for (const [at, sql] of where.entries()) {
    const test = readTest(sql);
    if (test?.column === column && ["is", "is not", "between"].includes(test.operator)) return { at, test };
  }
  return undefined;
}

/** The filters without the one of a facet: it counts what it would have without it. */
export function withoutFacet(where: readonly string[], column: string): string[] {
  const own = facetTest(where, column);
  return where.filter((_, at) => at !== own?.at);
}

/** Filter by a value or leave it out; what is chosen already is taken back. */
export function chosenValue(where: readonly string[], column: string, value: Scalar, mode: Mode): string[] {
  const own = facetTest(where, column);
  const before = own?.test.operator === mode ? own.test.values : [];
  const values = before.includes(value) ? before.filter((each) => each !== value) : [...before, value];
  return replaced(where, own?.at, values.length === 0 ? null : { column, operator: mode, values });
}

/** Filter by a range of numbers; null takes that back. */
export function chosenRange(
  where: readonly string[],
  column: string,
  range: readonly [number, number] | null,
): string[] {
  const test: Test | null = range === null ? null : { column, operator: "between", values: range };
  return replaced(where, facetTest(where, column)?.at, test);
}

function replaced(where: readonly string[], at: number | undefined, test: Test | null): string[] {
  const written = test === null ? [] : [writeTest(test)];
  return at === undefined ? [...where, ...written] : where.toSpliced(at, 1, ...written);
}
