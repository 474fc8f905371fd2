// Computes what a definition leaves to be computed: texts by the port for expressions, functions in this process.

import { textOfThrown } from "../../domain/errors.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import type { Expression, Template } from "../../domain/workflow/definition.ts";
import {
  expressionsOf,
  expressionText,
  fill,
  type PlacedExpression,
} from "../../domain/workflow/template.ts";
import type { Evaluated, Expressions } from "../../ports/expressions.ts";
import type { WorkflowFunction } from "../../ports/workflow-function.ts";

export interface EvaluatorParts {
  readonly expressions: Expressions;
  /** What stands behind `{ $function: name }`. */
  readonly functions: ReadonlyMap<string, WorkflowFunction>;
}

/** An expression that cannot be used, and why. */
export interface BadExpression extends PlacedExpression {
  readonly message: string;
}

export class Evaluator {
  readonly #parts: EvaluatorParts;

  constructor(parts: EvaluatorParts) {
    this.#parts = parts;
  }

  /** Those whose grammar is wrong; functions have none. */
  async check(placed: readonly PlacedExpression[]): Promise<readonly BadExpression[]> {
    const texts = placed.flatMap(({ expression, path }) =>
      typeof expression === "string" ? [{ path, expression: expressionText(expression) }] : [],
    );
    const problems = await this.#parts.expressions.check(texts.map(({ expression }) => expression));
    return texts.flatMap((text, index) => {
      const message = problems[index] ?? null;
      return message === null ? [] : [{ ...text, message }];
    });
  }

  /** Whether the function behind a name is there. */
  hasFunction(name: string): boolean {
    return this.#parts.functions.has(name);
  }

  /** One answer for each, in order. Never rejects. */
  async compute(wanted: readonly Expression[], scope: JsonObject): Promise<readonly Evaluated[]> {
    const texts = wanted.flatMap((each) => (typeof each === "string" ? [expressionText(each)] : []));
    const answers = [...(await this.#parts.expressions.evaluate({ texts, scope }))];
    const nothing: Evaluated = { ok: false, message: "nothing was computed" };
    return Promise.all(
      wanted.map(async (each) =>
        typeof each === "string" ? (answers.shift() ?? nothing) : this.#call(each.$function, scope),
      ),
    );
  }

  async one(expression: Expression, scope: JsonObject): Promise<Evaluated> {
    const [answer] = await this.compute([expression], scope);
    return answer ?? { ok: false, message: "nothing was computed" };
  }

  /** The template with the values of its expressions; the first that fails speaks, with its place within. */
  async fill(template: Template, scope: JsonObject): Promise<Evaluated> {
    const placed = expressionsOf(template);
    if (placed.length === 0) return { ok: true, value: template };
    const answers = await this.compute(
      placed.map(({ expression }) => expression),
      scope,
    );
    const values: Json[] = [];
    for (const [index, answer] of answers.entries()) {
      if (!answer.ok) {
        const path = placed[index]?.path ?? "";
        return { ok: false, message: path === "" ? answer.message : `${path}: ${answer.message}` };
      }
      values.push(answer.value);
    }
    return { ok: true, value: fill(template, values) };
  }

  /** Each call has data of its own: a function that changes it changes nothing of the run. */
  async #call(name: string, scope: JsonObject): Promise<Evaluated> {
    const call = this.#parts.functions.get(name);
    if (call === undefined) {
      return { ok: false, message: `this process has no function ${name}; give its workflow to createRota` };
    }
    try {
      const value: unknown = await call(structuredClone(scope));
      const json: string | undefined = JSON.stringify(value ?? null);
      if (json === undefined) return { ok: false, message: `${name} returned what is no JSON` };
      return { ok: true, value: JSON.parse(json) as Json }; // what JSON.stringify wrote
    } catch (error) {
      return { ok: false, message: `${name}: ${textOfThrown(error)}` };
    }
  }
}
