// Lists and bulk verbs over HTTP: the filter language, cursors, and changing all that a filter matches.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpRota, type Answer } from "./http-rota.ts";

let rota: HttpRota;
beforeAll(async () => void (rota = await HttpRota.start()));
afterAll(() => rota[Symbol.asyncDispose]());

type Item = Readonly<Record<string, unknown>>;

function itemsOf({ body }: Answer): readonly Item[] {
  return body["items"] as readonly Item[]; // held against the catalogue already
}

function list(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return rota.ask("GET", `/api/v1/${path}?${new URLSearchParams(query).toString()}`);
}

const ids = (answer: Answer) => itemsOf(answer).map(({ id }) => id);
const message = ({ body }: Answer) => String(body["detail"]);

/** Runs of a type of their own, so that the tests do not meet. */
async function echoes(tag: string, texts: readonly string[]) {
  const taskId = await rota.task({ name: `task ${tag}`, type: "echo", tags: [tag], params: { text: "" } });
  const runs: string[] = [];
  for (const text of texts) runs.push(String((await rota.run(taskId, { params: { text } }))["id"]));
  return { taskId, runs };
}

describe("a list over HTTP", () => {
  it("P9 P12 takes a filter, beside the short fields that say a part of one", async () => {
    const { taskId, runs } = await echoes("alpha", ["北京", "Paris", "Rome"]);
    expect(ids(await list("runs", { filter: 'tag:alpha params.text:"北京"' }))).toEqual([runs[0]]);
    expect(
      ids(await list("runs", { filter: "tag:alpha -params.text:Rome created>-1h", order: "oldest" })),
    ).toEqual(runs.slice(0, 2));
    expect(
      ids(await list("runs", { filter: "params.text~ROM", taskId, status: "completed,failed" })),
    ).toEqual([runs[2]]);
    expect(ids(await list("runs", { filter: "duration<1m", taskId, status: "failed" }))).toEqual([]);
    expect(ids(await list(`tasks/${taskId}/runs`, { filter: "params.text:Paris,Rome" }))).toEqual([
      runs[2],
      runs[1],
    ]);
    expect(ids(await list("tasks", { filter: "tag:alpha type:echo", order: "oldest" }))).toEqual([taskId]);
    expect(ids(await list("runs", { filter: `task:${taskId} id:${runs[1]}` }))).toEqual([runs[1]]);
  });

  it.each([
    ["runs", "status:faild", 'filter: character 8: "faild" is no status; did you mean failed?'],
    ["runs", '状态 staus:"x"', 'filter: character 4: runs have no field "staus"; did you mean status?'],
    ["tasks", "attempt:1", 'filter: character 1: tasks have no field "attempt"'],
    ["occurrences", "decision:mised", "filter: character 10:"],
  ])("P9 says where a filter of %s is wrong: %s", async (path, filter, expected) => {
    const answer = await list(path, { filter });
    expect(answer.status).toBe(400);
    expect(message(answer)).toContain(expected);
  });

  it("refuses a filter that is longer than any person writes", async () => {
    const answer = await list("runs", { filter: "a ".repeat(2001) });
    expect([answer.status, message(answer)]).toEqual([400, "filter: at most 4000 characters"]);
  });

  it("answers an id in a filter that can name nothing as not found", async () => {
    expect((await list("runs", { filter: "task:task_00000000000000000000000000" })).status).toBe(404);
  });

  it("goes on page by page while runs are added, and refuses a cursor of another list", async () => {
    const { taskId, runs } = await echoes("beta", ["1", "2", "3", "4", "5"]);
    const first = await list("runs", { filter: "tag:beta created>-1h", limit: "2" });
    const cursor = String(first.body["nextCursor"]);
    await rota.run(taskId, { params: { text: "new" } });
    const second = await list("runs", { filter: "tag:beta created>-1h", limit: "3", cursor });
    expect([...ids(first), ...ids(second)]).toEqual(runs.toReversed());
    for (const other of [{ filter: "tag:beta" }, { filter: "tag:beta created>-1h", order: "oldest" }, {}]) {
      const answer = await list("runs", { ...other, cursor });
      expect(answer.status).toBe(400);
      expect(message(answer)).toContain("cursor: this cursor belongs to another list");
    }
    for (const broken of ["x", "l1.2.3", `${cursor}0`, cursor.replace("l", "k"), "l..."]) {
      expect((await list("runs", { filter: "tag:beta created>-1h", cursor: broken })).status).toBe(400);
    }
    expect((await list("tasks", { cursor })).status).toBe(400);
  });

  it("N1 lists the occurrences of all tasks, and of one", async () => {
    const every = { kind: "interval", every: "1s" };
    const taskId = await rota.task({
      name: "ticks",
      type: "talkative",
      trigger: every,
      tags: ["ticking"],
      maxRuns: 2,
    });
    await rota.until(async () => itemsOf(await list("occurrences", { filter: "tag:ticking" })).length === 2);
    const all = itemsOf(await list("occurrences", { filter: "tag:ticking decision:started lateness<1m" }));
    expect(all.map((item) => item["taskId"])).toEqual([taskId, taskId]);
    expect(String(all[0]?.["scheduledFor"]) > String(all[1]?.["scheduledFor"])).toBe(true);
    expect(itemsOf(await list("occurrences", { taskId, order: "oldest" }))).toEqual(all.toReversed());
    const first = await list("occurrences", { taskId, limit: "1" });
    const cursor = String(first.body["nextCursor"]);
    expect(itemsOf(await list("occurrences", { taskId, cursor }))).toEqual(all.slice(1));
    expect(itemsOf(await list("occurrences", { taskId, decision: "missed" }))).toEqual([]);
  });

  it("SEM 20 lists the runs that wait for a person, and no others", async () => {
    const asking = await rota.task({ type: "asks", tags: ["asking"] });
    const run = (await rota.ask("POST", `/api/v1/tasks/${asking}/trigger`)).body;
    const listening = await rota.task({ type: "listens", tags: ["asking"] });
    const other = (await rota.ask("POST", `/api/v1/tasks/${listening}/trigger`)).body;
    for (const { id } of [run, other]) await rota.runUntil(String(id), ["waiting"]);
    const answer = await list("approvals", { filter: "tag:asking" });
    expect(itemsOf(answer)).toMatchObject([{ id: run["id"], question: { prompt: "which colour?" } }]);
    await rota.ask("POST", `/api/v1/runs/${String(run["id"])}/answer`, { answer: "red" });
    expect(itemsOf(await list("approvals", { filter: "tag:asking" }))).toEqual([]);
  });
});

