export function ComparePlace() {
  return null;
}
