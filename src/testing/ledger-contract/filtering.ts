// Filtering lists: what the database answers is what the filter language says of each thing.

import { passes } from "../../domain/filter/evaluate.ts";
import { every, not, some, type Condition } from "../../domain/filter/expression.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { resolveFilter } from "../../domain/filter/resolve.ts";
import { occurrenceVocabulary, runVocabulary, taskVocabulary } from "../../domain/filter/vocabularies.ts";
import type { Vocabulary } from "../../domain/filter/vocabulary.ts";
import type { Key } from "../../domain/ids.ts";
import type { Occurrence } from "../../domain/occurrence.ts";
import type { Run } from "../../domain/run.ts";
import type { Task } from "../../domain/task.ts";
import { Zone } from "../../domain/trigger/zone.ts";
import type { RunQuery } from "../../ports/run-ledger.ts";
import type { OccurrencePlace, OccurrenceQuery } from "../../ports/task-ledger.ts";
import { occurrenceValues, runValues, taskValues } from "./filtered-values.ts";
import type { Scene } from "./scene.ts";
import type { Topic } from "./topic.ts";

export const filtering: Topic = {
  name: "filtering",
  tests: {
    "P9 finds the runs of which a filter is true, whatever state they are in": async (scene, expect) => {
      const { tasks, runs } = await manyRuns(scene);
      for (const [text, where] of combinations(scene, runTexts(tasks, runs), runVocabulary)) {
        const expected = keysOf(runs.filter((run) => passes(where, runValues(run, tasks))));
        expect((await runKeys(scene, { limit: 1000, where })).toReversed(), text).toEqual(expected);
      }
    },
    "lists oldest first what it lists newest first, in pages of any size": async (scene, expect) => {
      const { tasks, runs } = await manyRuns(scene);
      for (const text of runTexts(tasks, runs)) {
        const where = read(scene, text, runVocabulary);
        const expected = keysOf(runs.filter((run) => passes(where, runValues(run, tasks))));
        expect(await runKeys(scene, { limit: 3, where, order: "oldest" }), text).toEqual(expected);
        expect((await runKeys(scene, { limit: 2, where })).toReversed(), text).toEqual(expected);
      }
    },
    "P9 finds the tasks of which a filter is true": async (scene, expect) => {
      const { tasks } = await manyRuns(scene);
      await scene.ledger.tasks.remove(await scene.task({ name: "gone" }), scene.nowMs);
      for (const [text, where] of combinations(scene, taskTexts, taskVocabulary)) {
        const expected = keysOf([...tasks.values()].filter((task) => passes(where, taskValues(task))));
        const { items } = await scene.ledger.tasks.listKeys({ limit: 1000, where });
        expect(items.toReversed(), text).toEqual(expected);
        const oldest = await scene.ledger.tasks.list({ limit: 1000, where, order: "oldest" });
        expect(keysOf(oldest.items), text).toEqual(expected);
      }
    },
    "N1 finds the occurrences of all tasks, in order of time, in pages of any size": async (
      scene,
      expect,
    ) => {
      const { tasks, all } = await manyOccurrences(scene);
      expect(all).toHaveLength(15);
      expect(all).toEqual(
        all.toSorted((a, b) => b.scheduledForMs - a.scheduledForMs || b.taskKey - a.taskKey),
      );
      const texts = [...occurrenceTexts, `task:task_${[...tasks.keys()][1]}`];
      for (const [text, where] of combinations(scene, texts, occurrenceVocabulary)) {
        const expected = all.filter((one) => passes(where, occurrenceValues(one, tasks)));
        expect(await occurrences(scene, { limit: 1000, where }), text).toEqual(expected);
        const oldest = await occurrences(scene, { limit: 2, where, order: "oldest" });
        expect(oldest.toReversed(), text).toEqual(expected);
      }
      for (const [taskKey, { definition }] of tasks) {
        const own = all.filter((one) => one.taskKey === taskKey);
        expect(await occurrences(scene, { limit: 2, taskKey })).toEqual(own);
        const { userId } = definition;
        if (userId === undefined) continue;
        const anns = all.filter((one) => tasks.get(one.taskKey)?.definition.userId === userId);
        expect(await occurrences(scene, { limit: 2, userId })).toEqual(anns);
        const oldest = await occurrences(scene, { limit: 2, userId, order: "oldest" });
        expect(oldest.toReversed()).toEqual(anns);
      }
    },
  },
};

