import { defineConfig } from "@hey-api/openapi-ts";

export default defineConfig({
  input: "../src/inspect_scout/_view/v3/openapi.json",
  output: { path: "src/api/generated", entryFile: false },
  plugins: ["@hey-api/typescript"],
});
