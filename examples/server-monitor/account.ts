// Prints what happened: every due moment with its decision, and every run with its end.

interface Occurrence {
  readonly scheduledFor: string;
  readonly until?: string | undefined;
  readonly decision: string;
  readonly reason?: string | undefined;
  readonly runId?: string | undefined;
  readonly latenessMs?: number | undefined;
}

interface Run {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly attempt: number;
  readonly recoveries: number;
  readonly startedBy: { readonly kind: string };
}

export function say(line: string): void {
  console.log(`• ${line}`);
}

export function printOccurrences(occurrences: readonly Occurrence[]): void {
  console.log("\nEvery due moment of the watch, oldest first:");
  for (const { scheduledFor, until, decision, reason, runId, latenessMs } of [...occurrences].reverse()) {
    const moment = until === undefined ? time(scheduledFor) : `${time(scheduledFor)}–${time(until)}`;
    const late = latenessMs === undefined ? "" : `${latenessMs} ms late`;
    console.log(
      `  ${moment.padEnd(26)} ${decision.padEnd(10)} ${(reason ?? "").padEnd(8)} ${(runId ?? "").padEnd(30)} ${late}`,
    );
  }
}

export function printRuns(runs: readonly Run[]): void {
  console.log("\nEvery run, oldest first:");
  for (const run of [...runs].reverse()) {
    console.log(
      `  ${run.id}  ${run.type.padEnd(8)} ${run.status.padEnd(10)} by ${run.startedBy.kind.padEnd(9)} attempt ${run.attempt}, recoveries ${run.recoveries}`,
    );
  }
}

function time(instant: string): string {
  return instant.slice(11, 23);
}