describe("a bulk verb over HTTP", () => {
  const bulk = (path: string, body: unknown) => rota.ask("POST", `/api/v1/${path}`, body);

  /** Runs of a task that hang until they are cancelled. */
  async function hanging(tag: string, count: number, more: object = {}) {
    const taskId = await rota.task({ name: tag, type: "hangs", tags: [tag], ...more });
    for (let n = 0; n < count; n++) await rota.ask("POST", `/api/v1/tasks/${taskId}/trigger`, {});
    return taskId;
  }

  it("P9 looks first, then changes as many as were seen, and may be repeated", async () => {
    await hanging("gamma", 3);
    const filter = "tag:gamma";
    const seen = await bulk("runs/bulk/cancel", { filter, dryRun: true });
    expect(seen.body).toMatchObject({ matched: 3, changed: 0, nextCursor: null });
    expect(seen.body["sample"]).toHaveLength(3);
    const done = await bulk("runs/bulk/cancel", { filter, expectedCount: 3, reason: "enough" });
    expect(done.body).toMatchObject({ matched: 3, changed: 3, unchanged: 0, refusedCount: 0 });
    await rota.until(
      async () => ids(await list("runs", { filter: "tag:gamma status:cancelled" })).length === 3,
    );
    const again = await bulk("runs/bulk/cancel", { filter, expectedCount: 3 });
    expect(again.body).toMatchObject({ matched: 3, changed: 0, unchanged: 3, refusedCount: 0 });
  });

  it("P9 changes nothing when the filter matches another number than expected", async () => {
    await hanging("delta", 2);
    const answer = await bulk("runs/bulk/cancel", { filter: "tag:delta", expectedCount: 1 });
    expect(answer).toMatchObject({
      status: 409,
      body: { code: "COUNT_MISMATCH", details: { matched: 2, expectedCount: 1 } },
    });
    expect(ids(await list("runs", { filter: "tag:delta status:running,pending" }))).toHaveLength(2);
    expect((await bulk("runs/bulk/cancel", { filter: "tag:delta" })).status).toBe(400);
    expect((await bulk("runs/bulk/cancel", { filter: "", dryRun: true })).status).toBe(400);
    expect((await bulk("runs/bulk/cancel", { filter: "tag:", dryRun: true })).status).toBe(400);
    await bulk("runs/bulk/cancel", { filter: "tag:delta", expectedCount: 2 });
  });

  it("P9 retries each failed run once, however often it is asked", async () => {
    const taskId = await rota.task({ type: "throws", tags: ["epsilon"] });
    const failed = [await rota.run(taskId), await rota.run(taskId)].map(({ id }) => String(id));
    const filter = `tag:epsilon status:failed -startedBy:retry`;
    const done = await bulk("runs/bulk/retry", { filter, expectedCount: 2 });
    expect(done.body).toMatchObject({ matched: 2, changed: 2, refused: [] });
    const again = await bulk("runs/bulk/retry", { filter, expectedCount: 2 });
    expect(again.body).toMatchObject({ matched: 2, changed: 0, refusedCount: 2 });
    expect(again.body["refused"]).toMatchObject([
      { id: failed[1], code: "ALREADY_EXISTS" },
      { id: failed[0], code: "ALREADY_EXISTS" },
    ]);
    const retries = itemsOf(await list("runs", { filter: "tag:epsilon startedBy:retry" }));
    expect(new Set(retries.map(({ retryOf }) => retryOf))).toEqual(new Set(failed));
  });

  it("P9 goes through as many as it is told, and on from there", async () => {
    await hanging("zeta", 5);
    const filter = "tag:zeta";
    const first = await bulk("runs/bulk/cancel", { filter, expectedCount: 5, limit: 2 });
    expect(first.body).toMatchObject({ matched: 5, changed: 2 });
    const second = await bulk("runs/bulk/cancel", { filter, cursor: first.body["nextCursor"] });
    expect(second.body).toMatchObject({ matched: 5, changed: 3, nextCursor: null });
    const elsewhere = await bulk("runs/bulk/pause", { filter, cursor: first.body["nextCursor"] });
    expect(elsewhere.status).toBe(400);
  });

  it("P9 pauses, resumes, cancels and deletes the tasks that a filter matches", async () => {
    const trigger = { kind: "interval", every: "1h" };
    for (const name of ["a", "b", "c"]) await rota.task({ name, type: "talkative", trigger, tags: ["eta"] });
    const filter = "tag:eta";
    const act = async (verb: string, body: object = {}) =>
      (await bulk(`tasks/bulk/${verb}`, { filter, expectedCount: 3, ...body })).body;
    const statuses = async () => itemsOf(await list("tasks", { filter })).map(({ status }) => status);
    expect(await act("pause", { reason: "night" })).toMatchObject({ changed: 3 });
    expect(await statuses()).toEqual(["paused", "paused", "paused"]);
    expect(await act("resume")).toMatchObject({ changed: 3 });
    expect(await act("resume")).toMatchObject({
      changed: 0,
      refusedCount: 3,
      refused: [{ code: "ILLEGAL_TRANSITION" }, {}, {}],
    });
    expect(await act("cancel")).toMatchObject({ changed: 3 });
    expect(await statuses()).toEqual(["cancelled", "cancelled", "cancelled"]);
    expect(await act("delete")).toMatchObject({ changed: 3 });
    expect(await statuses()).toEqual([]);
  });

  it("lets the key of a user change what is this user's alone", async () => {
    await rota.task({ type: "hangs", tags: ["theta"], userId: "ann" });
    await rota.task({ type: "hangs", tags: ["theta"], userId: "bob" });
    const body = { filter: "tag:theta", expectedCount: 1 };
    const answer = await rota.askAs("ann", "POST /api/v1/tasks/bulk/delete", body);
    expect(answer.body).toMatchObject({ matched: 1, changed: 1 });
    expect(itemsOf(await list("tasks", { filter: "tag:theta" }))).toMatchObject([{ userId: "bob" }]);
    expect((await rota.askAs("ann", "GET /api/v1/occurrences?userId=bob")).status).toBe(404);
    expect((await rota.askAs("ann", "GET /api/v1/runs?filter=user:bob")).body["items"]).toEqual([]);
  });
});
