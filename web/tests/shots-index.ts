/** Writes the page that shows all pictures side by side, once they are taken. */

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const STYLE = `
  body { font: 14px/1.45 system-ui, sans-serif; margin: 16px; background: #777; color: #fff }
  section { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 24px }
  figure { margin: 0 } img { display: block; width: 460px; border: 1px solid #000 } a { color: inherit }`;

function section(folder: string, group: string): string {
  const pictures = readdirSync(join(folder, group))
    .filter((name) => name.endsWith(".png"))
    .sort();
  const figures = pictures.map((name) => {
    const path = `${encodeURIComponent(group)}/${encodeURIComponent(name)}`;
    return `<figure><a href="${path}"><img src="${path}" loading="lazy" alt=""></a><figcaption>${name}</figcaption></figure>`;
  });
  return `<h2>${group}</h2>\n<section>${figures.join("\n")}</section>`;
}

export default function writeIndex(): void {
  const folder = process.env.SCOUT_SHOTS ?? "";
  const groups = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const sections = groups.map(({ name }) => section(folder, name)).sort();
  const head = `<!doctype html><meta charset="utf-8"><title>Pictures of the page</title><style>${STYLE}</style>`;
  writeFileSync(join(folder, "index.html"), `${head}\n${sections.join("\n")}\n`);
  console.log(`The pictures are in ${join(folder, "index.html")}`);
}
