// What the engine tells about itself, on the clock of a real process.

import { describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { TelemetryHub } from "../../src/app/telemetry-hub.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import type { TelemetryEvent } from "../../src/ports/telemetry.ts";

describe("telemetry", () => {
  it("tells durations and latenesses in whole milliseconds", async () => {
    const telemetry = new TelemetryHub();
    const told: TelemetryEvent[] = [];
    telemetry.subscribe(["engine.started", "run.started", "run.ended"], (event) => told.push(event));
    const executors = [defineExecutor({ type: "note", run: () => null })] as const;
    await using rota = await createRota({ database: "memory:", executors, telemetry });
    const run = await rota.trigger(await rota.tasks.create({ name: "t", type: "note" }));
    await run.result();
    await rota.stop();
    const numbers = told.flatMap((event) => [
      ...("durationMs" in event ? [event.durationMs] : []),
      ...("latenessMs" in event ? [event.latenessMs] : []),
    ]);
    expect(told.map(({ kind }) => kind)).toEqual(["engine.started", "run.started", "run.ended"]);
    expect(numbers).toHaveLength(3);
    expect(numbers.every((each) => Number.isInteger(each) && each >= 0)).toBe(true);
  });
});
