// Many tasks in one call: all of them or none.

import type { Topic } from "./topic.ts";

export const creating: Topic = {
  name: "creating many tasks together",
  tests: {
    "creates many tasks together, in order": async (scene, expect) => {
      const news = Array.from({ length: 30 }, (_, i) =>
        scene.newTask({ name: `t${i}`, externalId: `x${i}` }),
      );
      const reply = await scene.ledger.tasks.createTogether(news, scene.nowMs);
      expect(reply).toMatchObject({ ok: true, tasks: news.map(({ key }) => ({ key, revision: 1 })) });
      for (const { key, definition } of news)
        expect(await scene.ledger.tasks.get(key)).toMatchObject({ definition });
      expect(await scene.ledger.tasks.createTogether([], scene.nowMs)).toEqual({ ok: true, tasks: [] });
      expect(await scene.ledger.maintenance.check()).toEqual([]);
    },
    "creates none of many when one is refused, and says which and why": async (scene, expect) => {
      const taken = await scene.task({ externalId: "taken" });
      const of = (over: Parameters<typeof scene.newTask>[0]) => scene.newTask(over);
      const first = of({ externalId: "a" });
      const cases = [
        { news: [of({}), of({ externalId: "taken" })], refusal: { error: "ALREADY_EXISTS", key: taken } },
        { news: [first, of({ externalId: "a" })], refusal: { error: "ALREADY_EXISTS", key: first.key } },
        {
          news: [of({}), of({ dependsOn: [{ taskKey: 12_345 }] })],
          refusal: { error: "NOT_FOUND", key: 12_345 },
        },
      ];
      for (const { news, refusal } of cases) {
        const reply = await scene.ledger.tasks.createTogether(news, scene.nowMs);
        expect(reply).toEqual({ ok: false, index: 1, refusal: { ok: false, ...refusal } });
        for (const { key } of news) expect(await scene.ledger.tasks.get(key)).toBeUndefined();
      }
      expect(await scene.ledger.tasks.findByExternalId(undefined, "a")).toBeUndefined();
      expect((await scene.ledger.tasks.list({ limit: 10 })).items).toHaveLength(1);
    },
  },
};
