// Params of executors of which only the JSON Schema is known: checked where a task is saved, triggered and begun.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import type { Json } from "../../src/domain/json.ts";

const paramsSchema = {
  type: "object",
  properties: { to: { type: "string" }, copies: { type: "integer", minimum: 1 } },
  required: ["to"],
  additionalProperties: false,
} as const;

const mail = defineExecutor({ type: "mail", paramsSchema, run: (params: Json) => params });

async function setup() {
  const folder = await mkdtemp(join(tmpdir(), "rota-schema-"));
  return {
    database: `sqlite:${join(folder, "rota.db")}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const refusal = {
  code: "INVALID_PARAMETERS",
  details: { issues: [{ path: "params.copies", code: "OUT_OF_RANGE", message: "must be >= 1" }] },
};

describe("params that only a JSON Schema describes", () => {
  it("SEM 21 are refused when a task is created and when it is triggered, by their path", async () => {
    await using rota = await createRota({ database: "memory:", executors: [mail] });
    const wrong = { to: "ann", copies: 0 };
    await expect(rota.tasks.create({ name: "t", type: "mail", params: wrong })).rejects.toMatchObject(
      refusal,
    );
    const task = await rota.tasks.create({ name: "t", type: "mail", params: { to: "ann" } });
    await expect(rota.trigger(task, { params: wrong })).rejects.toMatchObject(refusal);
    expect(await (await rota.trigger(task)).result()).toEqual({ to: "ann" });
  });

  it("SEM 21 are checked by what a worker published, where its code is not loaded", async () => {
    await using scene = await setup();
    let id = "";
    {
      await using rota = await createRota({ database: scene.database, executors: [mail] });
      id = (await rota.tasks.create({ name: "t", type: "mail", params: { to: "ann" } })).id;
    }
    await using rota = await createRota({ database: scene.database, start: false });
    const wrong = { to: "ann", copies: 0 };
    await expect(rota.trigger(id, { params: wrong })).rejects.toMatchObject(refusal);
    await expect(rota.tasks.create({ name: "u", type: "mail", params: wrong })).rejects.toMatchObject(
      refusal,
    );
    expect((await rota.trigger(id)).status).toBe("pending");
  });

  it("of a task that no longer fit its executor are refused when it is triggered without any", async () => {
    await using scene = await setup();
    const note = (schema: object) => [
      defineExecutor({ type: "note", paramsSchema: { type: "object", ...schema }, run: () => null }),
    ];
    let id = "";
    {
      await using rota = await createRota({ database: scene.database, executors: note({}) });
      id = (await rota.tasks.create({ name: "t", type: "note", params: { text: 1 } })).id;
    }
    const stricter = note({ properties: { text: { type: "string" } } });
    await using rota = await createRota({ database: scene.database, executors: stricter });
    await expect(rota.trigger(id)).rejects.toMatchObject({
      code: "INVALID_PARAMETERS",
      message: "params.text: must be string",
    });
  });

  it("S2.28 an unknown type is refused alike when a task is created and when it is triggered", async () => {
    await using scene = await setup();
    let id = "";
    {
      // Not started: what it has is published nowhere.
      await using rota = await createRota({ database: scene.database, executors: [mail], start: false });
      id = (await rota.tasks.create({ name: "t", type: "mail", params: { to: "ann" } })).id;
    }
    await using rota = await createRota({ database: scene.database, start: false });
    const unknown = {
      code: "EXECUTOR_NOT_FOUND",
      message:
        "there is no executor of type mail: none is registered here, and no worker ever published one; known are http",
      details: { type: "mail", known: ["http"] },
    };
    await expect(rota.tasks.create({ name: "u", type: "mail" })).rejects.toMatchObject(unknown);
    await expect(rota.trigger(id)).rejects.toMatchObject(unknown);
    await expect(rota.trigger(id, { params: { to: "bob" } })).rejects.toMatchObject(unknown);
    await expect(rota.tasks.create({ name: "u", type: "htp" })).rejects.toThrow(/did you mean http\?$/u);
  });

  it("a paramsSchema that is no JSON Schema is refused before anything is opened", async () => {
    const broken = defineExecutor({ type: "broken", paramsSchema: { type: "strng" }, run: () => null });
    await expect(createRota({ database: "memory:", executors: [broken] })).rejects.toThrow(
      /^executors: the paramsSchema of broken is no JSON Schema of 2020-12: /u,
    );
  });
});
