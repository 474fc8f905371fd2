// Streams of events and of single runs: nothing missed, nothing twice, whatever happens in between.

import { describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import type { Rota } from "../../src/app/rota.ts";
import { localPrincipal, type Principal } from "../../src/contract/principal.ts";
import type { InputOf, OutputOf } from "../../src/contract/catalogue.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import type { Executor } from "../../src/ports/executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

type Told = OutputOf<"events.stream">;
type ToldOfRun = OutputOf<"runs.stream">;

const echo = defineExecutor({ type: "echo", run: () => "done" });
const manual = { name: "a", type: "echo", trigger: { kind: "manual" } } as const;

const inMemory = (executors: readonly Executor[]) => createRota({ database: "memory:", executors });

/** Opens a stream; it has begun when this resolves. */
async function open(
  rota: Rota,
  input: InputOf<"events.stream"> = {},
  principal: Principal = localPrincipal,
): Promise<AsyncIterableIterator<Told>> {
  return (await rota.invoke("events.stream", input, principal)) as AsyncIterableIterator<Told>;
}

async function take<Item>(stream: AsyncIterator<Item>, count: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let n = 0; n < count; n++) {
    const result: IteratorResult<Item, unknown> = await stream.next();
    if (result.done === true) break;
    items.push(result.value);
  }
  return items;
}

