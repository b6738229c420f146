/** Where the page stands: behind `#`, so that addresses work from disk, in the editor, and below any path. */

import { createHashHistory, type RouterHistory } from "@tanstack/react-router";
import { addressOfToday } from "./published-address.ts";

/** Make the history; old addresses become those of today before anything is shown, also when one is typed later. */
export function createPageHistory(): RouterHistory {
  const history = createHashHistory();
  const renew = () => {
    const today = addressOfToday(history.location.href);
    if (today !== null) history.replace(today);
  };
  renew();
  history.subscribe(renew);
  return history;
}
