import { useQuery } from "@tanstack/react-query";
import { scansQuery } from "../api/list-scans.ts";

export function ScansPlace() {
  const scans = useQuery(scansQuery({ limit: 100 }));
  if (scans.isError) return <p role="alert">{scans.error.message}</p>;
  return (
    <table>
      <tbody>
        {scans.data?.items.map((scan) => (
          <tr key={scan.location}>
            <td>{scan.name}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
