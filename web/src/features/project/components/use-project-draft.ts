import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { ask } from "../../../api/ask.ts";
import { send } from "../../../api/client.ts";
import { ConflictError } from "../../../api/connection.ts";
import type { DraftAsked, ProjectItem } from "../../../api/generated/types.gen.ts";
import { changeOf } from "../../../domain/options.ts";
import { toast } from "../../../ui/toast.ts";
import { checked, type Draft, draftOf, isEdited, type KeptDraft, resumed } from "../model/project-draft.ts";

const KEPT = "scout-project-draft";
const CHECK_MS = 250;

export type ProjectDraft = ReturnType<typeof useProjectDraft>;

/** One text, which the form and the editor of YAML both change. It outlives a reload of the page until it is saved. */
export function useProjectDraft(file: ProjectItem) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => resumed(file, readKept()));
  const latest = useRef(draft);
  const update = (now: Draft) => {
    latest.current = now;
    setDraft(now);
  };
  const { change, checkSoon } = useChecking(latest, update);
  const edited = isEdited(draft);
  useKept(file.path, draft, edited);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the place is opened.
  useEffect(() => {
    // What was kept over a reload was not checked yet.
    if (edited) checkSoon();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the file is another one.
  useEffect(() => {
    // Somebody else wrote it, and nothing is lost by showing that.
    if (file.etag !== latest.current.base.etag && !isEdited(latest.current)) update(draftOf(file));
  }, [file]);
  const saving = useMutation({
    mutationFn: ({ etag, text }: { etag: string; text: string }) =>
      send("PUT", "/project/text", { body: { text }, etag }),
    onSuccess: (written, asked) => {
      // What was typed meanwhile is not saved yet.
      const { text } = latest.current;
      const now = draftOf(written);
      update(text === asked.text || text === written.text ? now : { ...now, text });
      queries.setQueryData(ask("/project").queryKey, written);
      toast("The project is saved.");
    },
    onError: (error) => {
      // Whoever decides between two texts must see the other one.
      if (error instanceof ConflictError) void queries.invalidateQueries(ask("/project"));
    },
  });
  const [closedOver, setClosedOver] = useState("");
  const isOther = edited && file.etag !== draft.base.etag && file.etag !== closedOver;
  return {
    draft,
    isEdited: edited,
    isSaving: saving.isPending,
    /** Why it was not saved; null: it was, or was not tried. */
    error: saving.error,
    /** Whether the file is no longer the one that was read. */
    isStale: saving.error instanceof ConflictError || isOther,
    edit: (text: string) => {
      update({ ...latest.current, text });
      checkSoon();
    },
    /** Give an option another value; undefined takes it away. */
    set: (name: string, value: unknown) => change(() => changeOf(latest.current.config, name, value)),
    save: () => {
      const { base, text } = latest.current;
      if (isEdited(latest.current) && !saving.isPending) saving.mutate({ etag: `"${base.etag}"`, text });
    },
    /** Write it, whatever the file is now. */
    force: () => saving.mutate({ etag: "*", text: latest.current.text }),
    /** Take the file as it is now, and drop what was edited. */
    reload: async () => {
      saving.reset();
      update(draftOf(await queries.fetchQuery({ ...ask("/project"), staleTime: 0 })));
    },
    /** Go on editing; the next save asks again. */
    dismiss: () => {
      saving.reset();
      setClosedOver(file.etag);
    },
    /** Leave without what was edited. */
    forget: () => sessionStorage.removeItem(KEPT),
  };
}

/** Ask the server what changes make of the text: one after another, as each begins with the text that the last has made. */
function useChecking(latest: React.RefObject<Draft>, update: (draft: Draft) => void) {
  const queue = useRef<Promise<void>>(Promise.resolve());
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const change = (changes: () => object) => {
    queue.current = queue.current.then(async () => {
      const { text } = latest.current;
      try {
        // Nothing is written by that.
        const said = await send("POST", "/project/draft", { body: { text, changes: changes() } as DraftAsked });
        update(checked(latest.current, text, said));
      } catch (error) {
        toast((error as Error).message, { tone: "error" });
      }
    });
    return queue.current;
  };
  const checkSoon = () => {
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => change(() => ({})), CHECK_MS);
  };
  return { change, checkSoon };
}

function useKept(path: string, { text, base }: Draft, edited: boolean): void {
  useEffect(() => {
    const kept: KeptDraft = { path, etag: base.etag, text };
    if (edited) sessionStorage.setItem(KEPT, JSON.stringify(kept));
    else sessionStorage.removeItem(KEPT);
  }, [path, text, base.etag, edited]);
}

function readKept(): KeptDraft | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}
