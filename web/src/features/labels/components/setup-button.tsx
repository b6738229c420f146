import { useChangeAddress } from "../model/address.ts";

/** Back to what comes to be labelled. */
export function SetupButton() {
  const change = useChangeAddress();
  return (
    <button type="button" data-kind="link" onClick={() => change({ source: undefined, case: undefined }, true)}>
      Another queue
    </button>
  );
}
