import { type ReactNode, useState } from "react";
import type { TextProps } from "../../../ui/content/inert-text.tsx";
import { Folded } from "../../../ui/content/output.tsx";

interface LongProps extends TextProps {
  lines: number;
  /** What stands below it once it is open. */
  more?: ReactNode;
  children: (shown: string) => ReactNode;
}

/** A long text that remembers by itself whether it is open: one that scrolls away with its row is folded again. */
export function LongText({ more, children, ...text }: LongProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Folded {...text} unloaded={0} open={open} onToggle={() => setOpen(!open)}>
        {children}
      </Folded>
      {open && more}
    </>
  );
}
