import { useQueries } from "@tanstack/react-query";
import { useContext } from "react";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { verdictsQuery } from "../api/read-verdicts.ts";
import { VerdictsContext } from "../model/list-context.ts";
import { verdictsById } from "../model/verdicts.ts";
import styles from "./verdict-cell.module.css";

/** What the chosen scans said of a transcript; rows of one group ask together. */
export function VerdictCell({ id }: { id: string }) {
  const { scanners, idsOf } = useContext(VerdictsContext);
  const ids = idsOf(id);
  const found = useQueries({
    queries: scanners.map(({ scan, scanner }) => ({
      ...verdictsQuery(scan, scanner, ids),
      select: readVerdicts,
    })),
  });
  return (
    <span className={styles.dots}>
      {scanners.map(({ scan, scanName, scanner, colour }, at) => {
        const name = `${scanner} (${scanName})`;
        const verdicts = found[at];
        const shown = verdicts?.data?.get(id);
        if (verdicts?.isError) {
          return (
            <VerdictDot
              key={`${scan} ${scanner}`}
              verdict="error"
              label={`${name} could not be read: ${verdicts.error.message}`}
            />
          );
        }
        return shown === undefined ? (
          <span
            key={`${scan} ${scanner}`}
            className={styles.none}
            title={verdicts?.isPending ? undefined : `${name}: not scanned`}
          />
        ) : (
          <VerdictDot
            key={`${scan} ${scanner}`}
            verdict={shown.verdict}
            colour={`var(--s${colour})`}
            label={`${name}: ${shown.words}`}
          />
        );
      })}
    </span>
  );
}

function readVerdicts({ items }: { items: readonly unknown[] }) {
  return verdictsById(items as readonly Readonly<Record<string, unknown>>[]);
}
