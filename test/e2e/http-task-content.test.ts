// What a task says over REST: upsert by externalId, revisions, and changes that hold only for what was read.
import { describe, expect, it } from "vitest";
import { HttpRota } from "./http-rota.ts";

const echo = { name: "daily", type: "echo", params: { text: "hello" } };
const place = "/api/v1/tasks/by-external-id";

describe("PUT by externalId", () => {
  it("SEM 29 answers 201 for a new task, 200 for a known one, with its ETag", async () => {
    await using rota = await HttpRota.start();
    const created = await rota.ask("PUT", `${place}/daily`, echo);
    const id = String(created.body["id"]);
    expect(created).toMatchObject({
      status: 201,
      body: { outcome: "created", externalId: "daily", revision: 1 },
    });
    expect(created.headers.get("etag")).toBe('"1"');
    expect(created.headers.get("location")).toBe(`/api/v1/tasks/${id}`);
    const same = await rota.ask("PUT", `${place}/daily`, echo);
    expect(same).toMatchObject({ status: 200, body: { id, outcome: "unchanged", revision: 1 } });
    expect(same.headers.get("location")).toBeNull();
    const changed = await rota.ask("PUT", `${place}/daily`, { ...echo, name: "weekly" });
    expect(changed).toMatchObject({ status: 200, body: { id, outcome: "updated", revision: 2 } });
    const posted = await rota.ask("POST", "/api/v1/tasks", { ...echo, externalId: "daily" });
    expect(posted).toMatchObject({ status: 409, body: { code: "ALREADY_EXISTS", details: { id } } });
  });

  it("SEM 29 C6 takes any externalId that can be said in one line, of each owner by itself", async () => {
    await using rota = await HttpRota.start();
    for (const externalId of ["a/b?c#d %", "每日报告".repeat(50), "pause"]) {
      const path = `${place}/${encodeURIComponent(externalId)}` as const;
      expect(await rota.ask("PUT", path, echo)).toMatchObject({ status: 201, body: { externalId } });
      expect((await rota.ask("PUT", path, echo)).status).toBe(200);
    }
    const hers = await rota.askAs("ann", `PUT ${place}/pause`, echo);
    expect(hers).toMatchObject({ status: 201, body: { userId: "ann" } });
    expect((await rota.askAs("ann", `PUT ${place}/pause`, { ...echo, userId: "bob" })).status).toBe(403);
    expect((await rota.ask("PUT", `${place}/x`, { ...echo, externalId: "y" })).status).toBe(400);
  });
});

describe("If-Match", () => {
  it("SEM 13 holds for upsert, cancel and delete: 412 with the present revision, and nothing is changed", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ ...echo, externalId: "daily" });
    await rota.edit(id, "*", { name: "other" });
    for (const request of [
      `PUT ${place}/daily`,
      `POST /api/v1/tasks/${id}/cancel`,
      `DELETE /api/v1/tasks/${id}`,
    ] as const) {
      const refused = await rota.askIf('"1"', request, request.startsWith("PUT") ? echo : undefined);
      expect(refused).toMatchObject({
        status: 412,
        body: { code: "REVISION_MISMATCH", details: { revision: 2 } },
      });
    }
    expect((await rota.ask("GET", `/api/v1/tasks/${id}`)).body).toMatchObject({
      status: "active",
      revision: 2,
    });
    expect((await rota.askIf('"2"', `POST /api/v1/tasks/${id}/cancel`)).status).toBe(200);
    expect((await rota.askIf('"2"', `DELETE /api/v1/tasks/${id}`)).status).toBe(204);
  });
});

describe("revisions over REST", () => {
  it("N12 are listed, compared and gone back to", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task(echo);
    await rota.edit(id, '"1"', { params: { text: "bye" } });
    const place = `/api/v1/tasks/${id}` as const;
    expect((await rota.ask("GET", `${place}/revisions?limit=1`)).body).toMatchObject({
      items: [{ taskId: id, revision: 2, changed: ["/params/text"] }],
      nextCursor: expect.any(String) as string,
    });
    expect((await rota.ask("GET", `${place}/revisions/1?against=2`)).body).toMatchObject({
      revision: 1,
      against: 2,
      changes: [{ op: "replace", path: "/params/text", before: "bye", value: "hello" }],
    });
    expect((await rota.ask("GET", `${place}/revisions/x`)).status).toBe(400);
    expect((await rota.ask("GET", `${place}/revisions/7`)).status).toBe(404);
    expect((await rota.askIf('"1"', `POST ${place}/revert`, { revision: 1 })).status).toBe(412);
    const reverted = await rota.askIf('"2"', `POST ${place}/revert`, { revision: 1 });
    expect(reverted).toMatchObject({ status: 200, body: { revision: 3, params: { text: "hello" } } });
    expect(reverted.headers.get("etag")).toBe('"3"');
    expect((await rota.askAs("ann", `GET ${place}/revisions`)).status).toBe(404);
    expect((await rota.askAs("ann", `POST ${place}/revert`, { revision: 1 })).status).toBe(404);
  });
});

describe("POST trigger/bulk", () => {
  it("SEM 20 answers 201 with the runs in order, or names the item that was refused", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task(echo);
    const path = `/api/v1/tasks/${id}/trigger/bulk`;
    const items = ["a", "b", "c"].map((text) => ({ params: { text } }));
    const made = await rota.ask("POST", path, { items });
    expect(made).toMatchObject({ status: 201, body: { runs: items } });
    const refused = await rota.ask("POST", path, { items: [...items, { params: { text: 5 } }] });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: "INVALID_PARAMETERS", details: { index: 3, issues: [{ path: "items.3.params.text" }] } },
    });
    expect((await rota.ask("POST", path, { items: [{ text: "a" }] })).status).toBe(400);
    expect((await rota.ask("POST", path, { items: [] })).status).toBe(400);
    const { body } = await rota.ask("GET", `/api/v1/tasks/${id}/runs`);
    expect(body["items"]).toHaveLength(3);
  });
});

describe("POST trigger", () => {
  it("SEM 29 answers 201 for a new run and 200 for the one that had the key, 409 where it is told to", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ type: "hangs" });
    const trigger = (body: unknown) => rota.ask("POST", `/api/v1/tasks/${id}/trigger`, body);
    const first = await trigger({ dedup: { key: "k", window: "1h" } });
    expect(first.status).toBe(201);
    expect(first.body).not.toHaveProperty("deduplicated");
    const again = await trigger({ dedup: { key: "k" } });
    expect(again).toMatchObject({ status: 200, body: { id: first.body["id"], deduplicated: true } });
    expect(again.headers.get("location")).toBeNull();
    expect(await trigger({ dedup: { key: "k", onConflict: "reject" } })).toMatchObject({
      status: 409,
      body: { code: "ALREADY_EXISTS", details: { id: first.body["id"] } },
    });
    expect((await trigger({ debounce: { key: "k", wait: "10m", max: "1h" } })).body).toMatchObject({
      status: "pending",
    });
    expect((await trigger({ debounce: { key: "k", wait: "10m" }, delay: "1m" })).status).toBe(400);
  });
});
