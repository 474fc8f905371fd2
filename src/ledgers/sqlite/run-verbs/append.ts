// What a claim writes while it runs: progress, log, output and durable steps; refused when the claim is over (SEM 1).

import type { Key } from "../../../domain/ids.ts";
import type { StepRecord } from "../../../ports/executor.ts";
import type { AppendLimits, RunAppend } from "../../../ports/run-ledger.ts";
import { int, json, text } from "../row.ts";
import type { Tx } from "../state/tx.ts";

export function append(
  tx: Tx,
  appends: readonly RunAppend[],
  { nowMs, limits }: { readonly nowMs: number; readonly limits: AppendLimits },
): readonly boolean[] {
  return appends.map((one) => {
    if (!holds(tx, one.runKey, one.claim)) return false;
    if (one.progress !== undefined)
      tx.sql.named("reports.setProgress").run(one.runKey, JSON.stringify(one.progress));
    if (one.logs !== undefined || one.output !== undefined) new Report(tx, one, { nowMs, limits }).write();
    return true;
  });
}

export function saveStep(tx: Tx, runKey: Key, claim: number, step: StepRecord): boolean {
  if (!holds(tx, runKey, claim)) return false;
  tx.sql.named("reports.saveStep").run(runKey, step.name, JSON.stringify(step.result));
  return true;
}

export function steps(tx: Tx, runKey: Key): readonly StepRecord[] {
  return tx.sql
    .named("reports.steps")
    .all(runKey)
    .map((row) => ({ name: text(row, 0), result: json(text(row, 1)) }));
}

/**
 * Whether the claim may still write. A paused one may: what its code said before it stood still arrives after the
 * pause, and a refusal would tell its worker that the claim is lost.
 */
function holds(tx: Tx, runKey: Key, claim: number): boolean {
  return tx.claimed.facts(runKey)?.claim === claim;
}

interface Sizes {
  logBytes: number;
  logCount: number;
  outputBytes: number;
  outputCount: number;
}

/** Appends to a run's log and output up to their limits; the first thing beyond is replaced by a mark (SEM 36). */
class Report {
  readonly #tx: Tx;
  readonly #append: RunAppend;
  readonly #nowMs: number;
  readonly #limits: AppendLimits;
  readonly #sizes: Sizes;

  constructor(
    tx: Tx,
    append: RunAppend,
    { nowMs, limits }: { readonly nowMs: number; readonly limits: AppendLimits },
  ) {
    this.#tx = tx;
    this.#append = append;
    this.#nowMs = nowMs;
    this.#limits = limits;
    const row = tx.sql.named("reports.sizes").get(append.runKey);
    this.#sizes = {
      logBytes: at(row, 0),
      logCount: at(row, 1),
      outputBytes: at(row, 2),
      outputCount: at(row, 3),
    };
  }

  write(): void {
    for (const entry of this.#append.logs ?? []) this.#log(entry);
    for (const chunk of this.#append.output ?? []) this.#emit(JSON.stringify(chunk));
    const { logBytes, logCount, outputBytes, outputCount } = this.#sizes;
    this.#tx.sql
      .named("reports.setSizes")
      .run(this.#append.runKey, logBytes, logCount, outputBytes, outputCount);
  }

  #log({ atMs, level, message, fields }: NonNullable<RunAppend["logs"]>[number]): void {
    const fieldsText = fields === undefined ? null : JSON.stringify(fields);
    const bytes = Buffer.byteLength(message) + (fieldsText === null ? 0 : Buffer.byteLength(fieldsText));
    const cut = this.#cut("log", bytes);
    if (cut === "beyond") return;
    const [what, more, how] =
      cut === "mark"
        ? [`log cut at ${this.#limits.logBytes} bytes`, null, "warn"]
        : [message, fieldsText, level];
    this.#sizes.logCount += 1;
    this.#tx.sql
      .named("reports.insertLog")
      .run(
        this.#append.runKey,
        this.#sizes.logCount,
        this.#append.claim,
        cut === "mark" ? this.#nowMs : atMs,
        how,
        what,
        more,
      );
  }

  #emit(chunk: string): void {
    const cut = this.#cut("output", Buffer.byteLength(chunk));
    if (cut === "beyond") return;
    this.#sizes.outputCount += 1;
    const kept =
      cut === "mark" ? JSON.stringify({ cut: `output cut at ${this.#limits.outputBytes} bytes` }) : chunk;
    this.#tx.sql.named("reports.insertOutput").run(this.#append.runKey, this.#sizes.outputCount, kept);
  }

  /** Counts the bytes; the entry that crosses the limit becomes the mark, what comes after it is dropped. */
  #cut(of: "log" | "output", bytes: number): "fits" | "mark" | "beyond" {
    const name = of === "log" ? "logBytes" : "outputBytes";
    const before = this.#sizes[name];
    if (before > this.#limits[name]) return "beyond";
    this.#sizes[name] = before + bytes;
    return this.#sizes[name] > this.#limits[name] ? "mark" : "fits";
  }
}

function at(row: ReturnType<ReturnType<Tx["sql"]["named"]>["get"]>, index: number): number {
  return row === undefined ? 0 : int(row, index);
}
