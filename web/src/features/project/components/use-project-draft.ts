import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ConflictError } from "../../../api/errors.ts";
import type { ProjectItem } from "../../../api/generated/types.gen.ts";
import { changeOf } from "../../../domain/options.ts";
import { toast } from "../../../ui/toast.ts";
import { draftProject, projectFileQuery, writeProject } from "../api/project-file.ts";
import { checked, type Draft, draftOf, isEdited, type KeptDraft, resumed } from "../model/draft.ts";

const KEPT = "scout-project-draft";
const CHECK_MS = 250;

export interface ProjectDraft {
  draft: Draft;
  isEdited: boolean;
  isSaving: boolean;
  /** Why it was not saved; null: it was, or was not tried. */
  error: Error | null;
  /** Whether the file is no longer the one that was read. */
  isStale: boolean;
  edit: (text: string) => void;
  /** Give an option another value; undefined takes it away. */
  set: (name: string, value: unknown) => void;
  save: () => void;
  /** Write it, whatever the file is now. */
  force: () => void;
  /** Take the file as it is now, and drop what was edited. */
  reload: () => void;
  /** Go on editing; the next save asks again. */
  dismiss: () => void;
}

/** One text, which the form and the editor of YAML both change. It outlives a reload of the page until it is saved. */
export function useProjectDraft(file: ProjectItem): ProjectDraft {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => resumed(file, readKept()));
  const latest = useRef(draft);
  const update = useCallback((now: Draft) => {
    latest.current = now;
    setDraft(now);
  }, []);
  const { change, check } = useChecking(latest, update);
  const edited = isEdited(draft);
  useKept(file.path, draft, edited);
  // What was kept over a reload was not checked yet.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the place is opened.
  useEffect(() => {
    if (edited) check();
  }, []);
  useEffect(() => {
    // Somebody else wrote the file, and nothing is lost by showing that.
    if (file.etag !== latest.current.base.etag && !isEdited(latest.current)) update(draftOf(file));
  }, [file, update]);
  const saving = useMutation({
    mutationFn: ({ etag, text }: { etag: string | null; text: string }) => writeProject(text, etag),
    onSuccess: (written) => {
      // What was typed meanwhile is not saved yet.
      const { text } = latest.current;
      const now = draftOf(written);
      update(text === saving.variables?.text || text === written.text ? now : { ...now, text });
      queries.setQueryData(projectFileQuery.queryKey, written);
      toast("The project is saved.");
    },
    onError: (error) => {
      // Whoever decides between two texts must see the other one.
      if (error instanceof ConflictError) void queries.invalidateQueries(projectFileQuery);
    },
  });
  const [closedOver, setClosedOver] = useState("");
  const save = (etag: string | null) => saving.mutate({ etag, text: latest.current.text });
  const reload = async () => {
    saving.reset();
    update(draftOf(await queries.fetchQuery({ ...projectFileQuery, staleTime: 0 })));
  };
  return {
    draft,
    isEdited: edited,
    isSaving: saving.isPending,
    error: saving.error,
    isStale:
      saving.error instanceof ConflictError || (edited && file.etag !== draft.base.etag && file.etag !== closedOver),
    edit: (text) => {
      update({ ...latest.current, text });
      check();
    },
    set: (name, value) => change(name, value),
    save: () => {
      if (isEdited(latest.current) && !saving.isPending) save(latest.current.base.etag);
    },
    force: () => save(null),
    reload: () => void reload(),
    dismiss: () => {
      saving.reset();
      setClosedOver(file.etag);
    },
  };
}

/** Ask the server what changes make of the text: one after another, as each begins with the text that the last has made. */
function useChecking(latest: React.RefObject<Draft>, update: (draft: Draft) => void) {
  const queue = useRef<Promise<void>>(Promise.resolve());
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const ask = useCallback(
    (changes: () => object) => {
      queue.current = queue.current.then(async () => {
        const { text } = latest.current;
        try {
          update(checked(latest.current, text, await draftProject(text, changes())));
        } catch (error) {
          toast((error as Error).message, { tone: "error" });
        }
      });
    },
    [latest, update],
  );
  const change = useCallback(
    (name: string, value: unknown) => ask(() => changeOf(latest.current.config, name, value)),
    [ask, latest],
  );
  const check = useCallback(() => {
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => ask(() => ({})), CHECK_MS);
  }, [ask]);
  return { change, check };
}

function useKept(path: string, { text, base }: Draft, edited: boolean): void {
  useEffect(() => {
    if (edited) {
      const kept: KeptDraft = { path, etag: base.etag, text };
      sessionStorage.setItem(KEPT, JSON.stringify(kept));
    } else sessionStorage.removeItem(KEPT);
  }, [path, text, base.etag, edited]);
}

function readKept(): KeptDraft | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}

/** Forget what was edited: the reader leaves without it. */
export function dropKeptDraft(): void {
  sessionStorage.removeItem(KEPT);
}
