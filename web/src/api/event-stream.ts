/** Reading `text/event-stream`, piece by piece. */

export interface StreamEvent {
  name: string;
  data: string;
}

/** Give the events of a stream as they come; what does not end with an empty line is not an event yet, and is dropped. */
export async function* readEvents(pieces: AsyncIterable<string>): AsyncGenerator<StreamEvent> {
  let rest = "";
  for await (const piece of pieces) {
    rest += piece;
    // A line may end with \r\n whose \n is still to come.
    const end = rest.endsWith("\r") ? rest.length - 1 : rest.length;
    const blocks = rest.slice(0, end).replaceAll("\r\n", "\n").split("\n\n");
    rest = (blocks.pop() ?? "") + rest.slice(end);
    for (const block of blocks) {
      const event = readEvent(block);
      if (event !== null) yield event;
    }
  }
}

function readEvent(block: string): StreamEvent | null {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value] = /^(\w+):? ?(.*)$/s.exec(line) ?? [];
    if (field === "event") name = value ?? name;
    else if (field === "data") data.push(value ?? "");
  }
  return data.length === 0 ? null : { name, data: data.join("\n") };
}
