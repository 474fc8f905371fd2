// Calls under an Idempotency-Key (SEM 29): performed once, whatever is lost between the change and its answer.
import { describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import type { Rota } from "../../src/app/rota.ts";
import type { Principal } from "../../src/contract/principal.ts";
import type { OperationName } from "../../src/contract/routes.ts";
import { openSqliteLedger, type SqliteLedger } from "../../src/ledgers/sqlite/index.ts";
import type { Ledger } from "../../src/ports/ledger.ts";

const nowMs = Date.UTC(2026, 2, 2);
const task = { name: "ping", type: "http", params: { url: "http://127.0.0.1:9/" } };

function caller(idempotencyKey: string, actor = "ann"): Principal {
  return { kind: "key", role: "operator", actor, request: { id: "r", idempotencyKey } };
}

const openLedger = () => openSqliteLedger({ database: "memory:", nowMs });

/** A process that dies in the call: every verb from the chosen one on is performed, and nobody is told. */
function dyingAfter(ledger: Ledger, verbs: number): Ledger {
  let left = verbs;
  const never = new Promise<never>(() => undefined);
  const mortal = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (name === "remembering") return (call: never) => over(ledger.calls.remembering(call));
        if (typeof member !== "function") return member;
        return (...args: readonly unknown[]) => {
          if (left < 0) return never;
          left -= 1;
          const result: unknown = Reflect.apply(member, target, args);
          return result instanceof Promise && left < 0 ? result.then(() => never) : result;
        };
      },
    });
  const over = (living: Ledger): Ledger => ({
    capabilities: living.capabilities,
    identity: living.identity,
    tasks: mortal(living.tasks),
    runs: mortal(living.runs),
    workers: mortal(living.workers),
    backfills: mortal(living.backfills),
    errors: mortal(living.errors),
    access: mortal(living.access),
    audit: mortal(living.audit),
    calls: mortal(living.calls),
    feed: living.feed,
    maintenance: living.maintenance,
    onCommit: (listener, options) => living.onCommit(listener, options),
    setUrl: () => Promise.resolve(),
    close: () => Promise.resolve(),
  });
  return over(ledger);
}

/** Whether the call came to an answer; one that died never does. */
async function hasAnswered(call: Promise<unknown>, ledger: Ledger): Promise<boolean> {
  let isAnswered = false;
  void call.then(
    () => (isAnswered = true),
    () => (isAnswered = true),
  );
  // Every verb that is still to come takes its turn before these.
  for (let turn = 0; turn < 50; turn++) await ledger.feed.head();
  return isAnswered;
}

/** Lets a call die after each of its verbs in turn, and then come again to a process that lives. */
async function dieEverywhere(
  operation: OperationName,
  inputIn: (rota: Rota, ledger: SqliteLedger) => Promise<unknown>,
  look: (ledger: SqliteLedger, answer: unknown) => Promise<void>,
): Promise<number> {
  for (let verbs = 0; ; verbs++) {
    const ledger = await openLedger();
    const living = await createRota({ ledger, start: false });
    try {
      const input = await inputIn(living, ledger);
      const dying = await createRota({ ledger: dyingAfter(ledger, verbs), start: false });
      const isAnswered = await hasAnswered(dying.invoke(operation, input, caller("k1")), ledger);
      const answer = await living.invoke(operation, input, caller("k1"));
      expect(await living.invoke(operation, input, caller("k1")), `after ${verbs} verbs`).toEqual(answer);
      await look(ledger, answer);
      if (isAnswered) return verbs;
    } finally {
      await living.stop({ graceMs: 0 });
    }
  }
}

/** Runs whatever waits, as a worker whose code throws. */
async function failAll({ workers, runs }: SqliteLedger): Promise<void> {
  const worker = { name: "w", pid: 1, queues: ["*"], concurrency: 10, executors: [] };
  const workerKey = await workers.register(worker, nowMs);
  const claimed = await runs.claim({ workerKey, queue: "default", types: ["http"], limit: 10 }, Date.now());
  const error = { code: "EXECUTION_FAILED", message: "it broke", retryable: true };
  const end = {
    kind: "end",
    status: "failed",
    result: JSON.stringify({ error }),
    errorCode: error.code,
  } as const;
  await runs.settle(
    claimed.runs.map(({ key, claim, version }) => ({
      runKey: key,
      claim,
      version,
      endedAtMs: nowMs,
      ...end,
    })),
    nowMs,
  );
}

