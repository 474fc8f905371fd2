// What can be done with a definition before anything of it is stored: check it, try it out.

import { validationFailed, type Issue } from "../../domain/errors.ts";
import { checkWorkflow, place } from "../../domain/workflow/check.ts";
import {
  waitType,
  workflowType,
  type Step,
  type WorkflowDefinition,
} from "../../domain/workflow/definition.ts";
import { expressionsIn } from "../../domain/workflow/expressions.ts";
import { layersOf } from "../../domain/workflow/layers.ts";
import { planOf } from "../../domain/workflow/plan.ts";
import type { EngineParts } from "../parts.ts";
import { Evaluator } from "./evaluator.ts";
import { simulationBounds, type Simulation, type SimulationInput } from "./simulation.ts";
import { simulateWorkflow } from "./simulator.ts";

/** What was found out about a definition. */
export interface WorkflowFindings {
  /** Why it cannot be run; empty when it can. */
  readonly issues: readonly Issue[];
  /** What may be meant, and may be a mistake. */
  readonly warnings: readonly Issue[];
  /** How many steps it has, those of groups included. */
  readonly steps: number;
  /** How many steps wait for each other at most, one after the other; absent when it is no graph. */
  readonly depth?: number;
}

/** More findings than this help nobody. */
const mostFindings = 100;

type TrialParts = Pick<EngineParts, "expressions" | "functions" | "executors" | "ledger" | "clock">;

export class WorkflowTrials {
  readonly #parts: TrialParts;
  readonly #evaluator: Evaluator;

  constructor(parts: TrialParts) {
    this.#parts = parts;
    this.#evaluator = new Evaluator(parts);
  }

  /** Names everything that is wrong with a definition, with its place. Stores nothing. */
  async check(definition: WorkflowDefinition): Promise<WorkflowFindings> {
    const graph = checkWorkflow(definition);
    const bad = await this.#evaluator.check(expressionsIn(definition));
    const wrong = bad.map(({ path, message }): Issue => ({ path, code: "INVALID_EXPRESSION", message }));
    const warnings = [...(await this.#unknownTypes(definition)), ...this.#unknownFunctions(definition)];
    return {
      issues: [...graph, ...wrong].slice(0, mostFindings),
      warnings: warnings.slice(0, mostFindings),
      steps: place(definition.steps, "steps").length,
      ...(graph.length === 0 ? { depth: layersOf(planOf(definition)).length } : {}),
    };
  }

  /**
   * Tells what a run would do under assumed outcomes. Stores and executes nothing.
   *
   * @throws VALIDATION_FAILED with the issues of {@link check}, their paths beginning with `definition`, and for
   *   outcomes of steps that are not there
   */
  async simulate(
    input: Omit<SimulationInput, "startMs"> & { readonly startMs?: number },
  ): Promise<Simulation> {
    const { clock } = this.#parts;
    const { issues } = await this.check(input.definition);
    if (issues.length > 0) throw validationFailed(issues.map(underDefinition));
    const strange = unknownOutcomes(input);
    if (strange.length > 0) throw validationFailed(strange);
    const begunMs = clock.monotonic();
    return simulateWorkflow(
      { startMs: clock.now(), ...input },
      {
        evaluator: this.#evaluator,
        isExpired: () => clock.monotonic() - begunMs > simulationBounds.computingMs,
      },
    );
  }

  /** Another process may have them, so these are warnings. */
  async #unknownTypes(definition: WorkflowDefinition): Promise<readonly Issue[]> {
    const published = await this.#parts.ledger.workers.executors();
    const known = new Set([
      ...published.map(({ type }) => type),
      ...this.#parts.executors.keys(),
      waitType,
      workflowType,
    ]);
    return place(definition.steps, "steps")
      .flatMap(({ step, path }) => typesIn(step, path))
      .filter(({ type }) => !known.has(type))
      .map(({ type, path }): Issue => {
        const message = `no worker has an executor of type ${JSON.stringify(type)} so far`;
        return { path, code: "EXECUTOR_NOT_FOUND", message };
      });
  }

  #unknownFunctions(definition: WorkflowDefinition): readonly Issue[] {
    return expressionsIn(definition).flatMap(({ path, expression }) => {
      if (typeof expression === "string" || this.#evaluator.hasFunction(expression.$function)) return [];
      const message = `this process has no function ${expression.$function}; only one that is given the workflow does`;
      return [{ path, code: "NOT_FOUND", message }];
    });
  }
}

export function underDefinition(issue: Issue): Issue {
  return { ...issue, path: `definition.${issue.path}` };
}

interface PlacedType {
  readonly type: string;
  readonly path: string;
}

function typesIn(step: Step, path: string): readonly PlacedType[] {
  const work = step.kind === "map" ? step.each : step;
  const at = step.kind === "map" ? `${path}.each` : path;
  const own = work.kind === "task" ? [{ type: work.type, path: `${at}.type` }] : [];
  const undo = work.kind === "task" || work.kind === "workflow" ? work.compensate : undefined;
  return undo === undefined ? own : [...own, { type: undo.type, path: `${at}.compensate.type` }];
}

function unknownOutcomes({ definition, outcomes }: Pick<SimulationInput, "definition" | "outcomes">) {
  const ids = new Set(place(definition.steps, "steps").map(({ step }) => step.id));
  return [...outcomes.keys()]
    .filter((key) => !ids.has(key.replace(/#\d+$/, "")))
    .map((key): Issue => {
      const message = `there is no step ${JSON.stringify(key)}; write an id, or id#2 for the third element of a map`;
      return { path: `outcomes.${key}`, code: "NOT_FOUND", message };
    });
}
