import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

const NAME = "user\u202egnp.exe";

test("what turns the direction of a text is shown, wherever the text stands", () => {
  render(
    <main>
      <p title={NAME}>{NAME}</p>a {NAME}
      <input aria-label={NAME} defaultValue={NAME} />
    </main>,
  );
  expect(document.body.textContent).toBe("user<202E>gnp.exea user<202E>gnp.exe");
  expect(screen.getByTitle("user<202E>gnp.exe")).toBeDefined();
  expect((screen.getByLabelText("user<202E>gnp.exe") as HTMLInputElement).value).toBe(NAME);
});
