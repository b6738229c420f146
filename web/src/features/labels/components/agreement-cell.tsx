import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { AgreementRow, LabelFileItem } from "../../../api/generated/types.gen.ts";
import { agreementQuery } from "../api/agreement.ts";
import { scansOfScannerQuery } from "../api/scans.ts";
import { rateWords, twoDigits } from "../model/rates.ts";

/** How far the scanner that a set is for agrees with it, in its newest scan. */
export function AgreementCell({ file }: { file: LabelFileItem }) {
  const { scanner } = file;
  const isAsked = scanner !== null && (file.cases ?? 0) > 0;
  const scans = useQuery({ ...scansOfScannerQuery(scanner ?? undefined, 1), enabled: isAsked });
  const scan = scans.data?.items[0]?.scan_id;
  const agreement = useQuery({
    ...agreementQuery(file.file, scan ?? "", scanner ?? ""),
    enabled: isAsked && scan !== undefined,
  });
  if (scanner === null) {
    return (
      <Link to="/labels/$file" params={{ file: file.file }} search={{ tab: "agreement" }}>
        choose a scanner
      </Link>
    );
  }
  const row = agreement.data?.rows[0];
  return (
    <>
      {scanner}{" "}
      {row === undefined ? (
        <Absent isWithout={scans.data?.items.length === 0} error={agreement.error} />
      ) : (
        <Said row={row} />
      )}
    </>
  );
}

function Said({ row }: { row: AgreementRow }) {
  const rate = rateWords(row, "match_rate");
  return (
    <span className={rate === null ? "muted" : undefined}>
      {rate ?? "no case is in its newest scan"}
      {row.kappa !== null && ` · κ ${twoDigits(row.kappa)}`}
    </span>
  );
}

function Absent({ isWithout, error }: { isWithout: boolean; error: Error | null }) {
  if (error !== null) return <span title={error.message}>cannot be compared</span>;
  return <span className="muted">{isWithout ? "no scan yet" : ""}</span>;
}