describe("a call under an Idempotency-Key", () => {
  it("P2 SEM 29 I5 creates one task, wherever the process dies before its answer", async () => {
    const places = await dieEverywhere(
      "tasks.create",
      async () => task,
      async (ledger, answer) => {
        expect((await ledger.tasks.list({ limit: 10 })).items).toHaveLength(1);
        expect(answer).toMatchObject({ name: "ping", revision: 1 });
      },
    );
    expect(places).toBeGreaterThan(3);
  });

  it("P2 SEM 29 I5 starts one run, wherever the process dies before its answer", async () => {
    const places = await dieEverywhere(
      "tasks.trigger",
      async (rota) => ({ id: (await rota.tasks.create(task)).id }),
      async (ledger, answer) => {
        expect((await ledger.runs.list({ limit: 10 })).items).toHaveLength(1);
        expect(answer).toMatchObject({ status: "pending" });
      },
    );
    expect(places).toBeGreaterThan(3);
  });

  it("P2 SEM 29 I5 retries a run once, wherever the process dies before its answer", async () => {
    const places = await dieEverywhere(
      "runs.retry",
      async (rota) => {
        const { id } = await rota.tasks.trigger({ id: (await rota.tasks.create(task)).id });
        await rota.runs.cancel({ id });
        return { id };
      },
      async (ledger) => expect((await ledger.runs.list({ limit: 10 })).items).toHaveLength(2),
    );
    expect(places).toBeGreaterThan(3);
  });

  it("P2 SEM 29 I5 makes a task by its externalId once, and says so, wherever the process dies", async () => {
    const places = await dieEverywhere(
      "tasks.upsert",
      async () => ({ ...task, externalId: "ping" }),
      async (ledger, answer) => {
        expect((await ledger.tasks.list({ limit: 10 })).items).toHaveLength(1);
        expect(answer).toMatchObject({ outcome: "created", revision: 1 });
        expect((await ledger.tasks.counts()).byStatus.active).toBe(1);
      },
    );
    expect(places).toBeGreaterThan(3);
  });

  it("SEM 29 leaves what another has made of the task since, when an upsert that was not answered comes again", async () => {
    const upsert = { ...task, externalId: "ping" };
    for (const verbs of [5, 4, 3, 2]) {
      const ledger = await openLedger();
      await using living = await createRota({ ledger, start: false });
      const dying = await createRota({ ledger: dyingAfter(ledger, verbs), start: false });
      await hasAnswered(dying.invoke("tasks.upsert", upsert, caller("k1")), ledger);
      const made = await ledger.tasks.findByExternalId(undefined, "ping");
      if (made === undefined) continue;
      await living.tasks.upsert({ ...upsert, name: "pong" });
      await living.invoke("tasks.upsert", upsert, caller("k1"));
      expect(await ledger.tasks.findByExternalId(undefined, "ping")).toMatchObject({
        revision: 2,
        definition: { name: "pong" },
      });
    }
  });

  it("P2 SEM 29 I5 starts many runs once, wherever the process dies before its answer", async () => {
    const places = await dieEverywhere(
      "tasks.triggerMany",
      async (rota) => ({ id: (await rota.tasks.create(task)).id, items: [{}, {}, {}] }),
      async (ledger) => expect((await ledger.runs.list({ limit: 10 })).items).toHaveLength(3),
    );
    expect(places).toBeGreaterThan(3);
  });

  it("P2 SEM 29 I5 begins one backfill, wherever the process dies before its answer", async () => {
    const places = await dieEverywhere(
      "backfills.create",
      async (rota) => {
        const { id } = await rota.tasks.create({
          ...task,
          trigger: { kind: "cron", expression: "0 8 * * *" },
        });
        return { taskId: id, from: "2026-02-01T00:00:00Z", to: "2026-02-08T00:00:00Z" };
      },
      async (ledger, answer) => {
        expect(await ledger.backfills.unfinished(10)).toHaveLength(1);
        expect(answer).toMatchObject({ status: "running", planned: 7 });
      },
    );
    expect(places).toBeGreaterThan(3);
  });

  it("P2 SEM 29 I5 N15 retries failed runs once, wherever the process dies before its answer", async () => {
    const places = await dieEverywhere(
      "errors.retry",
      async (rota, ledger) => {
        const { id } = await rota.tasks.create(task);
        await rota.triggerMany(id, [{}, {}]);
        await failAll(ledger);
        return { fingerprint: (await rota.errors.list()).items[0]?.fingerprint };
      },
      async (ledger, answer) => {
        expect((await ledger.runs.list({ limit: 10 })).items).toHaveLength(4);
        expect((answer as { readonly runIds: readonly string[] }).runIds).toHaveLength(2);
      },
    );
    expect(places).toBeGreaterThan(3);
  });

  it("SEM 29 is waited for by the second of its kind, and answered the same", async () => {
    await using rota = await createRota({ database: "memory:", start: false });
    const create = () => rota.invoke("tasks.create", task, caller("k1"));
    const [first, ...others] = await Promise.all([create(), create(), create()]);
    for (const other of others) expect(other).toEqual(first);
    await rota.tasks.pause({ id: (first as { readonly id: string }).id });
    expect(await create(), "as it was answered then").toEqual(first);
    expect((await rota.tasks.list()).items).toHaveLength(1);
  });

  it("SEM 29 is refused with another input, and is another call for another caller or operation", async () => {
    await using rota = await createRota({ database: "memory:", start: false });
    const made = (await rota.invoke("tasks.create", task, caller("k1"))) as { readonly id: string };
    await expect(rota.invoke("tasks.create", { ...task, name: "x" }, caller("k1"))).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
    const { name, ...rest } = task;
    expect(await rota.invoke("tasks.create", { ...rest, name }, caller("k1")), "in whatever order").toEqual(
      made,
    );
    await rota.invoke("tasks.create", task, caller("k1", "bob"));
    await rota.invoke("tasks.pause", { id: made.id }, caller("k1"));
    expect((await rota.tasks.list()).items).toHaveLength(2);
  });

  it("is free again when it was refused before anything was touched", async () => {
    await using rota = await createRota({ database: "memory:", start: false });
    await expect(rota.invoke("tasks.create", { name: "x" }, caller("k1"))).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
    await rota.invoke("tasks.create", task, caller("k1"));
    for (const key of ["", "a b", "ü", "x".repeat(201)]) {
      await expect(rota.invoke("tasks.create", task, caller(key))).rejects.toMatchObject({
        code: "VALIDATION_FAILED",
      });
    }
  });

  it("is not taken where the answer holds a secret", async () => {
    await using rota = await createRota({ database: "memory:", start: false });
    const admin: Principal = { ...caller("k1"), role: "admin" };
    await expect(rota.invoke("keys.create", { name: "a" }, admin)).rejects.toThrow(
      /takes no Idempotency-Key/,
    );
    expect((await rota.keys.list()).items).toEqual([]);
  });
});
