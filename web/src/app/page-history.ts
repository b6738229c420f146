/** Where the page stands: behind `#`, so that addresses work from disk, in the editor, and below any path. */

import { createHashHistory, createMemoryHistory, type RouterHistory } from "@tanstack/react-router";
import { addressFromEditor, isInEditor, keepAddress, keptAddress, stateFromEditor } from "../api/editor.ts";
import { addressOfToday } from "./published-address.ts";

/** Make the history; old addresses become those of today before anything is shown, also when one is typed later. */
export function createPageHistory(): RouterHistory {
  const history = isInEditor ? createEditorHistory() : createHashHistory();
  const renew = () => {
    const today = addressOfToday(history.location.href);
    if (today !== null) history.replace(today);
  };
  renew();
  history.subscribe(renew);
  return history;
}

/** A webview has no address bar: the editor keeps the address, and says where to go. */
function createEditorHistory(): RouterHistory {
  const first = keptAddress() ?? addressFromEditor(stateFromEditor(document)) ?? "/";
  const history = createMemoryHistory({ initialEntries: [first] });
  history.subscribe(({ location }) => keepAddress(location.href));
  addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const address = addressFromEditor(data);
    if (address !== null) history.push(address);
  });
  return history;
}
