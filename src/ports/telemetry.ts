// What the engine tells about itself: a closed set of facts that logs, metrics and traces are made from.

import type { Key } from "../domain/ids.ts";
import type { RunStatus } from "../domain/run-state.ts";

/** One thing the engine tells about itself, by `kind`; durations and latenesses are milliseconds, `error` is for people. */
export type TelemetryEvent =
  | { readonly kind: "engine.started"; readonly recoveredRuns: number; readonly durationMs: number }
  | { readonly kind: "engine.stopped"; readonly interruptedRuns: number }
  | {
      readonly kind: "run.started";
      readonly runKey: Key;
      readonly taskKey: Key;
      readonly type: string;
      readonly attempt: number;
      readonly latenessMs: number;
    }
  | {
      readonly kind: "run.ended";
      readonly runKey: Key;
      readonly taskKey: Key;
      readonly type: string;
      readonly status: RunStatus;
      readonly attempt: number;
      readonly durationMs: number;
      readonly error?: string;
    }
  | { readonly kind: "run.discarded"; readonly runKey: Key; readonly claim: number }
  /** What a run's timer calls for cannot be written; it is tried again in a minute, and holds up no other. */
  | { readonly kind: "timer.refused"; readonly runKey: Key; readonly error: string }
  | {
      readonly kind: "schedule.fired";
      readonly tasks: number;
      readonly started: number;
      readonly latenessMs: number;
    }
  | { readonly kind: "schedule.refused"; readonly taskKey: Key; readonly error: string }
  | { readonly kind: "cleaner.swept"; readonly runs: number; readonly occurrences: number }
  | { readonly kind: "service.failed"; readonly service: string; readonly error: string };

export interface Telemetry {
  /** Never throws; called on hot paths, so subscribers must be quick. */
  emit(event: TelemetryEvent): void;
  /** Whether anybody listens to this kind: lets hot paths skip building the event. */
  wants(kind: TelemetryEvent["kind"]): boolean;
}
