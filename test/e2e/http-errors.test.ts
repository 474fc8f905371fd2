// The error inbox over REST.
import { describe, expect, it } from "vitest";
import { HttpRota } from "./http-rota.ts";

describe("the error inbox over REST", () => {
  it("N15 lists what failed alike, retries it in bulk, and is resolved, muted and reopened", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ type: "throws" });
    const failed = await rota.run(id);
    const listed = await rota.ask("GET", "/api/v1/errors");
    const [group] = listed.body["items"] as readonly Readonly<Record<string, unknown>>[];
    expect(group).toMatchObject({
      type: "throws",
      message: "the printer is on fire",
      status: "open",
      count: 1,
      waiting: 1,
      sampleRunIds: [failed["id"]],
    });
    const place = `/api/v1/errors/${String(group?.["fingerprint"])}`;
    const retried = await rota.ask("POST", `${place}/retry`, { revision: "latest" });
    expect(retried).toMatchObject({ status: 201, body: { refused: [], more: false } });
    const [runId = ""] = retried.body["runIds"] as readonly string[];
    expect(await rota.runUntil(runId, ["failed"])).toMatchObject({ retryOf: failed["id"] });
    expect((await rota.ask("GET", place)).body).toMatchObject({
      count: 2,
      waiting: 1,
      sampleRunIds: [runId],
    });
    for (const [verb, status] of [
      ["mute", "muted"],
      ["resolve", "resolved"],
      ["reopen", "open"],
    ] as const) {
      expect(await rota.ask("POST", `${place}/${verb}`)).toMatchObject({ status: 200, body: { status } });
    }
    expect((await rota.ask("GET", "/api/v1/errors?status=muted,resolved")).body["items"]).toEqual([]);
    expect((await rota.ask("GET", "/api/v1/errors/0123456789abcdef")).status).toBe(404);
    expect((await rota.ask("GET", "/api/v1/errors/nonsense")).status).toBe(400);
    expect((await rota.askAs("ann", `GET ${place as "/x"}`)).status).toBe(404);
  });
});
