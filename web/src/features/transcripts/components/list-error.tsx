import { EmptyState, ErrorState } from "../../../ui/states.tsx";
import { isRefusal } from "../model/refusal.ts";
import { useListAddress } from "../model/use-list-address.ts";
import styles from "./list-error.module.css";

/** Why the transcripts could not be listed, and the way back from what the address asks for. */
export function ListError({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { search, list, change } = useListAddress();
  if (isRefusal(error) && list.where.length > 0) {
    return (
      <EmptyState title="There is no list for these filters">
        <div className={styles.refused}>
          <p>Change what is said above not to fit, or take the last filter away.</p>
          <button
            type="button"
            onClick={() => change({ where: list.where.length > 1 ? list.where.slice(0, -1) : undefined }, true)}
          >
            Take the last filter away
          </button>
        </div>
      </EmptyState>
    );
  }
  const isElsewhere = search.location !== undefined;
  const isAsked = isElsewhere || search.order_by !== undefined || search.columns !== undefined;
  const plain = { location: undefined, where: undefined, order_by: undefined, columns: undefined };
  return (
    <div>
      <ErrorState title="The transcripts could not be listed." error={error} onRetry={onRetry} />
      {isAsked && (
        <div className={styles.back}>
          <button type="button" onClick={() => change(plain, true)}>
            {isElsewhere ? "Show the transcripts of the project" : "Show the list as it is by itself"}
          </button>
        </div>
      )}
    </div>
  );
}
