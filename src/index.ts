// The library: a Rota inside your own process.

export { createRota, type RotaOptions } from "./app/create-rota.ts";
export {
  dataOf,
  defineWorkflow,
  type DefinedWorkflow,
  type StepDraft,
  type WorkflowData,
  type WorkflowDraft,
  type WorkflowInput,
  type WorkflowScope,
} from "./app/define-workflow.ts";
export { Rota, type HeardEvent, type TaskRef } from "./app/rota.ts";
export { RunHandle } from "./app/run-handle.ts";
export { TelemetryHub, type TelemetrySubscriber } from "./app/telemetry-hub.ts";
export { defineConfig } from "./config/define-config.ts";
export {
  NonRetryableError,
  RetryAfterError,
  RotaError,
  type ErrorCode,
  type Issue,
} from "./domain/errors.ts";
export type { EventType } from "./domain/event.ts";
export type { Json, JsonObject } from "./domain/json.ts";
export {
  failureResult,
  snooze,
  successResult,
  suspend,
  type Result,
  type RunError,
} from "./domain/outcome.ts";
export type { RunStatus } from "./domain/run-state.ts";
export type { TaskStatus } from "./domain/task-state.ts";
export type { Trigger } from "./domain/trigger/trigger.ts";
export {
  defineExecutor,
  type DefinedExecutor,
  type ExecutorDefinition,
} from "./executors/define-executor.ts";
export type { Executor, RunContext, StandardSchema } from "./ports/executor.ts";
export type { TelemetryEvent } from "./ports/telemetry.ts";
