// Reads server-sent events from the body of an answer.
//
// @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

export interface Frame {
  /** "message" unless the frame has a name. */
  readonly event: string;
  /** Empty when the frame only moves `id`. */
  readonly data: string;
  /** What resumes the stream after this frame; of the last frame that had one. */
  readonly id: string | undefined;
}

/** The frames of a body, as they come. A frame that is cut off by the end of the body is none. */
export async function* framesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame, undefined> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let id: string | undefined;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = fieldsOf(block);
        id = fields.get("id") ?? id;
        yield { event: fields.get("event") ?? "message", data: fields.get("data") ?? "", id };
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Comments have no name; `data` of several lines is joined. */
function fieldsOf(block: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of block.split(/\r?\n/)) {
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    const before = name === "data" ? fields.get(name) : undefined;
    if (name !== "") fields.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  return fields;
}
