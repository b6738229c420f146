/** Names of what is asked, in one place: an event of the server that something has changed makes what depends on it stale. */

export const queryKeys = {
  scans: (asked: object) => ["scans", "list", asked] as const,
} as const;
