import { InertText } from "../../../ui/content/inert-text.tsx";
import { Icon } from "../../../ui/drawings.tsx";
import { Field } from "../../../ui/fields.tsx";
import { Popover } from "../../../ui/floating.tsx";
import { useFields, useListAddress } from "../model/use-list.ts";
import styles from "./location-field.module.css";

/** Where the transcripts are; another place can be typed, which the server may refuse. */
export function LocationField() {
  const { locations } = useFields();
  const { search, change } = useListAddress();
  const isElsewhere = search.location !== undefined;
  const shown = search.location ?? locations[0] ?? "";
  const more = isElsewhere ? 0 : locations.length - 1;
  const words = `${shortened(shown)}${more > 0 ? ` and ${more} more` : ""}`;
  const button = (
    <>
      <span className={styles.place}>
        <InertText text={words} />
      </span>
      <Icon name="down" size={12} />
    </>
  );
  return (
    <Popover kind="plain" name={`Place: ${words}`} title={search.location ?? locations.join("\n")} button={button}>
      {(close) => {
        const go = (location: string | undefined) => {
          close();
          // Filters and columns are of what is there.
          change({ location, where: undefined, q: undefined, columns: undefined, facets: undefined }, true);
        };
        const submit = (form: FormData) => {
          const typed = String(form.get("location")).trim();
          if (typed !== "") go(typed);
        };
        return (
          <form className={styles.form} action={submit}>
            <Field label="Where the transcripts are" help="A log, a folder of logs, or a database: path or URL.">
              {(control) => (
                <input
                  {...control}
                  name="location"
                  type="text"
                  className="mono"
                  spellCheck={false}
                  defaultValue={shown}
                  onFocus={(event) => event.target.select()}
                />
              )}
            </Field>
            <div className={styles.actions}>
              <button type="submit" data-kind="primary">
                Show these
              </button>
              {isElsewhere && (
                <button type="button" onClick={() => go(undefined)}>
                  Those of the project
                </button>
              )}
            </div>
          </form>
        );
      }}
    </Popover>
  );
}

/** The last two parts of a path: what tells it from others. */
function shortened(location: string): string {
  const parts = location.replace(/\/+$/, "").split("/");
  return parts.length > 3 ? `.../${parts.slice(-2).join("/")}` : location;
}
