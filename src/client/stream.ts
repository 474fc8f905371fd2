// Walks a stream of the server, over as many connections as it takes.

import { isRotaError } from "../contract/problem-details.ts";
import { framesOf, type Frame } from "./sse.ts";

export interface StreamParts {
  /** Opens a connection that goes on after `id`. @throws what the server refuses with, or LEDGER_UNAVAILABLE */
  readonly open: (id: string | undefined, signal: AbortSignal) => Promise<Response>;
  /** Where the first connection goes on. */
  readonly after: string | undefined;
  /** The caller's; what it was aborted with is thrown. */
  readonly signal: AbortSignal | undefined;
}

const shortestWaitMs = 1000;
const longestWaitMs = 30_000;

/**
 * Each walk has connections of its own. What cannot be opened the first time throws; a connection that breaks later is
 * opened again, with growing patience, after the last thing received: nothing is missed and nothing comes twice.
 */
export function resumedStream(parts: StreamParts): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]: () => {
      const leaving = new AbortController();
      const signal = parts.signal ? AbortSignal.any([parts.signal, leaving.signal]) : leaving.signal;
      const items = walk(parts, signal);
      return {
        next: async () => {
          try {
            return await items.next();
          } catch (error) {
            if (leaving.signal.aborted) return { done: true, value: undefined };
            parts.signal?.throwIfAborted();
            throw error;
          }
        },
        // Ends what `next` waits for; a generator by itself would wait with it.
        return: async () => {
          leaving.abort();
          await items.return(undefined).catch(() => undefined);
          return { done: true, value: undefined };
        },
      };
    },
  };
}

async function* walk({ open, after }: StreamParts, signal: AbortSignal): AsyncGenerator<unknown, undefined> {
  let id = after;
  for (let failures = 0, isFirst = true; ; isFirst = false) {
    try {
      const { body } = await open(id, signal);
      for await (const frame of body === null ? [] : framesOf(body)) {
        id = frame.id ?? id;
        failures = 0;
        if (frame.event === "drop") break;
        if (frame.data !== "") yield itemOf(frame);
        if (frame.event === "end") return undefined;
      }
      isFirst = false;
    } catch (error) {
      // The connection broke, or the server is away for a while; anything else would not be better next time.
      const isRefused = isRotaError(error) && !error.retryable;
      if (isFirst || signal.aborted || isRefused) throw error;
    }
    await pause(Math.min(longestWaitMs, shortestWaitMs * 2 ** failures++), signal);
  }
}

function itemOf({ data }: Frame): unknown {
  return JSON.parse(data);
}

/** Up to half as long again, so that many do not come back together. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms * (1 + Math.random() / 2));
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  signal.throwIfAborted();
}
