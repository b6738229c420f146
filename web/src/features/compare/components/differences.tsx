import type { DifferenceItem, ScanComparison, ScannerComparison } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Json } from "../../../ui/content/json-text.ts";
import { JsonTree } from "../../../ui/content/json-tree.tsx";
import styles from "./differences.module.css";

interface DifferencesProps {
  comparison: ScanComparison;
  found: ScannerComparison;
  /** Both are scanners of one scan. */
  isSame: boolean;
}

/** What was asked differently: question, model, arguments, code. */
export function Differences({ comparison, found, isSame }: DifferencesProps) {
  const differences = [...comparison.differences, ...found.differences];
  const alone = [
    ...comparison.only_first.map((name) => `${name} is only in A`),
    ...comparison.only_second.map((name) => `${name} is only in B`),
  ];
  if (differences.length === 0) {
    return (
      <p className={styles.none}>
        {isSame ? "Two scanners of one scan" : "Both asked the same, of the same model, with the same code."}
        {alone.length > 0 && ` ${alone.join(", ")}.`}
      </p>
    );
  }
  return (
    <details className={styles.differences} open={differences.length <= 3}>
      <summary>
        {formatCounted(differences.length, "difference")} in what was asked:{" "}
        {differences.map(({ name }) => name).join(", ")}
      </summary>
      <div className={styles.scroll}>
        <table>
          <thead>
            <tr>
              <th scope="col">what</th>
              <th scope="col">A</th>
              <th scope="col">B</th>
            </tr>
          </thead>
          <tbody>
            {differences.map((each) => (
              <tr key={each.name}>
                <th scope="row">{each.name}</th>
                <Side value={each.first} />
                <Side value={each.second} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {alone.length > 0 && <p className="muted">{alone.join(", ")}.</p>}
    </details>
  );
}

function Side({ value }: { value: DifferenceItem["first"] }) {
  if (value === null || value === undefined) return <td className="muted">none</td>;
  return (
    <td>{typeof value === "string" ? <InertText text={value} /> : <JsonTree value={value as Json} depth={1} />}</td>
  );
}
