/** Finding a text in the messages of an exported transcript: what the server does elsewhere, with the patterns of JavaScript. */

import type { MessageRange, TranscriptFindProgress, TranscriptHit } from "./generated/types.gen.ts";

/** Answers a question of the page (null: the export does not hold that). */
type Read = (path: string) => Promise<string | null>;

const MESSAGES_AT_ONCE = 50;
const PART_CHARACTERS = 20_000;
const SHOWN_CHARACTERS = 80;
const MOST_SPANS = 200;
const MOST_HITS = 1000;

/** Look through all messages; `at` is the path of the transcript. Throws SyntaxError for what is not a pattern. */
export function findInMessages(at: string, asked: URLSearchParams, read: Read): Response {
  const pattern = patternOf(asked);
  const encoder = new TextEncoder();
  const events = found(at, pattern, read);
  return new Response(
    new ReadableStream({
      async pull(stream) {
        const { value } = await events.next();
        if (value === undefined) stream.close();
        else stream.enqueue(encoder.encode(value));
      },
      async cancel() {
        await events.return(undefined);
      },
    }),
  );
}

function patternOf(asked: URLSearchParams): RegExp {
  const given = asked.get("q") ?? "";
  const plain = asked.get("regex") === "true" ? given : given.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const source = asked.get("word") === "true" ? `\\b(?:${plain})\\b` : plain;
  return new RegExp(source, asked.get("case") === "true" ? "gu" : "giu");
}

async function* found(at: string, pattern: RegExp, read: Read): AsyncGenerator<string, undefined> {
  const progress: TranscriptFindProgress = { searched: 0, items: 0, matches: 0, done: false };
  let total = Number.POSITIVE_INFINITY;
  for (let start = 1; start <= total; start += MESSAGES_AT_ONCE) {
    const text = await read(`${at}/messages?start=${start}&stop=${start + MESSAGES_AT_ONCE}&timed=true`);
    const range = JSON.parse(text ?? '{"items":[],"total":0}') as MessageRange;
    total = range.total ?? 0;
    for (const message of range.items) {
      const whole = message.folded ? await wholeText(at, message.number, read) : message.text;
      const hit = hitIn(whole ?? message.text, message.number, pattern);
      if (hit === null) continue;
      progress.items += 1;
      progress.matches += hit.count;
      if (progress.items <= MOST_HITS) yield eventOf("hit", hit);
    }
    progress.searched += range.items.length;
    yield eventOf("progress", progress);
  }
  yield eventOf("done", { ...progress, done: true });
  return undefined;
}

async function wholeText(at: string, number: number, read: Read): Promise<string | null> {
  let text = "";
  for (let offset = 0; ; offset += PART_CHARACTERS) {
    const asked = `characters=${PART_CHARACTERS}&offset=${offset}&start=${number}&stop=${number + 1}`;
    const part = await read(`${at}/messages?${asked}`);
    if (part === null) return null;
    const [message] = (JSON.parse(part) as MessageRange).items;
    text += message?.text ?? "";
    if (!message?.folded) return text;
  }
}

function hitIn(text: string, number: number, pattern: RegExp): TranscriptHit | null {
  const places = [...text.matchAll(pattern)].filter(([match]) => match !== "");
  const [first] = places;
  if (first === undefined) return null;
  const from = Math.max(0, first.index - SHOWN_CHARACTERS);
  const shown = text.slice(from, first.index + Math.min(first[0].length, 4 * SHOWN_CHARACTERS) + SHOWN_CHARACTERS);
  // The server counts characters, a string of JavaScript has two units for some of them.
  let [units, characters] = [0, 0];
  const counted = (place: number) => {
    for (; units < place; characters += 1) units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
    return characters;
  };
  const offset = counted(from);
  const spans = places
    .slice(0, MOST_SPANS)
    .map(({ index, 0: match }): [number, number] => [counted(index), counted(index + match.length)]);
  return { kind: "message", number, count: places.length, spans, text: shown, offset };
}

function eventOf(name: string, data: TranscriptHit | TranscriptFindProgress): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
