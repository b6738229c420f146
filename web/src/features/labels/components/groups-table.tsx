import type { AgreementRow } from "../../../api/generated/types.gen.ts";
import { kappaWords, rateOf, rateWords } from "../model/rates.ts";
import styles from "./groups-table.module.css";

/** The agreement of each group, key and class. */
export function GroupsTable({ rows }: { rows: readonly AgreementRow[] }) {
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            {["Cases", "n", "Match", "Precision", "Recall", "Specificity", "κ"].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const kappa = rateOf(row, "kappa");
            return (
              <tr key={`${row.group}\n${row.key}\n${row.class}`}>
                <th scope="row">{[row.group, row.key, row.class].filter((part) => part !== null).join(" · ")}</th>
                <td className="number">{row.compared}</td>
                <td>{rateWords(row, "match_rate") ?? "-"}</td>
                <td>{rateWords(row, "precision") ?? "-"}</td>
                <td>{rateWords(row, "recall") ?? "-"}</td>
                <td>{rateWords(row, "specificity") ?? "-"}</td>
                <td>{kappa === null ? "-" : kappaWords(kappa)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
