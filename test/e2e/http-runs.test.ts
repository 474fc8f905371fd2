// Runs over REST: their ends, their history, and what people do to them.
import { describe, expect, it } from "vitest";
import { HttpRota } from "./http-rota.ts";

describe("a run", () => {
  it("C30 answers with its result when one waits for it", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ type: "echo", params: { text: "from the task" } });
    expect(await rota.run(id)).toMatchObject({
      id: expect.stringMatching(/^run_[0-9a-z]{26}$/) as string,
      taskId: id,
      type: "echo",
      status: "completed",
      attempt: 1,
      claim: 1,
      recoveries: 0,
      startedBy: { kind: "trigger", actor: "local" },
      params: { text: "from the task" },
      result: { success: true, data: { text: "from the task" }, error: null },
    });
    expect(await rota.run(id, { params: { text: "mine" }, priority: "low", key: "k" })).toMatchObject({
      params: { text: "mine" },
      priority: 3,
      result: { data: { text: "mine" } },
    });
  });

  it("is answered as it is when the time is over, and waits at most a minute", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ type: "hangs" });
    const waited = await rota.ask("POST", `/api/v1/tasks/${id}/trigger?wait=50ms`);
    expect(waited.status).toBe(201);
    expect(["pending", "running"]).toContain(waited.body["status"]);
    const tooLong = await rota.ask("POST", `/api/v1/tasks/${id}/trigger?wait=2m`);
    expect(tooLong).toMatchObject({ status: 400, body: { details: { issues: [{ path: "wait" }] } } });
  });

  it("S2.30 C21 that throws becomes a failure with code, message and stack", async () => {
    await using rota = await HttpRota.start();
    const run = await rota.run(await rota.task({ type: "throws" }));
    expect(run).toMatchObject({
      status: "failed",
      error: {
        code: "EXECUTION_FAILED",
        message: "the printer is on fire",
        stack: expect.stringContaining("Error") as string,
      },
      result: { success: false, message: "the printer is on fire", data: null },
    });
  });

  it("SEM 15 is run again by hand as a run of its own", async () => {
    await using rota = await HttpRota.start();
    const failed = await rota.run(await rota.task({ type: "throws" }));
    const retried = await rota.ask("POST", `/api/v1/runs/${String(failed["id"])}/retry`);
    expect(retried).toMatchObject({
      status: 201,
      body: { retryOf: failed["id"], startedBy: { kind: "retry" } },
    });
    expect(retried.body["id"]).not.toBe(failed["id"]);
    const live = await rota.ask("POST", `/api/v1/tasks/${await rota.task({ type: "hangs" })}/trigger`);
    expect(await rota.ask("POST", `/api/v1/runs/${String(live.body["id"])}/retry`)).toMatchObject({
      status: 409,
    });
  });

  it("S1.82 shows its attempts and what happened between them", async () => {
    await using rota = await HttpRota.start();
    const run = await rota.run(await rota.task({ type: "flaky" }));
    expect(run).toMatchObject({ status: "completed", attempt: 2 });
    const path = `/api/v1/runs/${String(run["id"])}`;
    const attempts = await rota.ask("GET", `${path}/attempts`);
    expect(attempts.body).toMatchObject({
      items: [{ attempt: 1, error: { message: "not yet" } }, { attempt: 2 }],
    });
    const events = await rota.ask("GET", `${path}/events`);
    const seen = events.body["items"] as readonly { readonly seq: number; readonly type: string }[];
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
    expect(seen.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["run.created", "run.started", "run.retrying", "run.completed"]),
    );
    const first = await rota.ask("GET", `${path}/events?limit=2`);
    const rest = await rota.ask("GET", `${path}/events?cursor=${String(first.body["nextCursor"])}`);
    expect([...(first.body["items"] as unknown[]), ...(rest.body["items"] as unknown[])]).toEqual(seen);
  });

  it("keeps its log, output and progress", async () => {
    await using rota = await HttpRota.start();
    const run = await rota.run(await rota.task({ type: "talkative" }));
    const path = `/api/v1/runs/${String(run["id"])}`;
    expect(run).toMatchObject({ progress: { percent: 50 } });
    expect(await rota.ask("GET", `${path}/logs`)).toMatchObject({
      body: { items: [{ level: "info", message: "working", fields: { step: 1 } }] },
    });
    expect(await rota.ask("GET", `${path}/output`)).toMatchObject({
      body: { items: [{ chunk: { part: 1 } }] },
    });
    expect(await rota.ask("GET", `${path}/children`)).toMatchObject({
      body: { items: [], nextCursor: null },
    });
    expect((await rota.ask("GET", `${path}/explain`)).status).toBe(200);
  });

  it("C24 C11 is cancelled within its grace; cancelling again changes nothing", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ type: "hangs" });
    const run = await rota.ask("POST", `/api/v1/tasks/${id}/trigger`);
    const path = `/api/v1/runs/${String(run.body["id"])}`;
    await rota.runUntil(String(run.body["id"]), ["running"]);
    const asked = await rota.ask("POST", `${path}/cancel`, { reason: "no longer needed", grace: "5s" });
    expect(asked).toMatchObject({
      status: 200,
      body: { cancel: { cause: "user", reason: "no longer needed" } },
    });
    expect(["cancelling", "cancelled"]).toContain(asked.body["status"]);
    const ended = await rota.runUntil(String(run.body["id"]), ["cancelled"]);
    expect((await rota.ask("POST", `${path}/cancel`)).body).toEqual(ended);
  });

  it("is paused while it waits for its time, and resumed; running code without a checkpoint is not", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ type: "hangs" });
    const delayed = await rota.ask("POST", `/api/v1/tasks/${id}/trigger`, { delay: "1h" });
    const path = `/api/v1/runs/${String(delayed.body["id"])}`;
    expect(await rota.ask("POST", `${path}/pause`, { reason: "wait" })).toMatchObject({
      status: 200,
      body: { status: "paused", pausedBy: { reason: "wait" } },
    });
    expect(await rota.ask("POST", `${path}/resume`)).toMatchObject({
      status: 200,
      body: { status: "pending" },
    });
    expect(await rota.ask("POST", `${path}/resume`)).toMatchObject({
      status: 409,
      body: { code: "ILLEGAL_TRANSITION" },
    });
    const running = await rota.ask("POST", `/api/v1/tasks/${id}/trigger`);
    await rota.runUntil(String(running.body["id"]), ["running"]);
    expect(await rota.ask("POST", `/api/v1/runs/${String(running.body["id"])}/pause`)).toMatchObject({
      status: 409,
      body: { code: "NOT_PAUSABLE" },
    });
  });

  it("SEM 8 goes on with the answer of a person, or with a signal", async () => {
    await using rota = await HttpRota.start();
    const asking = await rota.ask("POST", `/api/v1/tasks/${await rota.task({ type: "asks" })}/trigger`);
    const askingId = String(asking.body["id"]);
    expect(await rota.runUntil(askingId, ["waiting"])).toMatchObject({
      question: { prompt: "which colour?", options: ["red", "blue"] },
    });
    expect((await rota.ask("POST", `/api/v1/runs/${askingId}/answer`, { answer: "blue" })).status).toBe(200);
    expect(await rota.runUntil(askingId, ["completed"])).toMatchObject({ result: { data: "blue" } });
    expect((await rota.ask("POST", `/api/v1/runs/${askingId}/answer`, { answer: "red" })).status).toBe(409);

    const listening = await rota.ask("POST", `/api/v1/tasks/${await rota.task({ type: "listens" })}/trigger`);
    const listeningId = String(listening.body["id"]);
    await rota.runUntil(listeningId, ["waiting"]);
    expect(
      (await rota.ask("POST", `/api/v1/runs/${listeningId}/signal`, { name: "go", payload: { n: 1 } }))
        .status,
    ).toBe(200);
    expect(await rota.runUntil(listeningId, ["completed"])).toMatchObject({ result: { data: { n: 1 } } });
  });

  it("SEM 2 that overlaps is refused with the live one's id", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ type: "hangs", overlap: "skip" });
    const first = await rota.ask("POST", `/api/v1/tasks/${id}/trigger`);
    const second = await rota.ask("POST", `/api/v1/tasks/${id}/trigger`);
    expect(second).toMatchObject({
      status: 409,
      body: { code: "OVERLAP", details: { runId: first.body["id"] } },
    });
    expect((await rota.ask("POST", `/api/v1/tasks/${id}/trigger`, { overlap: "allow" })).status).toBe(201);
  });

  it("S0.34 S0.43 is found by task, status, type and time, page by page", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ type: "echo", params: { text: "x" } });
    const ids: unknown[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await rota.run(id))["id"]);
    await rota.run(await rota.task({ type: "throws" }));
    const found = async (query: string) => {
      const { body } = await rota.ask("GET", query);
      return (body["items"] as readonly { readonly id: string }[]).map((run) => run.id);
    };
    expect(await found(`/api/v1/runs?taskId=${id}`)).toEqual(ids);
    expect(await found("/api/v1/runs?type=echo&status=completed")).toEqual(ids);
    expect(await found("/api/v1/runs?status=failed,timed_out")).toHaveLength(1);
    expect(await found("/api/v1/runs?createdUntil=2020-01-01T00:00:00Z")).toEqual([]);
    const page = await rota.ask("GET", `/api/v1/tasks/${id}/runs?limit=2`);
    const rest = await found(`/api/v1/tasks/${id}/runs?limit=2&cursor=${String(page.body["nextCursor"])}`);
    expect(rest).toEqual(ids.slice(2));
    expect((await rota.ask("GET", "/api/v1/runs?cursor=nonsense")).status).toBe(400);
  });

  it("C24 that does not exist is 404, whatever one asks of it", async () => {
    await using rota = await HttpRota.start();
    for (const path of ["", "/events", "/logs", "/output", "/attempts", "/children", "/explain"]) {
      expect(await rota.ask("GET", `/api/v1/runs/run_nope${path}`)).toMatchObject({
        status: 404,
        body: { code: "NOT_FOUND" },
      });
    }
    for (const verb of ["cancel", "pause", "resume", "retry"]) {
      expect((await rota.ask("POST", `/api/v1/runs/run_nope/${verb}`)).status).toBe(404);
    }
  });
});
