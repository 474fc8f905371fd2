// Backfills over REST.
import { describe, expect, it } from "vitest";
import { HttpRota } from "./http-rota.ts";

const hourly = { kind: "interval", every: "1h", anchor: "2026-01-01T00:00:00Z" };

describe("backfills over REST", () => {
  it("P4 N13 SEM 15 are previewed, made, followed, listed and cancelled", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ type: "echo", params: { text: "a" }, trigger: hourly, overlap: "allow" });
    const place = `/api/v1/tasks/${id}/backfills` as const;
    const from = "2026-01-01T00:00:00Z";
    const range = `from=${from}&to=2026-01-01T23:30:00Z`;
    expect((await rota.ask("GET", `${place}/preview?${range}`)).body).toMatchObject({
      planned: 24,
      first: from,
      last: "2026-01-01T23:00:00Z",
    });
    const created = await rota.ask("POST", place, {
      from,
      to: "2026-01-01T23:30:00Z",
      params: { text: "b" },
    });
    expect(created).toMatchObject({ status: 201, body: { taskId: id, planned: 24, overlap: "allow" } });
    const own = created.headers.get("location") ?? "";
    expect(own).toBe(`/api/v1/backfills/${String(created.body["id"])}`);
    expect(await rota.until(own, ["completed"])).toMatchObject({ created: 24, completed: 24, live: 0 });
    const { body: runs } = await rota.ask("GET", `/api/v1/tasks/${id}/runs?limit=1`);
    expect(runs["items"]).toMatchObject([{ backfillId: created.body["id"], params: { text: "b" } }]);
    expect((await rota.ask("GET", place)).body).toMatchObject({ items: [{ id: created.body["id"] }] });
    expect((await rota.ask("POST", `${own}/cancel`)).status).toBe(200);
    expect((await rota.ask("POST", place, { from, limit: 10_001 })).status).toBe(400);
    expect((await rota.ask("POST", place, { from, limit: 5 })).status).toBe(400);
    expect((await rota.askAs("ann", `GET ${own as "/x"}`)).status).toBe(404);
    expect((await rota.askAs("ann", `POST ${place}`, { from })).status).toBe(404);
    expect((await rota.ask("GET", "/api/v1/backfills/backfill_nope")).status).toBe(404);
  });
});
