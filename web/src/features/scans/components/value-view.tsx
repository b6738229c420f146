import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Json } from "../../../ui/content/json-text.ts";
import { JsonTree } from "../../../ui/content/json-tree.tsx";
import { valueWords } from "../model/result-row.ts";
import styles from "./value-view.module.css";

const LONG = 2000;

/** A value: numbers as they are, a dictionary as a small table, a list as a tree. */
export function ValueView({ value }: { value: unknown }) {
  if (Array.isArray(value)) return <JsonTree value={value as Json} />;
  if (typeof value === "object" && value !== null) {
    return (
      <table className={styles.table}>
        <tbody>
          {Object.entries(value).map(([key, each]) => (
            <tr key={key}>
              <th scope="row">
                <InertText text={key} />
              </th>
              <td>
                {typeof each === "object" && each !== null ? (
                  <JsonTree value={each as Json} />
                ) : (
                  <InertText text={valueWords(each, LONG)} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    );
  }
  return (
    <b>
      <InertText text={valueWords(value, LONG)} />
    </b>
  );
}
