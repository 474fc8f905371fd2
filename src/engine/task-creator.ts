// Creates tasks: checked, given their key and the beginning of their schedule, stored; one, or many together.

import type { Key } from "../domain/ids.ts";
import type { Task, TaskDefinition } from "../domain/task.ts";
import type { TaskInput } from "../domain/task-input.ts";
import type { NewTask } from "../ports/task-ledger.ts";
import { atIndex } from "./at-index.ts";
import type { FirePlanner } from "./fire-planner.ts";
import type { EngineParts } from "./parts.ts";
import type { TaskDefiner } from "./task-definer.ts";
import { taskRefusal } from "./task-refusal.ts";

export class TaskCreator {
  readonly #parts: EngineParts;
  readonly #definer: TaskDefiner;
  readonly #planner: FirePlanner;

  constructor(parts: EngineParts, definer: TaskDefiner, planner: FirePlanner) {
    this.#parts = parts;
    this.#definer = definer;
    this.#planner = planner;
  }

  /**
   * Stores a task; its schedule runs from this moment.
   *
   * @throws EXECUTOR_NOT_FOUND, INVALID_PARAMETERS, INVALID_TRIGGER, IN_THE_PAST, ALREADY_EXISTS,
   *   DEPENDENCY_NOT_FOUND, DEPENDENCY_CYCLE
   */
  async create(input: TaskInput, actor: string): Promise<Task> {
    const definition = await this.#definer.define(input);
    const { clock, ledger, ids } = this.#parts;
    const nowMs = clock.now();
    const key = ledger.tasks.reserveKeys(nowMs, 1);
    const [reply] = await ledger.tasks.create(
      [this.#newTask({ input, definition, key, nowMs }, actor)],
      nowMs,
    );
    if (reply?.ok === true) return reply.task;
    throw taskRefusal(reply, ids, input.dependsOn);
  }

  /**
   * Stores many tasks in one transaction, in order: all of them or none.
   *
   * @throws as {@link create} for the first that is refused, with its place in `details.index`
   */
  async createMany(inputs: readonly TaskInput[], actor: string): Promise<readonly Task[]> {
    const definitions: TaskDefinition[] = [];
    for (const [index, input] of inputs.entries()) {
      try {
        definitions.push(await this.#definer.define(input));
      } catch (error) {
        throw atIndex(error, index);
      }
    }
    const { clock, ledger, ids } = this.#parts;
    const nowMs = clock.now();
    let key = ledger.tasks.reserveKeys(nowMs, inputs.length);
    const news = inputs.flatMap((input, index) => {
      const definition = definitions[index];
      return definition === undefined ? [] : [this.#newTask({ input, definition, key: key++, nowMs }, actor)];
    });
    const reply = await ledger.tasks.createTogether(news, nowMs);
    if (reply.ok) return reply.tasks;
    throw atIndex(taskRefusal(reply.refusal, ids, inputs[reply.index]?.dependsOn), reply.index);
  }

  #newTask({ input, definition, key, nowMs }: Defined, actor: string): NewTask {
    const start = this.#planner.begin(definition.trigger, { taskKey: key, nowMs, anchorMs: nowMs });
    return input.status === "paused"
      ? { key, definition, status: "paused", pausedBy: { actor }, ...start }
      : { key, definition, status: "active", ...start };
  }
}

interface Defined {
  readonly input: TaskInput;
  readonly definition: TaskDefinition;
  readonly key: Key;
  readonly nowMs: number;
}
