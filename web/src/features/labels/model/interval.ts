/** How sure a rate is after some labels, and how many more it takes: Wilson's interval of 95 %, as the reports have it. */

const Z = 1.959964;
const MOST = 100_000;

/** How wide the interval of a rate is after `n` labels, from 0 to 1. */
export function intervalWidth(n: number, share: number): number {
  if (n === 0) return 1;
  const z2 = Z * Z;
  const half = (Z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return Math.min(1, 2 * half);
}

/** How many labels it takes until the interval is no wider than that, if the rate stays as it is. */
export function labelsFor(width: number, share: number): number {
  let [low, high] = [1, MOST];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (intervalWidth(middle, share) <= width) high = middle;
    else low = middle + 1;
  }
  return low;
}