const types = (items: readonly { readonly type: string }[]): string[] => items.map(({ type }) => type);
const positions = (items: readonly Told[]): number[] => items.map(({ position }) => position);
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe("a stream of events", () => {
  it("begins with what is committed after it was opened", async () => {
    await using rota = await inMemory([echo]);
    const task = await rota.tasks.create(manual);
    const stream = await open(rota);
    const run = await rota.trigger(task);
    expect(await take(stream, 3)).toMatchObject([
      { type: "run.created", taskId: task.id, runId: run.id, seq: 1 },
      { type: "run.started", seq: 2 },
      { type: "run.completed", seq: 3 },
    ]);
    await stream.return?.();
  });

  it("R12 SEM 7 catches up and goes live without gap or duplicate while others commit", async () => {
    await using rota = await inMemory([echo]);
    const task = await rota.tasks.create(manual);
    const [first] = await take(await open(rota, { lastEventId: await beginning(rota) }), 1);
    await rota.triggerMany(
      task,
      Array.from({ length: 700 }, () => ({})),
    );
    const streams = await Promise.all(
      Array.from({ length: 5 }, () => open(rota, { lastEventId: first?.id ?? "" })),
    );
    const reading = Promise.all(streams.map((stream) => take(stream, 3000)));
    for (let round = 0; round < 50; round++)
      await Promise.all([rota.triggerMany(task, [{}, {}, {}]), rota.triggerMany(task, [{}, {}, {}])]);
    for (const items of await reading) expect(positions(items)).toEqual(upTo(3001).slice(1));
  });

  it("R12 SEM 7 goes on after any event it was left at, as often as one likes", async () => {
    await using rota = await inMemory([echo]);
    const task = await rota.tasks.create(manual);
    const seen: number[] = [];
    let lastEventId = await beginning(rota);
    for (let round = 0; round < 20; round++) {
      await rota.trigger(task);
      const stream = await open(rota, { lastEventId });
      const items = await take(stream, 1 + (round % 3));
      await stream.return?.();
      seen.push(...positions(items));
      lastEventId = items.at(-1)?.id ?? lastEventId;
    }
    expect(seen).toEqual(upTo(seen.length));
  });

  it("a reader that takes its time is read for from the ledger, and misses nothing", async () => {
    await using rota = await inMemory([echo]);
    const task = await rota.tasks.create(manual);
    const slow = await open(rota, { type: "run.created" });
    const first = slow.next();
    await rota.triggerMany(task, [{}]);
    await first;
    for (let round = 0; round < 3; round++)
      await rota.triggerMany(
        task,
        Array.from({ length: 900 }, () => ({})),
      );
    const items = await take(slow, 2700);
    expect(new Set(items.map((item) => ("runId" in item ? item.runId : ""))).size).toBe(2700);
    expect(positions(items)).toEqual(positions(items).toSorted((a, b) => a - b));
  });

  it.each<[string, InputOf<"events.stream">, readonly string[]]>([
    ["one type", { type: "task.paused" }, ["task.paused"]],
    ["a kind", { type: ["task.*"] }, ["task.created", "task.paused"]],
    ["a user", { userId: "ann" }, ["task.created", "task.paused"]],
    ["a conversation", { conversationId: "c_1" }, ["task.created", "task.paused"]],
    ["a user and a type", { userId: "bob", type: "run.completed" }, ["run.completed"]],
  ])("tells only what fits %s", async (_, filter, expected) => {
    await using rota = await inMemory([echo]);
    const stream = await open(rota, filter);
    const ann = await rota.tasks.create({ ...manual, userId: "ann", conversationId: "c_1" });
    await rota.tasks.pause({ id: ann.id });
    const bob = await rota.tasks.create({ ...manual, userId: "bob" });
    await (await rota.trigger(bob)).result();
    expect(types(await take(stream, expected.length))).toEqual(expected);
  });

  it("tells only of the task, or the run, that was asked for", async () => {
    await using rota = await inMemory([echo]);
    const [task, other] = [await rota.tasks.create(manual), await rota.tasks.create(manual)];
    const [run] = [await rota.trigger(task, { delayMs: 3_600_000 }), await rota.trigger(task)];
    const ofTask = await open(rota, { taskId: other.id });
    const ofRun = await open(rota, { runId: run.id });
    await rota.tasks.pause({ id: task.id });
    await rota.tasks.pause({ id: other.id });
    await rota.runs.cancel({ id: run.id });
    expect(await take(ofTask, 1)).toMatchObject([{ type: "task.paused", taskId: other.id }]);
    expect(await take(ofRun, 2)).toMatchObject([
      { type: "run.cancel-requested", runId: run.id },
      { type: "run.cancelled", runId: run.id },
    ]);
    await expect(open(rota, { taskId: "task_1" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("R13 tells a user of nothing but the user's own", async () => {
    await using rota = await inMemory([echo]);
    const ann: Principal = { kind: "key", role: "viewer", actor: "ann", userId: "ann" };
    const theirs = await rota.tasks.create({ ...manual, userId: "bob" });
    const run = await rota.trigger(theirs);
    const stream = await open(rota, { type: "*", lastEventId: await beginning(rota) }, ann);
    await rota.tasks.create(manual);
    const own = await rota.tasks.create({ ...manual, userId: "ann" });
    expect(await take(stream, 1)).toMatchObject([{ type: "task.created", taskId: own.id, userId: "ann" }]);
    for (const input of [{ userId: "bob" }, { taskId: theirs.id }, { runId: run.id }])
      await expect(open(rota, input, ann)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(rota.invoke("runs.stream", { id: run.id }, ann)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  it("SEM 7 answers a place that is too old, or of another ledger, with a reset and the present state", async () => {
    await using test = await createTestRota({ executors: [echo] });
    const task = await test.rota.tasks.create(manual);
    const old = await beginning(test.rota);
    await using other = await createTestRota({ now: "2025-01-01T00:00:00Z" });
    const foreign = [await beginning(other.rota), old.replace(/\.0$/, ".99"), "nonsense", "12"];
    for (const lastEventId of foreign) {
      const stream = await open(test.rota, { lastEventId });
      expect(await take(stream, 1)).toMatchObject([
        { type: "reset", reason: "foreign", position: 1, state: { stats: { tasks: { total: 1 } } } },
      ]);
      await stream.return?.();
    }
    await test.advance(8 * 86_400_000);
    await test.rota.maintenance.cleanup();
    const ofTask = await open(test.rota, { lastEventId: old, taskId: task.id });
    expect(await take(ofTask, 1)).toMatchObject([
      { type: "reset", reason: "expired", position: 1, state: { task: { id: task.id, status: "active" } } },
    ]);
    await test.rota.tasks.pause({ id: task.id });
    expect(await take(ofTask, 1)).toMatchObject([{ type: "task.paused", position: 2 }]);
  });

  it("is refused beyond the number there may be, and leaving one makes room", async () => {
    await using rota = await createRota({ database: "memory:", limits: { streams: 2 } });
    const [first] = [await open(rota), await open(rota)];
    await expect(open(rota)).rejects.toMatchObject({ code: "OVERLOADED", retryable: true });
    await first?.return?.();
    await first?.return?.();
    const third = await open(rota);
    await expect(open(rota)).rejects.toMatchObject({ code: "OVERLOADED" });
    await third.return?.();
  });

  it("ends when it is left, also while it waits, and when Rota stops", async () => {
    await using rota = await inMemory([]);
    const [left, stopped] = [await open(rota), await open(rota)];
    const [waiting, alsoWaiting] = [left.next(), stopped.next()];
    await left.return?.();
    expect(await waiting).toMatchObject({ done: true });
    await rota.stop();
    expect(await alsoWaiting).toMatchObject({ done: true });
  });

  it("P18 is walked by a program as any list is", async () => {
    await using rota = await inMemory([echo]);
    const task = await rota.tasks.create(manual);
    const lastEventId = await beginning(rota);
    await (await rota.trigger(task)).result();
    const seen: string[] = [];
    for await (const event of rota.events.stream({ lastEventId })) {
      seen.push(event.type);
      if (event.type === "run.completed") break;
    }
    expect(seen).toEqual(["task.created", "run.created", "run.started", "run.completed"]);
  });
});

describe("the stream of a run", () => {
  const talker = () => {
    const go = Promise.withResolvers<void>();
    const executor = defineExecutor({
      type: "talker",
      run: async (_, ctx) => {
        ctx.log.info("begun", { n: 1 });
        ctx.emit({ part: 1 });
        ctx.progress({ percent: 50 });
        await go.promise;
        ctx.emit({ part: 2 });
        ctx.log.warn("almost done");
        ctx.progress({ percent: 100 });
        return 7;
      },
    });
    return { executor, go: go.resolve };
  };
  const openRun = async (rota: Rota, input: InputOf<"runs.stream">) =>
    (await rota.invoke("runs.stream", input)) as AsyncIterableIterator<ToldOfRun>;
  const rest = async (stream: AsyncIterableIterator<ToldOfRun>): Promise<ToldOfRun[]> => {
    const items: ToldOfRun[] = [];
    for await (const item of stream) items.push(item);
    return items;
  };

  it("P7 tells its log, output, progress and events as they come, and ends with it", async () => {
    const { executor, go } = talker();
    await using rota = await inMemory([executor]);
    const run = await rota.trigger(await rota.tasks.create({ name: "t", type: "talker" }));
    const stream = await openRun(rota, { id: run.id });
    const before = await take(stream, 5);
    expect(types(before).toSorted()).toEqual(["log", "output", "progress", "run.created", "run.started"]);
    go();
    const after = await rest(stream);
    expect(types(after).toSorted()).toEqual(["end", "log", "output", "progress", "run.completed"]);
    expect(after.at(-1)).toMatchObject({
      type: "end",
      run: { id: run.id, status: "completed", result: { data: 7 } },
    });
    expect(types(after).indexOf("run.completed")).toBeGreaterThan(types(after).indexOf("log"));
    const all = [...before, ...after];
    expect(all.filter(({ type }) => type === "log")).toMatchObject([
      { index: 1, level: "info", message: "begun", fields: { n: 1 } },
      { index: 2, level: "warn", message: "almost done" },
    ]);
    expect(all.filter(({ type }) => type === "output")).toMatchObject([
      { chunk: { part: 1 } },
      { chunk: { part: 2 } },
    ]);
  });

  it("P7 R12 goes on after any of its items", async () => {
    const { executor, go } = talker();
    go();
    await using rota = await inMemory([executor]);
    const run = await rota.trigger(await rota.tasks.create({ name: "t", type: "talker" }));
    await run.result();
    const all = await rest(await openRun(rota, { id: run.id }));
    // Progress and the end are states, not steps: a reader who comes back is told them again.
    const steps = (items: readonly ToldOfRun[]) =>
      items.filter(({ type }) => type !== "progress" && type !== "end");
    for (const [index, { id }] of all.entries()) {
      const later = await rest(await openRun(rota, { id: run.id, lastEventId: id }));
      expect(steps(later)).toEqual(steps(all.slice(index + 1)));
      expect(later.at(-1)?.type).toBe("end");
    }
  });

  it("tells only the kinds that were asked for", async () => {
    const { executor, go } = talker();
    go();
    await using rota = await inMemory([executor]);
    const run = await rota.trigger(await rota.tasks.create({ name: "t", type: "talker" }));
    await run.result();
    const logs = await rest(await openRun(rota, { id: run.id, only: "log" }));
    expect(types(logs)).toEqual(["log", "log", "end"]);
    await expect(openRun(rota, { id: run.id, lastEventId: "x" })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
    await expect(openRun(rota, { id: "run_1" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("reads thousands of lines, in order, while they are written", async () => {
    const chatty = defineExecutor({
      type: "chatty",
      run: async (_, ctx) => {
        for (let n = 1; n <= 3000; n++) {
          ctx.log.info(String(n));
          if (n % 100 === 0) await ctx.checkpoint();
        }
      },
    });
    await using rota = await createRota({ database: "memory:", executors: [chatty] });
    const run = await rota.trigger(await rota.tasks.create({ name: "t", type: "chatty" }));
    const lines: string[] = [];
    for await (const item of rota.runs.stream({ id: run.id, only: ["log"] }))
      if (item.type === "log") lines.push(item.message);
    expect(lines).toEqual(Array.from({ length: 3000 }, (_, index) => String(index + 1)));
  });
});

/** The place before the first event of this ledger. */
async function beginning(rota: Rota): Promise<string> {
  const stream = (await open(rota)) as AsyncIterableIterator<Told> & { readonly id: string };
  const { id } = stream;
  await stream.return?.();
  return id.replace(/\.\d+$/, ".0");
}
