import { Link } from "@tanstack/react-router";
import type { LiveScan } from "../model/scan-list.ts";
import { folderOf } from "../model/scan-place.ts";
import styles from "./scans-columns.module.css";

/** The name of a scan, which opens it. */
export function ScanName({ scan }: { scan: LiveScan }) {
  return (
    <Link
      to="/scans/$scanId"
      params={{ scanId: scan.scan_id }}
      search={{ scans: folderOf(scan.location) }}
      title={`${scan.name} (${scan.scan_id})`}
      className={styles.name ?? ""}
    >
      {scan.name === "" ? scan.scan_id : scan.name}
    </Link>
  );
}
