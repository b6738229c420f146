import { describe, expect, test } from "vitest";
import { addressOfToday } from "./page-history.ts";

const ID = "L3aavDT5nsTHpoaVBfah7J";

function base64(text: string): string {
  return encodeURIComponent(btoa(String.fromCharCode(...new TextEncoder().encode(text))));
}

/** The address of today, with its query read. */
function today(address: string): [string, Record<string, string>] | null {
  const found = addressOfToday(address);
  if (found === null) return null;
  const [path = "", query = ""] = found.split("?");
  return [path, Object.fromEntries(new URLSearchParams(query))];
}

describe("addresses of the page before this one", () => {
  test.each([
    [
      "a transcript",
      `/transcripts/${base64("/logs")}/abc%2F1?tab=transcript-messages&message=m1`,
      "/transcripts/abc%2F1",
      { location: "/logs", message: "m1" },
    ],
    [
      "one turn of it",
      `/transcripts/${base64("s3://b/logs")}/abc/event?event=e1`,
      "/transcripts/abc",
      { location: "s3://b/logs", event: "e1" },
    ],
    ["scans of a folder", `/scans/${base64("file:///scans")}/june`, "/scans", { location: "file:///scans/june" }],
    [
      "a scan",
      `/scan/${base64("/scans")}/june/scan_id=${ID}?scanner=a`,
      `/scans/${ID}`,
      { scans: "/scans/june", scanner: "a" },
    ],
    [
      "a result",
      `/scan/${base64("/scans")}/scan_id=${ID}/u1?scanner=a`,
      `/scans/${ID}`,
      { scans: "/scans", scanner: "a", result: "u1" },
    ],
    ["a scan by its own folder", `/scan/${base64(`/scans/scan_id=${ID}`)}`, `/scans/${ID}`, { scans: "/scans" }],
    ["a folder that is no scan", `/scan/${base64("/scans")}`, "/scans", { location: "/scans" }],
    ["labels", "/validation", "/labels", {}],
  ])("lead to %s", (_, address, path, query) => {
    expect(today(address)).toEqual([path, query]);
  });

  test("are read in both alphabets of base64", () => {
    const plain = btoa("/a>xx?/scans");
    expect(plain).toMatch(/\+.*\//);
    const url = plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    expect(today(`/scans/${encodeURIComponent(plain)}`)).toEqual(today(`/scans/${url}`));
    expect(today(`/scans/${url}`)).not.toBeNull();
    expect(today(`/scans/${base64("/späne/サ")}`)).toEqual(["/scans", { location: "/späne/サ" }]);
  });

  test.each([
    "/",
    "/scans",
    `/scans/${ID}`,
    `/scans/${ID}?scanner=a`,
    "/transcripts/WUqvjJSBEDBM9CJjdN4JnG",
    "/labels/abc",
    "/run",
    "/scans/%E0%A4%A",
  ])("are not what %s is", (address) => expect(addressOfToday(address)).toBeNull());
});
