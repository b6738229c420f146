import { ErrorState } from "../../../ui/states.tsx";
import { useListAddress } from "../model/use-list-address.ts";
import styles from "./list-error.module.css";

/** Why the transcripts could not be listed, and the way back from a location or a column that is not there. */
export function ListError({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { search, change } = useListAddress();
  const asked = ["location", "where", "order_by", "columns"] as const;
  const given = asked.filter((name) => search[name] !== undefined);
  return (
    <div>
      <ErrorState title="The transcripts could not be listed." error={error} onRetry={onRetry} />
      {given.length > 0 && (
        <BackToAll
          isElsewhere={search.location !== undefined}
          onBack={() => change(Object.fromEntries(given.map((name) => [name, undefined])), true)}
        />
      )}
    </div>
  );
}

function BackToAll({ isElsewhere, onBack }: { isElsewhere: boolean; onBack: () => void }) {
  return (
    <div className={styles.back}>
      <button type="button" onClick={onBack}>
        {isElsewhere ? "Show the transcripts of the project" : "Show all transcripts as they were"}
      </button>
    </div>
  );
}
