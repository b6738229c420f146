/** Keys of all rows, also of those that are not here. */
export class AllKeys extends Set<string> {
  override has(): boolean {
    return true;
  }
}
