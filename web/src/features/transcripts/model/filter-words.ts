import type { Operator, Test } from "./conditions.ts";
import { facetName, fieldName } from "./fields.ts";

const SIGNS: Record<Operator, string> = {
  is: "is",
  "is not": "is not",
  contains: "contains",
  lacks: "lacks",
  from: "≥",
  to: "≤",
  above: ">",
  below: "<",
  between: "from",
};

const MOST_VALUES = 3;

/** A filter in words: `Model is a or b`. */
export function testWords({ column, operator, values }: Test): string {
  // `!= 'a'` leaves out also what has no value: that is what SQL means by it, and goes without saying.
  const shown = operator === "is not" && values.length > 1 ? values.filter((value) => value !== null) : values;
  const named = shown.map((value) => facetName(column, value));
  const more = named.length - MOST_VALUES;
  const listed = named.slice(0, MOST_VALUES).join(operator === "between" ? " to " : ", ");
  return `${fieldName(column)} ${SIGNS[operator]} ${listed}${more > 0 ? ` and ${more} more` : ""}`;
}
