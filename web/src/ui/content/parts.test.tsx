import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { DiffView } from "./diff-view.tsx";
import { InertText } from "./inert-text.tsx";
import { Folded, Media, Output } from "./output.tsx";

describe("folded text", () => {
  const text = Array.from({ length: 60 }, (_, at) => `line ${at}`).join("\n");
  const show = (shown: string) => <InertText text={shown} />;
  const props = { text, lines: 12, unloaded: 0, onToggle: vi.fn() };

  it("shows a beginning, and says how much more there is", () => {
    const { container } = render(
      <Folded {...props} open={false}>
        {show}
      </Folded>,
    );
    expect(container.textContent).toContain("line 11");
    expect(container.textContent).not.toContain("line 12");
    fireEvent.click(screen.getByRole("button", { name: "48 more lines · open" }));
    expect(props.onToggle).toHaveBeenCalled();
  });

  it("is opened by a hit in what it hides", () => {
    const at = text.indexOf("line 40");
    const { container } = render(
      <Folded {...props} open={false} start={100} marks={[{ start: 100 + at, stop: 104 + at, kind: "hit" }]}>
        {show}
      </Folded>,
    );
    expect(container.textContent).toContain("line 40");
  });

  it("says how much is not loaded", () => {
    render(
      <Folded {...props} open unloaded={1200}>
        {show}
      </Folded>,
    );
    expect(screen.getByRole("button", { name: "1,200 more characters · load more" })).toBeTruthy();
  });
});

describe("what tools give back", () => {
  it("is a tree where it is JSON, whose branches open", () => {
    render(<Output text='{"hits": [{"title": {"deep": 1}}], "took": 12}' />);
    expect(screen.getByText("took")).toBeTruthy();
    expect(screen.queryByText("deep")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "▸ {1}" }));
    fireEvent.click(screen.getByRole("button", { name: "▸ {1}" }));
    expect(screen.getByText("deep")).toBeTruthy();
  });

  it("is text where something in it is marked, so that the mark is seen", () => {
    const { container } = render(<Output text='{"took": 12}' marks={[{ start: 2, stop: 6, kind: "hit" }]} />);
    expect(container.querySelector("mark")?.textContent).toBe("took");
  });
});

describe("edits", () => {
  const side = (text: string, start = 0) => ({ text, start });
  const old = Array.from({ length: 80 }, (_, at) => `line ${at}`).join("\n");

  it("show what is taken out and put in, and say how much is hidden", () => {
    const now = old.replace("line 3\n", "new 3\n").replace("line 60\n", "new 60\n").replace("line 75\n", "new 75\n");
    const edit = { kind: "replace" as const, path: "a.py", before: side(old), after: side(now) };
    const { container } = render(<DiffView edit={edit} />);
    expect(container.textContent).toContain("-line 3");
    expect(container.textContent).toContain("+new 3");
    fireEvent.click(screen.getByRole("button", { name: /more hunk/ }));
    expect(container.textContent).toContain("+new 75");
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("compare a file that is written with what it held before", () => {
    const edit = { kind: "write" as const, path: "a.py", after: side("x = 2\ny = 1") };
    const { container, rerender } = render(<DiffView edit={edit} before={"x = 1\ny = 1"} />);
    expect(container.textContent).toContain("-x = 1");
    rerender(<DiffView edit={edit} />);
    expect(container.textContent).not.toContain("x = 1");
  });

  it("highlight what is cited in them", () => {
    const edit = {
      kind: "replace" as const,
      path: "a.py",
      before: side("== 3", 10),
      after: side("== 2", 50),
    };
    const { container } = render(<DiffView edit={edit} marks={[{ start: 53, stop: 54, kind: "cite", colour: 2 }]} />);
    expect(container.querySelector("mark")?.textContent).toBe("2");
  });
});

describe("media", () => {
  it("are loaded from our server only", () => {
    const { container, rerender } = render(<Media kind="image" format="png" href={null} />);
    expect(container.querySelector("img")).toBeNull();
    expect(container.textContent).toContain("not fetched from elsewhere");
    rerender(<Media kind="image" format="png" href="./api/v3/x" mediaType="image/png" />);
    expect(screen.getByRole("img", { name: "image (png)" }).getAttribute("src")).toBe("./api/v3/x");
  });

  it("that are not what they say are links", () => {
    render(<Media kind="image" format={null} href="./api/v3/x" mediaType="application/octet-stream" />);
    expect(screen.queryByRole("img")).toBeNull();
    expect(screen.getByRole("link").getAttribute("href")).toBe("./api/v3/x");
  });
});
