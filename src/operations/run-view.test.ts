// Runs as JSON.

import { expect, it } from "vitest";
import { IdCodec } from "../domain/ids.ts";
import type { Run } from "../domain/run.ts";
import { catalogue } from "../contract/catalogue.ts";
import { runView } from "./run-view.ts";

const ids = new IdCodec(7);
const run: Run = {
  key: 4096 * 1_700_000_000_000 + 2,
  taskKey: 4096 * 1_700_000_000_000 + 1,
  revision: 1,
  type: "http",
  queue: "default",
  priority: 5,
  status: "failed",
  params: { url: "http://example.com" },
  dueAtMs: 1_700_000_000_000,
  claim: 2,
  attempt: 2,
  recoveries: 0,
  interruptions: 0,
  version: 6,
  maxAttempts: 2,
  startedBy: { kind: "trigger", actor: "local" },
  createdAtMs: 1_700_000_000_000,
  startedAtMs: 1_700_000_000_250,
  finishedAtMs: 1_700_000_001_000,
  result: {
    success: false,
    message: "connection refused",
    data: null,
    error: { code: "EXECUTION_FAILED", message: "connection refused", retryable: true },
    duration: 0.75,
    metadata: {},
  },
};

it("has the fields of the contract: ids as text, instants in UTC, the error beside the envelope", () => {
  const view = runView(run, { ids });
  expect(view).toMatchObject({
    id: ids.encode("run", run.key),
    taskId: ids.encode("task", run.taskKey),
    scheduledFor: "2023-11-14T22:13:20.000Z",
    startedAt: "2023-11-14T22:13:20.250Z",
    durationMs: 750,
    error: { code: "EXECUTION_FAILED" },
    result: { duration: 0.75 },
  });
  expect(catalogue["runs.get"].output.parse(view)).toEqual(view);
});

it("leaves out what is not there, in the record as in JSON", () => {
  const { result: _, finishedAtMs: _finished, ...live } = run;
  const view = runView(
    { ...live, status: "running", parentKey: run.key, scheduledForMs: 1_699_999_999_000 },
    { ids },
  );
  expect(Object.values(view)).not.toContain(undefined);
  expect(view).not.toHaveProperty("durationMs");
  expect(view).toMatchObject({
    parentRunId: ids.encode("run", run.key),
    scheduledFor: "2023-11-14T22:13:19.000Z",
  });
});
