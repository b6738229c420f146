/** Writes `src/api/generated/routes.gen.ts`: what each route is asked and answers, by method and address, from the generated types. */

import { readFileSync, writeFileSync } from "node:fs";

const FOLDER = "src/api/generated";
const METHODS = ["GET", "POST", "PUT", "DELETE"];

interface Description {
  paths: Record<string, Record<string, { operationId: string }>>;
}

const description = JSON.parse(readFileSync("../src/inspect_scout/_view/v3/openapi.json", "utf-8")) as Description;
const types = readFileSync(`${FOLDER}/types.gen.ts`, "utf-8");

const imported: string[] = [];
const routes = METHODS.map((method) => {
  const lines = Object.entries(description.paths).flatMap(([address, operations]) => {
    const id = operations[method.toLowerCase()]?.operationId;
    if (id === undefined) return [];
    const name = id.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
    const answers = types.includes(`export type ${name}Response =`) ? `${name}Response` : "unknown";
    imported.push(`${name}Data`, ...(answers === "unknown" ? [] : [answers]));
    return `        "${address}": { asks: ${name}Data; answers: ${answers} };\n`;
  });
  return `    ${method}: {\n${lines.join("")}    };\n`;
});

writeFileSync(
  `${FOLDER}/routes.gen.ts`,
  `// Written by routes.ts.\n\nimport type {\n${imported.map((name) => `    ${name},\n`).join("")}} from "./types.gen.ts";\n\n` +
    `export interface Routes {\n${routes.join("")}}\n`,
);
