// Streams over real connections, under virtual time: frames, resuming, keep-alives, readers that stall.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { createHttpServer } from "./server.ts";

/** A stream which the test fills. */
class Source implements AsyncIterableIterator<unknown> {
  id: string | undefined = "place_0";
  readonly left = Promise.withResolvers<void>();
  readonly #items: unknown[] = [];
  #isOver = false;
  #wake = (): void => undefined;

  [Symbol.asyncIterator](): this {
    return this;
  }

  put(...items: unknown[]): void {
    this.#items.push(...items);
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async next(): Promise<IteratorResult<unknown>> {
    while (this.#items.length === 0 && !this.#isOver)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#items.length > 0
      ? { done: false, value: this.#items.shift() }
      : { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.left.resolve();
    this.end();
    return { done: true, value: undefined };
  }
}

async function setup(source = new Source()) {
  const clock = new VirtualClock();
  const asked: unknown[] = [];
  const server = createHttpServer({
    host: "127.0.0.1",
    port: 0,
    clock,
    invoke: async (_, input) => {
      asked.push(input);
      return source;
    },
  });
  const url = await server.listen();
  const read = async (headers: Record<string, string> = {}, query = "") => {
    const response = await fetch(`${url}/api/v1/events${query}`, { headers });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    return {
      response,
      /** Everything up to this text. */
      until: async (wanted: string): Promise<string> => {
        while (!text.includes(wanted)) {
          const { done, value } = (await reader?.read()) ?? { done: true };
          if (done) throw new Error(`the stream ended with ${text.slice(-200)}`);
          text += value;
        }
        return text;
      },
      rest: async (): Promise<string> => {
        for (let more = await reader?.read(); more?.done === false; more = await reader?.read())
          text += more.value;
        return text;
      },
      leave: () => reader?.cancel(),
    };
  };
  return { clock, source, server, url, asked, read, [Symbol.asyncDispose]: () => server.close() };
}

describe("a stream", () => {
  it("is told as server-sent events, beginning with the place it can be resumed at", async () => {
    await using test = await setup();
    const stream = await test.read();
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(stream.response.headers.get("cache-control")).toBe("no-store");
    test.source.put({ id: "a.1", type: "run.created", text: "line\nbreak" }, { id: "a.2", type: "reset" });
    test.source.end();
    expect(await stream.rest()).toBe(
      "retry: 1000\nid: place_0\n\n" +
        'id: a.1\ndata: {"id":"a.1","type":"run.created","text":"line\\nbreak"}\n\n' +
        'id: a.2\nevent: reset\ndata: {"id":"a.2","type":"reset"}\n\n',
    );
  });

  it("goes on after the header Last-Event-ID, which knows more than the address", async () => {
    await using test = await setup();
    test.source.end();
    await (await test.read({ "last-event-id": "a.7" })).rest();
    await (await test.read({}, "?lastEventId=a.1&type=run.*,task.paused")).rest();
    await (await test.read({ "last-event-id": "a.7" }, "?lastEventId=a.1")).rest();
    expect(test.asked).toEqual([
      { lastEventId: "a.7" },
      { lastEventId: "a.1", type: ["run.*", "task.paused"] },
      { lastEventId: "a.7" },
    ]);
  });

  it("is kept alive by comments that move the reader's place", async () => {
    await using test = await setup();
    const stream = await test.read();
    await stream.until("id: place_0");
    test.source.id = "place_9";
    await test.clock.advance(15_000);
    expect(await stream.until("place_9")).toContain("\n\n: keep-alive\nid: place_9\n\n");
    await stream.leave();
  });

  it("is left when its reader goes", async () => {
    await using test = await setup();
    const stream = await test.read();
    await stream.until("retry");
    await stream.leave();
    await expect(test.source.left.promise).resolves.toBeUndefined();
  });

  it("tells its readers to come back when the server closes", async () => {
    await using test = await setup();
    const stream = await test.read();
    await stream.until("retry");
    await test.server.close();
    expect(await stream.rest()).toMatch(/event: drop\ndata: \{"reason":"closing"\}\n\n$/);
    await test.source.left.promise;
  });

  it("answers HEAD with its headers alone", async () => {
    await using test = await setup();
    const response = await fetch(`${test.url}/api/v1/events`, { method: "HEAD" });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    await test.source.left.promise;
  });

  it("that breaks is ended with a frame, and the reader may come back", async () => {
    await using test = await setup();
    test.source.next = () => Promise.reject(new Error("away"));
    expect(await (await test.read()).rest()).toMatch(/event: drop\ndata: \{"reason":"failed"\}\n\n$/);
  });
});

describe("a reader that does not read", () => {
  it("is asked no more of the stream, and dropped with a last frame when its time is over", async () => {
    await using test = await setup();
    const socket: Socket = connect(Number(new URL(test.url).port), "127.0.0.1");
    await once(socket, "connect");
    socket.pause();
    socket.write(
      `GET /api/v1/events HTTP/1.1\r\nhost: ${new URL(test.url).host}\r\nconnection: close\r\n\r\n`,
    );
    const filler = { id: "a.1", text: "x".repeat(100_000) };
    let given = 0;
    const stalled = Promise.withResolvers<void>();
    const next = test.source.next.bind(test.source);
    // Given whenever it is asked for; the socket takes some megabytes, then nothing.
    test.source.next = async () => {
      given += 1;
      if (given > 1000) stalled.reject(new Error("a reader that reads nothing was given everything"));
      test.source.put(filler);
      return next();
    };
    const dropped = test.source.left.promise;
    let isDropped = false;
    void dropped.then(() => (isDropped = true));
    while (!isDropped) await test.clock.advance(1000);
    expect(given).toBeLessThan(1000);
    let received = "";
    socket.on("data", (bytes) => (received = (received + bytes.toString("latin1")).slice(-200)));
    socket.resume();
    await once(socket, "end");
    expect(received).toContain('event: drop\ndata: {"reason":"slow"}\n\n');
    stalled.resolve();
    socket.destroy();
  });
});
