// kill -9 in the middle of sending to a webhook: every event arrives, in order, and a repeat is known by its id.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { answer, Receiver } from "../engine/webhook-receiver.ts";
import { Child } from "./child.ts";
import type { WebhookHostOptions } from "./programs/webhook-host.ts";
import { chanceOf, isLong } from "./seed.ts";

const kills = isLong ? 100 : 10;

it("P15 C20 R12 loses no message and mixes up none, however often the sender is killed in the middle", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rota-fault-"));
  const database = `sqlite:${join(folder, "rota.db")}`;
  await using receiver = await Receiver.start();
  const chance = chanceOf("webhooks");
  const start = (options: Omit<WebhookHostOptions, "database" | "url"> = {}): Child =>
    Child.program("webhook-host", { ...options, database, url: receiver.url });
  for (let round = 0; round < kills; round++) {
    await using child = start({ isBusy: true });
    await child.line(/^(ready)$/m);
    const dies = receiver.received.length + chance.whole(1, 40);
    const dead = Promise.withResolvers<void>();
    // The message has arrived, and its sender dies before it can know; every other time right after it was told.
    receiver.behave = (received, n) => {
      if (n < dies || round % 2 === 1) answer(204)(received, n);
      if (n >= dies) child.killHard().then(() => dead.resolve(), dead.reject);
    };
    await dead.promise;
  }
  receiver.behave = answer(204);
  const ended = await completedRuns(database);
  expect(ended.size, "there was work between the kills").toBeGreaterThan(kills * 5);
  await using child = start();
  await child.line(/^(ready)$/m);
  const told = (): ReadonlySet<string> =>
    new Set(receiver.received.map(({ message }) => String(message.data["runId"])));
  while ([...ended].some((id) => !told().has(id))) await receiver.until(receiver.received.length + 1);
  // Killed first: what was in a worker's hands ends after the last look, and is told as well.
  await child.killHard();
  const positions = receiver.received.map(({ message }) => Number(message.data["position"]));
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  const ids = new Map(receiver.received.map(({ headers, body }) => [headers["webhook-id"], body]));
  expect(ids.size, "one id for each message").toBe(told().size);
  for (const { headers, body } of receiver.received) expect(ids.get(headers["webhook-id"])).toBe(body);
  expect(receiver.received.length, "some were sent twice").toBeGreaterThan(ids.size);
  rmSync(folder, { recursive: true });
});

/** The runs that have completed, for good: nobody works on the file. */
async function completedRuns(database: string): Promise<ReadonlySet<string>> {
  await using rota = await createRota({ database, start: false });
  const ended = new Set<string>();
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: Awaited<ReturnType<typeof rota.runs.list>> = await rota.runs.list({
      limit: 1000,
      status: "completed",
      ...(cursor === "" ? {} : { cursor }),
    });
    for (const { id } of page.items) ended.add(id);
    cursor = page.nextCursor;
  }
  return ended;
}
