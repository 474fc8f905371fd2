// The checks that need a trigger's instants: is anything left, is it too often, is it over?

import type { Calculators } from "./calculators.ts";
import { compileTrigger, endOf, instantOf, type CompiledTrigger } from "./compile.ts";
import { join, type Findings } from "./findings.ts";
import { formatInstant } from "./instant-text.ts";
import type { ScheduledTrigger, Trigger } from "./trigger.ts";
import { searchWork, Work } from "./work.ts";

export interface MomentOptions {
  readonly calculators: Calculators;
  readonly path: string;
  readonly defaultTimezone: string;
  readonly minimumIntervalMs: number;
  readonly nowMs: number | undefined;
  readonly graceMs: number;
}

/** Instants looked at to find two that are too close; a rule that repeats hourly shows its pattern within them. */
const sampleCount = 200;

/** Adds issues to a trigger whose fields are all well formed. */
export function checkMoments(trigger: Trigger, findings: Findings, options: MomentOptions): void {
  if (trigger.kind === "manual" || trigger.kind === "immediate") return;
  const { calculators, path, defaultTimezone, nowMs } = options;
  const compiled = compileTrigger(trigger, { anchorMs: nowMs ?? 0, defaultTimezone, calculators });
  const boundsOk = checkBounds(trigger, { compiled, findings, options });
  if (!boundsOk || compiled.fixedDelayMs !== undefined) return;
  const fromMs = nowMs ?? -Infinity;
  const work = new Work(searchWork);
  if (trigger.kind === "at") checkAt(trigger.at, { compiled, findings, options });
  else if (compiled.next(fromMs, work) !== undefined) checkFrequency({ compiled, findings, options }, work);
  else if (work.gaveUpAtMs === undefined) {
    const when = nowMs === undefined ? "" : " from now on";
    findings.add(path, "NEVER_FIRES", `this trigger has no instant${when}`);
  } else if (nowMs !== undefined) {
    // Not known to be nothing; but a schedule that nobody can tell the next instant of is a mistake.
    const until = formatInstant(work.gaveUpAtMs, compiled.zone);
    findings.add(
      path,
      "NEVER_FIRES",
      `no instant was found up to ${until}: exclude takes away all that was looked at`,
    );
  }
}

interface Moments {
  readonly compiled: CompiledTrigger;
  readonly findings: Findings;
  readonly options: MomentOptions;
}

function checkBounds(trigger: ScheduledTrigger, { compiled, findings, options }: Moments): boolean {
  const { path, nowMs } = options;
  const startMs = trigger.startAt === undefined ? undefined : instantOf(trigger.startAt, compiled);
  const endMs = trigger.endAt === undefined ? undefined : endOf(trigger.endAt, compiled);
  if (endMs === undefined) return true;
  if (startMs !== undefined && endMs < startMs)
    findings.add(join(path, "endAt"), "NEVER_FIRES", "endAt lies before startAt");
  else if (nowMs !== undefined && endMs <= nowMs)
    findings.add(join(path, "endAt"), "NEVER_FIRES", "endAt has passed");
  else return true;
  return false;
}

function checkAt(text: string, { compiled, findings, options }: Moments): void {
  const { path, nowMs, graceMs } = options;
  const lastMs = compiled.previous(Infinity);
  if (lastMs === undefined) {
    findings.add(
      join(path, "at"),
      "NEVER_FIRES",
      `${text} is left out: the clocks skip it, or it is excluded or out of bounds`,
    );
  } else if (nowMs !== undefined && lastMs < nowMs - graceMs) {
    findings.add(join(path, "at"), "IN_THE_PAST", `${formatInstant(lastMs, compiled.zone)} has passed`);
  }
}

function checkFrequency({ compiled, findings, options }: Moments, work: Work): void {
  const { minimumIntervalMs, nowMs = 0, path } = options;
  if (minimumIntervalMs <= 1000) return; // crons and times of day have whole seconds
  let lastMs = compiled.next(nowMs, work);
  for (let n = 0; n < sampleCount && lastMs !== undefined; n++) {
    const nextMs = compiled.next(lastMs, work);
    if (nextMs !== undefined && nextMs - lastMs < minimumIntervalMs) {
      findings.add(
        path,
        "TOO_FREQUENT",
        `two instants are ${nextMs - lastMs} ms apart, at least ${minimumIntervalMs} ms are required`,
      );
      return;
    }
    lastMs = nextMs;
  }
}
