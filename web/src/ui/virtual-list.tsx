import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import styles from "./virtual-list.module.css";

export interface VirtualListHandle {
  scrollTo: (index: number, align?: "start" | "center" | "end" | "auto") => void;
  /** The first item that is seen. */
  first: () => number;
}

interface VirtualListProps {
  label: string;
  count: number;
  /** About how high an item is, in pixels; each is measured once it is there. */
  estimate: number;
  item: (index: number) => ReactNode;
  itemKey?: (index: number) => string | number;
  /** Told which items are rendered, so that what they need can be fetched. */
  onRange?: (first: number, last: number) => void;
  /** Where the list begins. */
  initialIndex?: number;
  overscan?: number;
  ref?: Ref<VirtualListHandle>;
}

/** A list of any number of items of any height, of which those that are seen are rendered. */
export function VirtualList(props: VirtualListProps) {
  const { label, count, estimate, item, itemKey, onRange, initialIndex = 0, overscan = 6, ref } = props;
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    overscan,
    initialOffset: initialIndex * estimate,
    ...(itemKey === undefined ? {} : { getItemKey: itemKey }),
  });
  useImperativeHandle(ref, () => ({
    scrollTo: (index, align = "auto") => virtual.scrollToIndex(index, { align }),
    first: () => virtual.getVirtualItemForOffset(virtual.scrollOffset ?? 0)?.index ?? 0,
  }));
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => {
    if (count > 0) onRange?.(first, last);
  }, [onRange, first, last, count]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys.
    <section ref={scroller} className={styles.scroller} tabIndex={0} aria-label={label}>
      <ul className={styles.items} style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, key, start }) => (
          <li
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            className={styles.item}
            style={{ transform: `translateY(${start}px)` }}
          >
            {item(index)}
          </li>
        ))}
      </ul>
    </section>
  );
}
