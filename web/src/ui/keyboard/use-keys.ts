import { useLayoutEffect, useRef, useState } from "react";
import { type Command, keyRegistry } from "./key-registry.ts";

/**
 * Register what keys do while a component is shown. The help overlay lists it under the scope's name, the palette
 * offers it, and the newest component wins where two want the same keys.
 */
export function useKeys(scope: string, commands: readonly Command[]): void {
  const current = useRef({ name: scope, commands });
  useLayoutEffect(() => {
    current.current = { name: scope, commands };
  });
  // Effects of what is inside run before those of what is around it; rendering has the order that is meant.
  const [order] = useState(() => keyRegistry.nextOrder());
  // Before it is seen: after it, a key could still mean what was shown before, or nothing.
  useLayoutEffect(() => keyRegistry.add(() => current.current, order), [order]);
}
