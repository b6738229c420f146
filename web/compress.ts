/**
 * Compressed copies of the built page: `node compress.ts DIR` writes them, `--compare A B` tells whether two builds are the same.
 *
 * Another version of Node may compress the same text to other bytes, so what is compared is what the copies hold.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";

const TEXT = /\.(js|css|html|svg|json|txt)$/;
/** A response smaller than a packet gains nothing. */
const SMALLEST = 1000;

function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function compress(folder: string): void {
  for (const name of files(folder).filter((each) => TEXT.test(each))) {
    const content = readFileSync(join(folder, name));
    if (content.length < SMALLEST) continue;
    const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, best));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}

function held(path: string): Buffer {
  const content = readFileSync(path);
  if (path.endsWith(".br")) return brotliDecompressSync(content);
  return path.endsWith(".gz") ? gunzipSync(content) : content;
}

function compare(fresh: string, committed: string): string[] {
  const names = new Set([...files(fresh), ...files(committed)]);
  return [...names].filter((name) => {
    const paths = [join(fresh, name), join(committed, name)] as const;
    return !paths.every((path) => existsSync(path)) || !held(paths[0]).equals(held(paths[1]));
  });
}

const [first, ...rest] = process.argv.slice(2);
if (first === "--compare" && rest[0] !== undefined && rest[1] !== undefined) {
  const different = compare(rest[0], rest[1]);
  for (const name of different) console.log(`differs: ${name}`);
  process.exitCode = different.length === 0 ? 0 : 1;
} else if (first !== undefined) {
  compress(first);
}
