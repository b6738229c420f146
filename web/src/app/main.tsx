// First, so that the styles of components stand behind them also where all styles are in one file.
import "../ui/tokens.css";
import "../ui/base.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueries } from "../api/ask.ts";
import { isEditorTooOld, isInEditor, stateFromEditor } from "../api/editor.ts";
import { followServer } from "../api/live.ts";
import { createPageHistory } from "./page-history.ts";
import { followRecent } from "./recent.ts";
import { routeTree } from "./route-tree.gen.ts";
import { parseSearch, writeSearch } from "./search-params.ts";
import { BrokenPlace, LoadingPlace, OldEditor, UnknownPlace } from "./shell/broken-place.tsx";
import { followTheme } from "./theme.ts";

const queries = createQueries();
const router = createRouter({
  routeTree,
  context: { queries, routes: () => router.routesByPath },
  history: createPageHistory(),
  parseSearch,
  stringifySearch: writeSearch,
  defaultPreload: "intent",
  defaultPendingMs: 150,
  defaultPendingMinMs: 0,
  defaultErrorComponent: BrokenPlace,
  defaultNotFoundComponent: UnknownPlace,
  defaultPendingComponent: LoadingPlace,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

followTheme();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element #root.");
if (isInEditor && isEditorTooOld(stateFromEditor(document))) {
  createRoot(root).render(<OldEditor />);
} else {
  followServer(queries);
  followRecent(router);
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
