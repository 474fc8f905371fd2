// Verbs on all that a filter matches, as a person does them: look, be asked, watch it happen.

import type { Command } from "commander";
import { RotaError } from "../domain/errors.ts";
import { spellingOf } from "./command-spec.ts";
import type { OperationCommand } from "./commands.ts";
import type { Reach } from "./reach.ts";
import type { Session } from "./session.ts";
import { isRecord } from "./value-text.ts";

/** Things changed by one call: after each the progress is shown. */
const stepSize = 1000;

type Input = Readonly<Record<string, unknown>>;

/** What is added up over the calls. */
interface Counts {
  readonly matched: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refusedCount: number;
  readonly refused: readonly unknown[];
}

/**
 * Shows what the filter matches and asks, unless `--yes` or the expected count was given; then goes on step by step.
 *
 * @throws VALIDATION_FAILED when nobody can be asked
 */
export async function performBulk(
  session: Session,
  command: Command,
  spec: OperationCommand,
  input: Input,
): Promise<void> {
  const { operation, columns } = spec;
  const reach = await session.open(command, { isReading: input["dryRun"] === true });
  try {
    const ask = (more: Input): Promise<unknown> => reach.invoke(operation, { ...input, ...more });
    // Who says how far to go, or where to go on, goes step by step by hand.
    const isOneCall = ["dryRun", "limit", "cursor"].some((field) => input[field] !== undefined);
    if (isOneCall) return session.print(command, await ask({}), columns);
    const expectedCount = input["expectedCount"] ?? (await look(session, command, spec, ask));
    if (expectedCount === undefined) return;
    session.print(command, await changeAll(session, ask, expectedCount), columns);
    sayIfNotServed(session, reach);
  } finally {
    await reach.close();
  }
}

/** The number to change; undefined when there is nothing to do, or it is not wanted. */
async function look(
  session: Session,
  command: Command,
  spec: OperationCommand,
  ask: (more: Input) => Promise<unknown>,
): Promise<number | undefined> {
  const { terminal } = session;
  const seen = await ask({ dryRun: true });
  const { matched } = countsOf(seen);
  const isSure = command.opts()["yes"] === true;
  if (matched === 0 || isSure) {
    if (matched === 0) session.print(command, seen, spec.columns);
    return matched === 0 ? undefined : matched;
  }
  const verb = spellingOf(spec);
  if (terminal.ask === undefined) {
    const message = `${verb} would go through ${matched} and there is nobody to ask; add --yes, or --expected-count ${matched}`;
    throw new RotaError("VALIDATION_FAILED", message, { details: { matched } });
  }
  terminal.err(session.textOf(seen, spec.columns));
  const question = { en: `${verb} ${matched}? [y/N] `, zh: `${verb} ${matched} 项？[y/N] ` };
  const answer = await terminal.ask(question[session.language]);
  if (/^\s*(?:y|yes|是)\s*$/i.test(answer)) return matched;
  session.say({ en: "nothing was changed", zh: "未作任何更改" });
  return undefined;
}

async function changeAll(
  session: Session,
  ask: (more: Input) => Promise<unknown>,
  expectedCount: unknown,
): Promise<unknown> {
  let answer = await ask({ expectedCount, limit: stepSize });
  let sum = countsOf(answer);
  for (let cursor = cursorOf(answer); cursor !== null; cursor = cursorOf(answer)) {
    showProgress(session, sum);
    answer = await ask({ cursor, expectedCount: undefined, limit: stepSize });
    sum = add(sum, countsOf(answer));
  }
  if (session.terminal.isTerminal && sum.matched > stepSize) session.terminal.err("\r\u001b[K");
  return { ...(isRecord(answer) ? answer : {}), ...sum };
}

function showProgress({ terminal, language }: Session, sum: Counts): void {
  if (!terminal.isTerminal) return;
  const done = sum.changed + sum.unchanged + sum.refusedCount;
  terminal.err(`\r\u001b[K${done} ${language === "zh" ? "/" : "of"} ${sum.matched}`);
}

function add(sum: Counts, more: Counts): Counts {
  return {
    matched: sum.matched,
    changed: sum.changed + more.changed,
    unchanged: sum.unchanged + more.unchanged,
    refusedCount: sum.refusedCount + more.refusedCount,
    refused: [...sum.refused, ...more.refused].slice(0, 100),
  };
}

function countsOf(answer: unknown): Counts {
  const record = isRecord(answer) ? answer : {};
  const count = (field: string): number => (typeof record[field] === "number" ? record[field] : 0);
  const { refused } = record;
  return {
    matched: count("matched"),
    changed: count("changed"),
    unchanged: count("unchanged"),
    refusedCount: count("refusedCount"),
    refused: Array.isArray(refused) ? refused : [],
  };
}

function cursorOf(answer: unknown): string | null {
  const cursor = isRecord(answer) ? answer["nextCursor"] : null;
  return typeof cursor === "string" ? cursor : null;
}

function sayIfNotServed(session: Session, reach: Reach): void {
  if (!reach.isServed && session.terminal.isTerminal) session.sayNotServed();
}
