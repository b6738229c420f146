/**
 * The page once more, as one classic script: a browser loads neither modules nor data from `file://`. `scout view --export`
 * puts recorded answers beside it (`src/api/from-disk.ts`).
 */

import { defineConfig, mergeConfig, type Plugin } from "vite";
import page from "./vite.config.ts";

/** Some browsers take each file for an origin of its own, where `'self'` is nothing: hence `file:`. */
const HERE = "'self' file:";
const POLICY = [
  "default-src 'none'",
  `script-src ${HERE}`,
  `style-src ${HERE}`,
  `img-src ${HERE} data:`,
  `media-src ${HERE} data:`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function classicPage(): Plugin {
  return {
    name: "classic-page",
    transformIndexHtml: {
      order: "post",
      handler: (html) =>
        html
          .replace(/<meta charset="utf-8" \/>/, (charset) => `${charset}\n    ${policy()}`)
          .replaceAll(" crossorigin", "")
          .replace('<script type="module"', '<script defer src="./answers.js"></script>\n    <script defer'),
    },
  };
}

function policy(): string {
  return `<meta http-equiv="Content-Security-Policy" content="${POLICY}" />`;
}

export default mergeConfig(
  page,
  defineConfig({
    plugins: [classicPage()],
    build: {
      cssCodeSplit: false,
      modulePreload: false,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: {
        // Nothing here loads a part of itself.
        transform: { define: { "import.meta": "{}" } },
        output: {
          format: "iife",
          codeSplitting: false,
          entryFileNames: "page.js",
          assetFileNames: "page[extname]",
        },
      },
    },
  }),
);
