// Who may come in: API keys and the sessions opened with them.

import type { NewApiKey } from "../../ports/access-ledger.ts";
import type { Topic } from "./topic.ts";

const minute = 60_000;

function grant(over: Partial<NewApiKey> = {}): NewApiKey {
  return { name: "ci", role: "operator", lookup: "abcdefghjk", digest: "d1", createdBy: "local", ...over };
}

export const admitting: Topic = {
  name: "keys and sessions",
  tests: {
    "keeps a key with all it allows, and finds it by the public part of its text": async (scene, expect) => {
      const { access } = scene.ledger;
      const bound = { userId: "ann", scopes: ["tasks.*", "runs.get"], expiresAtMs: scene.nowMs + minute };
      const made = await access.createKey(grant({ ...bound, role: "viewer" }), scene.nowMs);
      const { digest: _digest, ...shown } = grant({ ...bound, role: "viewer" });
      expect(made).toEqual({ ...shown, key: made.key, createdAtMs: scene.nowMs });
      expect(await access.getKey(made.key)).toEqual(made);
      expect(await access.findKey("abcdefghjk")).toEqual({ ...made, digest: "d1" });
      expect(await access.findKey("abcdefghjx")).toBeUndefined();
      expect(await access.getKey(scene.nobody)).toBeUndefined();
    },
    "lists keys newest first, page by page": async (scene, expect) => {
      const { access } = scene.ledger;
      for (const name of ["a", "b", "c"]) await access.createKey(grant({ name, lookup: name }), scene.nowMs);
      const first = await access.listKeys({ limit: 2 });
      expect(first.items.map(({ name }) => name)).toEqual(["c", "b"]);
      const second = await access.listKeys({ limit: 2, after: first.next ?? 0 });
      expect(second.items.map(({ name }) => name)).toEqual(["a"]);
      expect(second.next).toBeUndefined();
    },
    "never has two keys under one public part": async (scene, expect) => {
      const { access } = scene.ledger;
      await access.createKey(grant(), scene.nowMs);
      const [again] = await Promise.allSettled([access.createKey(grant({ name: "other" }), scene.nowMs)]);
      expect(again?.status).toBe("rejected");
      expect((await access.listKeys({ limit: 10 })).items).toHaveLength(1);
    },
    "the first revocation stands, and ends the key's sessions": async (scene, expect) => {
      const { access } = scene.ledger;
      const { key } = await access.createKey(grant(), scene.nowMs);
      await access.openSession({ digest: "s1", key, expiresAtMs: scene.nowMs + minute }, scene.nowMs);
      expect((await access.findSession("s1", scene.nowMs))?.key).toBe(key);
      const revoked = await access.revokeKey(key, "ann", scene.nowMs);
      expect(revoked).toMatchObject({ key, revokedAtMs: scene.nowMs, revokedBy: "ann" });
      expect(await access.findSession("s1", scene.nowMs)).toBeUndefined();
      scene.later(minute);
      expect(await access.revokeKey(key, "bob", scene.nowMs)).toEqual(revoked);
      expect(await access.revokeKey(scene.nobody, "bob", scene.nowMs)).toBeUndefined();
    },
    "says whether any key would let somebody in": async (scene, expect) => {
      const { access } = scene.ledger;
      expect(await access.hasUsableKey(scene.nowMs)).toBe(false);
      await access.createKey(grant({ expiresAtMs: scene.nowMs + minute }), scene.nowMs);
      expect(await access.hasUsableKey(scene.nowMs)).toBe(true);
      scene.later(minute);
      expect(await access.hasUsableKey(scene.nowMs)).toBe(false);
      const { key } = await access.createKey(grant({ lookup: "other" }), scene.nowMs);
      expect(await access.hasUsableKey(scene.nowMs)).toBe(true);
      await access.revokeKey(key, "ann", scene.nowMs);
      expect(await access.hasUsableKey(scene.nowMs)).toBe(false);
    },
    "notes the last use of a key, which never goes back": async (scene, expect) => {
      const { access } = scene.ledger;
      const { key } = await access.createKey(grant(), scene.nowMs);
      await access.noteUse(key, scene.nowMs + minute);
      await access.noteUse(key, scene.nowMs);
      expect((await access.getKey(key))?.lastUsedAtMs).toBe(scene.nowMs + minute);
    },
    "a session is over when it is closed, and at its end": async (scene, expect) => {
      const { access } = scene.ledger;
      const { key } = await access.createKey(grant(), scene.nowMs);
      for (const digest of ["s1", "s2"])
        await access.openSession({ digest, key, expiresAtMs: scene.nowMs + minute }, scene.nowMs);
      await access.closeSession("s1");
      expect(await access.findSession("s1", scene.nowMs)).toBeUndefined();
      expect((await access.findSession("s2", scene.nowMs + minute - 1))?.key).toBe(key);
      expect(await access.findSession("s2", scene.nowMs + minute)).toBeUndefined();
      expect(await access.findSession("s3", scene.nowMs)).toBeUndefined();
    },
  },
};