/** Each text alone, its opposite, and each with the next ones: all of both, any of both, one without the other. */
function* combinations(
  scene: Scene,
  texts: readonly string[],
  vocabulary: Vocabulary,
): Generator<readonly [string, Condition]> {
  const conditions = texts.map((text) => read(scene, text, vocabulary));
  for (const [index, condition] of conditions.entries()) {
    const text = texts[index] ?? "";
    yield [text, condition];
    yield [`not ${text}`, not(condition)];
    for (const step of [1, 7]) {
      const [otherText = "", other] = [texts[index + step], conditions[index + step]];
      if (other === undefined) continue;
      yield [`${text} and ${otherText}`, every([condition, other])];
      yield [`${text} or ${otherText}`, some([condition, other])];
      yield [`not (${text} and not ${otherText})`, not(every([condition, not(other)]))];
    }
  }
}

function read(scene: Scene, text: string, vocabulary: Vocabulary): Condition {
  const parsed = parseFilter(text, vocabulary);
  const zone = Zone.find("UTC");
  if (!parsed.ok || zone === undefined) throw new Error(`${text} cannot be read`);
  const keyOf = (_: string, id: string): Key => Number(id.slice(id.indexOf("_") + 1));
  return resolveFilter(parsed.filter, { vocabulary, nowMs: scene.nowMs, zone, keyOf });
}

function keysOf(things: readonly { readonly key: Key }[]): readonly Key[] {
  return things.map(({ key }) => key);
}

/** Of all pages. Whole runs and keys alone must come to the same. */
async function runKeys(scene: Scene, query: RunQuery): Promise<readonly Key[]> {
  const keys: Key[] = [];
  let after: number | undefined;
  do {
    const page: RunQuery = { ...query, ...(after === undefined ? {} : { after }) };
    const { items, next } = await scene.ledger.runs.listKeys(page);
    const whole = await scene.ledger.runs.list(page);
    if (JSON.stringify(keysOf(whole.items)) !== JSON.stringify(items) || whole.next !== next)
      throw new Error("keys and runs are listed differently");
    keys.push(...items);
    after = next;
  } while (after !== undefined);
  return keys;
}

async function occurrences(scene: Scene, query: OccurrenceQuery): Promise<readonly Occurrence[]> {
  const all: Occurrence[] = [];
  let after: OccurrencePlace | undefined;
  do {
    const page = { ...query, ...(after === undefined ? {} : { after }) };
    const { items, next } = await scene.ledger.tasks.listOccurrences(page);
    all.push(...items);
    after = next;
  } while (after !== undefined);
  return all;
}

interface Many {
  readonly tasks: ReadonlyMap<Key, Task>;
  /** Oldest first. */
  readonly runs: readonly Run[];
}

/** Runs in every state there is, of tasks that differ in all that can be asked for. */
async function manyRuns(scene: Scene): Promise<Many> {
  const params = {
    city: "北京",
    count: 5,
    on: true,
    none: null,
    items: [{ sku: "a" }, "b", 7],
    "first name": { x: "Ann" },
  };
  const ann = await scene.task({ userId: "ann", conversationId: "c1", tags: ["night", "mail"], params });
  scene.later(1000);
  const bob = await scene.task({
    userId: "bob",
    name: "Weekly REPORT",
    description: "for the boss",
    type: "other",
    queue: "mail",
    priority: 8,
    externalId: "x-1",
  });
  const limited = await scene.task({ name: "limited", trigger: { kind: "at", at: "2027-01-01T00:00:00Z" } });
  const worker = await scene.worker({
    queues: ["default", "mail"],
    executors: [scene.executor(), scene.executor({ type: "other" })],
  });
  await scene.runs(ann, 3);
  await scene.run(ann, {
    params: JSON.stringify({ city: "Paris", count: "5", items: [] }),
    concurrencyKey: "k",
  });
  scene.later(2000);
  const [first, second, third, fourth] = await scene.claim(worker, { limit: 4 });
  scene.later(5000);
  if (first !== undefined) await scene.complete(first);
  if (second !== undefined) await scene.fail(second);
  if (third !== undefined) await scene.retry(third);
  const question = { prompt: "Which colour?" };
  if (fourth !== undefined) await scene.settle(fourth, { kind: "suspend", state: null, question });
  await scene.runs(bob, 2, { priority: 9, startedBy: { kind: "retry" } });
  await scene.claim(worker, { queue: "mail", types: ["other"], limit: 1 });
  const stopped = await scene.run(limited);
  await scene.claim(worker, { limit: 1 });
  await scene.cancel(stopped);
  scene.later(1000);
  const ended = await scene.run(ann);
  await scene.cancel(ended);
  const paused = await scene.run(limited);
  await scene.ledger.runs.pause(paused, { actor: "ann" }, true, scene.nowMs);
  await scene.run(limited, { dueAtMs: scene.nowMs + 60_000 });
  await scene.ledger.tasks.pause(limited, { actor: "ann" }, scene.nowMs);
  const { items } = await scene.ledger.runs.list({ limit: 1000 });
  const keys = [ann, bob, limited];
  return {
    tasks: new Map(await Promise.all(keys.map(async (key) => [key, await scene.getTask(key)] as const))),
    runs: items.toReversed(),
  };
}

