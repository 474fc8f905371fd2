// What a simulation of a workflow is told, and what it tells.

import type { Json } from "../../domain/json.ts";
import type { RunError } from "../../domain/outcome.ts";
import type { StepKind, WorkflowDefinition } from "../../domain/workflow/definition.ts";
import type { StepStatus } from "../../domain/workflow/step-state.ts";

export const assumedStatuses = ["completed", "failed", "timed_out", "cancelled"] as const;

/** How a step is assumed to end, its retries included; each element of a map by itself. */
export interface AssumedOutcome {
  /** @default "completed" */
  readonly status?: (typeof assumedStatuses)[number];
  /** @default null; of an approval its first option that fits the verdict */
  readonly output?: Json;
  /** Of conditions, instead of computing them, and of approvals. @default what `output` means, else true */
  readonly verdict?: boolean;
  /** @default 1 second; of a wait its time */
  readonly takesMs?: number;
  /** How its compensation ends, and what a person says when that fails. */
  readonly undo?: {
    readonly status?: "completed" | "failed";
    readonly takesMs?: number;
    readonly answer?: "skip" | "give-up";
  };
}

export interface SimulationInput {
  readonly definition: WorkflowDefinition;
  readonly input: Json;
  /** By step id; `id#2` is the third element of a map, and goes before `id`. */
  readonly outcomes: ReadonlyMap<string, AssumedOutcome>;
  /** What `run.startedAt` says, and from where `until` is counted: milliseconds since the epoch. */
  readonly startMs: number;
  /** When somebody cancels the run, in milliseconds from its start. */
  readonly cancelAtMs?: number | undefined;
}

export const simulatedEvents = [
  "workflow.started",
  "workflow.waiting",
  "workflow.completed",
  "workflow.failed",
  "workflow.cancelled",
  "step.started",
  "step.completed",
  "step.failed",
  "step.skipped",
  "step.cancelled",
  "item.started",
  "item.completed",
  "item.failed",
  "item.cancelled",
  "undo.started",
  "undo.completed",
  "undo.failed",
] as const;

export interface SimulatedEvent {
  /** Milliseconds from the start of the run. */
  readonly atMs: number;
  readonly event: (typeof simulatedEvents)[number];
  readonly stepId?: string;
  /** Of an element of a map: its place. */
  readonly index?: number;
  /** What the step's code would be given; of a `started`. */
  readonly params?: Json;
  readonly message?: string;
}

export interface SimulatedStep {
  readonly id: string;
  readonly kind: StepKind;
  readonly status: StepStatus;
  readonly startedMs?: number;
  readonly endedMs?: number;
  readonly verdict?: boolean;
  readonly output?: Json;
  readonly error?: RunError;
}

export interface SimulatedEnd {
  /** `waiting`: a person would have to say what becomes of a compensation that failed. */
  readonly status: "completed" | "failed" | "cancelled" | "timed_out" | "waiting";
  readonly atMs: number;
  readonly output?: Json;
  readonly error?: RunError;
  readonly failedStep?: string;
  /** Present when something was to be undone: whether all of it was. */
  readonly compensated?: boolean;
}

export interface Simulation {
  readonly events: readonly SimulatedEvent[];
  readonly steps: readonly SimulatedStep[];
  /** Absent when the simulation was cut. */
  readonly end?: SimulatedEnd;
  /** More would have followed: it was too long, too large, or took too much computing. */
  readonly isTruncated: boolean;
}

/** A simulation is cut where it passes one of these. */
export const simulationBounds = { units: 2000, jsonCharacters: 4_000_000, computingMs: 5000 } as const;
