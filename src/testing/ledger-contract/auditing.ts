// The audit: what was done, found again by who, what and when, and kept as long as was said.

import type { AuditEntry, AuditQuery } from "../../ports/audit-ledger.ts";
import type { Scene } from "./scene.ts";
import type { Topic } from "./topic.ts";

const day = 86_400_000;

function entry(scene: Scene, over: Partial<AuditEntry> = {}): AuditEntry {
  return { atMs: scene.nowMs, actor: "ann", operation: "tasks.pause", outcome: "ok", ...over };
}

async function found(scene: Scene, query: Partial<AuditQuery>): Promise<readonly (string | undefined)[]> {
  const { items } = await scene.ledger.audit.list({ limit: 100, ...query });
  return items.map(({ target }) => target);
}

export const auditing: Topic = {
  name: "the audit",
  tests: {
    "keeps each entry as it was given, newest first": async (scene, expect) => {
      const { audit } = scene.ledger;
      const full = entry(scene, {
        apiKey: scene.nobody,
        target: "task_1",
        outcome: "NOT_FOUND",
        requestId: "r1",
        address: "10.0.0.1",
      });
      await Promise.all([audit.record(entry(scene)), audit.record(full)]);
      const { items, next } = await audit.list({ limit: 10 });
      expect(items).toMatchObject([full, entry(scene)]);
      expect(items[0]?.key).toBeGreaterThan(items[1]?.key ?? Infinity);
      expect(next).toBeUndefined();
    },
    "is found by actor, operation, target, outcome and time, page by page": async (scene, expect) => {
      const start = scene.nowMs;
      const entries = [
        { target: "a" },
        { target: "b", actor: "bob" },
        { target: "c", operation: "tasks.delete" },
        { target: "d", outcome: "FORBIDDEN" },
      ];
      for (const each of entries) {
        await scene.ledger.audit.record(entry(scene, each));
        scene.later(1000);
      }
      expect(await found(scene, { actor: "bob" })).toEqual(["b"]);
      expect(await found(scene, { operation: "tasks.pause" })).toEqual(["d", "b", "a"]);
      expect(await found(scene, { target: "c" })).toEqual(["c"]);
      expect(await found(scene, { outcome: "FORBIDDEN", actor: "ann" })).toEqual(["d"]);
      expect(await found(scene, { fromMs: start + 1000, untilMs: start + 3000 })).toEqual(["c", "b"]);
      const first = await scene.ledger.audit.list({ limit: 3 });
      expect(await found(scene, { limit: 3, after: first.next ?? 0 })).toEqual(["a"]);
    },
    "goes when its time is over, and not before": async (scene, expect) => {
      const { audit, maintenance } = scene.ledger;
      for (const target of ["a", "b", "c"]) await audit.record(entry(scene, { target }));
      scene.later(day);
      await audit.record(entry(scene, { target: "d" }));
      const kept = { successMs: day, failureMs: day, auditMs: day };
      expect(await maintenance.sweep(kept, 100, scene.nowMs)).toMatchObject({ audit: 0 });
      scene.later(1);
      expect(await maintenance.sweep(kept, 2, scene.nowMs)).toMatchObject({ audit: 2, more: true });
      expect(await maintenance.sweep(kept, 2, scene.nowMs)).toMatchObject({ audit: 1, more: false });
      expect(await found(scene, {})).toEqual(["d"]);
      scene.later(day * 1000);
      expect(await maintenance.sweep({ successMs: 1, failureMs: 1 }, 100, scene.nowMs)).toMatchObject({
        audit: 0,
      });
    },
  },
};