function runTexts(tasks: ReadonlyMap<Key, Task>, runs: readonly Run[]): readonly string[] {
  const [task] = tasks.keys();
  return [
    ...listed(`
      status:pending | status:running | status:retrying | status:waiting | status:paused | status:cancelling
      | status:completed | status:failed,cancelled | status:running,completed,paused | status:failed,waiting
      | type:other | type:work,other | tag:night | tag:night,x | tag:* | queue:mail | queue:none
      | priority>8 | priority:5..8 | priority:9 | user:ann | user:* | user:ann,bob | conversation:c1
      | report | name:limited,weekly | name=report | created>-2s | created:-8s..-1s | created<2026-03-02
      | scheduled>now | scheduled:* | started>-7s | started:* | finished:* | finished>=-2s | duration>1s | duration:5s
      | attempt:1 | attempt:0,1 | attempt>0 | error:* | error:EXECUTION_FAILED | message:BROKE | message:*
      | key:k | startedBy:retry | question:* | question~colour | params.city:北京 | params.city:* | params.city~PAR
      | params.count:5 | params.count:"5" | params.count>4 | params.on:true | params.on:1 | params.none:null
      | params.none:* | params.items:b | params.items:7,8 | params.items:* | params.items[0].sku:a
      | params.items[2]<8 | params.items.x:1 | params."first name".x:Ann | params."first name":*
      | params."first name":Ann | params.to:ann | params.city>A`),
    `task:task_${task}`,
    `task:task_${[...tasks.keys()].join(",task_")}`,
    `id:run_${runs[0]?.key}`,
    `id:run_${runs.map(({ key }) => key).join(",run_")}`,
  ];
}

const taskTexts = listed(`
  status:active | status:paused,cancelled | type:other | tag:mail | -tag:* | queue:mail | priority>7 | user:ann
  | user:ann,bob | conversation:c1 | externalId:x-1 | externalId:* | report | boss | name=limited | trigger:at,cron
  | trigger:manual | created>-3s | updated>-5s | next:* | params.city:北京 | params.count>1`);

const occurrenceTexts = listed(`
  decision:started | decision:skipped | reason:overlap | reason:* | runId:* | type:work | tag:x | user:ann
  | name:other | lateness<1s | lateness>1m | scheduled>-3m | scheduled:..-2m | scheduled<2020-01-01 | decided<now`);

function listed(texts: string): readonly string[] {
  return texts.split("|").map((text) => text.trim());
}

async function manyOccurrences(
  scene: Scene,
): Promise<{ readonly tasks: ReadonlyMap<Key, Task>; readonly all: readonly Occurrence[] }> {
  const keys = [
    await scene.scheduled({ userId: "ann" }),
    await scene.scheduled({ tags: ["x"], overlap: { policy: "allow", max: 1 } }),
    await scene.scheduled({ userId: "ann", name: "other" }),
  ];
  for (let round = 0; round < 5; round++) {
    scene.later(round * 20_000);
    for (const key of keys) await scene.applyFiring(await scene.firing(key));
  }
  const tasks = new Map(await Promise.all(keys.map(async (key) => [key, await scene.getTask(key)] as const)));
  return { tasks, all: await occurrences(scene, { limit: 4 }) };
}
