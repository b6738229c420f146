/** The order of the list: the task stands for itself, its samples, and their runs. */

export const TASK_COLUMNS = ["task_set", "task_id", "task_repeat"] as const;

/** The order as the server takes it. */
export function serverOrder(order: readonly string[]): string[] {
  return order.flatMap((each) => {
    if (each === "task") return [...TASK_COLUMNS];
    return each === "-task" ? TASK_COLUMNS.map((column) => `-${column}`) : [each];
  });
}
