// The way in: who may ask, what is refused before anything is touched, and the operations that need no ledger.

import { describe, expect, it } from "vitest";
import { defaultLimits } from "../domain/limits.ts";
import { Calculators } from "../domain/trigger/calculators.ts";
import { catalogue } from "../contract/catalogue.ts";
import { localPrincipal } from "../contract/principal.ts";
import { operationNames, type OperationName } from "../contract/routes.ts";
import { createInvoke, handlers } from "./invoke.ts";
import type { Services } from "./services.ts";

/** Any part that is not given may not be touched. */
function servicesWith(parts: Partial<Services>): Services {
  return new Proxy(parts, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name) as unknown;
      throw new Error(`${String(name)} was touched`);
    },
  }) as Services; // the proxy stands for the rest
}

const calculators = new Calculators();
const clock = {
  now: () => Date.UTC(2026, 11, 1),
  monotonic: () => 0,
  after: () => () => undefined,
  endOfTurn: () => undefined,
};
const defaults = { timezone: "Asia/Shanghai", minIntervalMs: 1000 };
const invoke = createInvoke(servicesWith({ calculators, clock, defaults, limits: defaultLimits }));
const ask = async (name: OperationName, input: unknown) => invoke(name, input, localPrincipal);

describe("invoke", () => {
  it("has a handler for each operation", () => {
    expect(Object.keys(handlers).toSorted()).toEqual([...operationNames].toSorted());
  });

  it("refuses by role before it looks at the input", async () => {
    const viewer = { kind: "key", role: "viewer", actor: "key_1" } as const;
    await expect(invoke("tasks.create", 5, viewer)).rejects.toMatchObject({
      code: "FORBIDDEN",
      details: { permission: "operator" },
    });
    await expect(invoke("maintenance.cleanup", {}, { ...viewer, role: "operator" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    expect(await invoke("limits.get", {}, viewer)).toEqual(defaultLimits);
  });

  it("refuses inputs that are wrong or hostile before anything is touched", async () => {
    await expect(ask("tasks.create", { name: "x" })).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    let deep: unknown = 1;
    for (let depth = 0; depth < 5000; depth++) deep = { deep };
    await expect(ask("tasks.create", { name: "x", type: "y", params: deep })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
  });
});

describe("schedules.preview", () => {
  it("S1.49 shows the next times with the zone's offset, in words, and warns", async () => {
    const trigger = { kind: "cron", expression: "30 2 * * *", timezone: "Europe/Berlin" };
    const preview = await ask("schedules.preview", { trigger, count: 2 });
    expect(preview).toMatchObject({
      times: ["2026-12-01T02:30:00+01:00", "2026-12-02T02:30:00+01:00"],
      description: { en: expect.any(String) as string, zh: expect.any(String) as string },
      estimated: false,
    });
    const codes = catalogue["schedules.preview"].output.parse(preview).warnings.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["DST_GAP", "DST_OVERLAP"]));
  });

  it("takes the configured zone for triggers that name none", async () => {
    const preview = await ask("schedules.preview", {
      trigger: { kind: "daily", times: ["08:00"] },
      count: 1,
    });
    expect(preview).toMatchObject({ times: ["2026-12-02T08:00:00+08:00"] });
  });

  it("names everything that is wrong with a trigger", async () => {
    const refused = ask("schedules.preview", {
      trigger: { kind: "cron", expression: "99 * * * *", timezone: "Mars/Base" },
    });
    await expect(refused).rejects.toMatchObject({
      code: "INVALID_TRIGGER",
      details: { issues: [{ path: "trigger.timezone" }, { path: "trigger.expression" }] },
    });
    await expect(ask("schedules.preview", { trigger: { kind: "crn" } })).rejects.toThrow(
      /did you mean "cron"/,
    );
  });
});

describe("schedules.simulate", () => {
  it("shows what an outage leads to", async () => {
    const simulation = await ask("schedules.simulate", {
      trigger: { kind: "interval", every: "1h", timezone: "UTC" },
      from: "2026-12-01T00:00:00Z",
      until: "2026-12-01T06:30:00Z",
      outage: { from: "2026-12-01T01:30:00Z", until: "2026-12-01T04:30:00Z" },
    });
    const { occurrences } = catalogue["schedules.simulate"].output.parse(simulation);
    const decided = occurrences.map(({ scheduledFor, until, decision }) =>
      [scheduledFor, until, decision].filter(Boolean).join(" "),
    );
    expect(decided).toContain("2026-12-01T01:00:00Z started");
    expect(decided).toContain("2026-12-01T04:00:00Z started");
    expect(decided.join()).toContain("coalesced");
    expect(decided).toContain("2026-12-01T06:00:00Z started");
  });

  it("refuses an end before its beginning, given or not, by its path", async () => {
    const trigger = { kind: "interval", every: "1h" };
    for (const from of [{ from: "2026-12-02T00:00:00Z" }, {}]) {
      const input = { trigger, until: "2020-12-01T00:00:00Z", ...from };
      await expect(ask("schedules.simulate", input)).rejects.toMatchObject({
        code: "VALIDATION_FAILED",
        details: { issues: [{ path: "until", code: "OUT_OF_RANGE" }] },
      });
    }
  });

  it("refuses an outage that ends before it begins", async () => {
    const outage = { from: "2026-12-01T02:00:00Z", until: "2026-12-01T01:00:00Z" };
    await expect(ask("schedules.simulate", { trigger: { kind: "manual" }, outage })).rejects.toThrow(
      /outage/,
    );
  });
});
