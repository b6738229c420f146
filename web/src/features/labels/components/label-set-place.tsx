import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ask } from "../../../api/ask.ts";
import { decodeUrl } from "../../../api/case-key.ts";
import { formatCounted } from "../../../domain/format.ts";
import { useKeys } from "../../../ui/keyboard.ts";
import { PlaceHeader, Tabs } from "../../../ui/layout.tsx";
import { route, useChangeAddress } from "../model/address.ts";
import { AgreementTab } from "./agreement-tab.tsx";
import { CasesTab } from "./cases-tab.tsx";
import { SetMenu } from "./dialogs.tsx";
import styles from "./labels-place.module.css";
import { QueueTab } from "./queue-tab.tsx";

const TABS = [
  { id: "cases", label: "Cases" },
  { id: "queue", label: "Queue" },
  { id: "agreement", label: "Agreement" },
] as const;

/** One set of validation cases: its cases, the queue to label more, and how far scanners agree with it. */
export function LabelSetPlace() {
  const { file } = route.useParams();
  const { tab = "cases" } = route.useSearch();
  const change = useChangeAddress();
  const navigate = useNavigate();
  const files = useQuery(ask("/labels"));
  const known = files.data?.items.find((each) => each.file === file);
  const name = known?.name ?? decodeUrl(file);
  const set = { file, name, cases: known?.cases ?? 0, splits: known?.splits ?? {} };
  useKeys("Validation cases", [
    { keys: "g c", label: "Cases of the set", run: () => change({ tab: undefined }, true) },
    { keys: "g q", label: "Queue: label cases", run: () => change({ tab: "queue" }, true) },
    { keys: "g a", label: "Agreement with scanners", run: () => change({ tab: "agreement" }, true) },
  ]);
  const moved = (to: string | null) =>
    void (to === null
      ? navigate({ to: "/labels", replace: true })
      : navigate({ to: "/labels/$file", params: { file: to }, replace: true }));
  return (
    <>
      <PlaceHeader title={name} actions={<SetMenu file={set} onMoved={moved} />}>
        <Link to="/labels">all sets</Link>
        {known !== undefined && <span>{formatCounted(known.cases ?? 0, "case")}</span>}
        {known?.scanner != null && <span>for {known.scanner}</span>}
        {known?.rater != null && <span>labels of {known.rater}</span>}
      </PlaceHeader>
      <div className={styles.set}>
        <Tabs
          label="Validation cases"
          tabs={TABS}
          chosen={tab}
          onChoose={(to) => change({ tab: to === "cases" ? undefined : to }, true)}
        >
          {tab === "cases" && <CasesTab file={file} name={name} />}
          {tab === "queue" && <QueueTab key={file} file={file} name={name} scanner={known?.scanner ?? undefined} />}
          {tab === "agreement" && <AgreementTab file={file} name={name} scanner={known?.scanner ?? undefined} />}
        </Tabs>
      </div>
    </>
  );
}
