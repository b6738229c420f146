import type { Counts } from "../model/rates.ts";
import styles from "./confusion-table.module.css";

interface ConfusionTableProps {
  /** What stands down the side, and what across. */
  rows: string;
  columns: string;
  counts: Counts;
}

/** How often what was expected was given as what; where both are the same, the cell says so by its frame. */
export function ConfusionTable({ rows, columns, counts }: ConfusionTableProps) {
  const expected = Object.keys(counts);
  const given = new Set([...expected, ...Object.values(counts).flatMap((cells) => Object.keys(cells))]);
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption>
          {rows} (rows) and {columns} (columns)
        </caption>
        <thead>
          <tr>
            <td />
            {[...given].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {expected.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {[...given].map((other) => (
                <td key={other} className="number" data-same={other === name || undefined}>
                  {counts[name]?.[other] ?? 0}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
