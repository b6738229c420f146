/** How far lists were scrolled, by their name and the address: who comes back finds them as they were. */

const offsets = new Map<string, number>();

export function keptOffset(name: string): number {
  return offsets.get(keyOf(name)) ?? 0;
}

export function keepOffset(name: string, offset: number): void {
  offsets.set(keyOf(name), offset);
}

function keyOf(name: string): string {
  return `${name} ${location.hash}`;
}
