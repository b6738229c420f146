export function ScanPlace() {
  return null;
}
