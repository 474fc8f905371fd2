// The command line without a server: it opens the database itself, for one command.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Target, Workplace } from "./cli-process.ts";

describe("without a server", () => {
  it("SEM 34 makes, shows, changes and deletes tasks in the file itself", async () => {
    await using place = new Workplace();
    const made = await place.json(
      "tasks",
      "create",
      "report",
      "--type",
      "http",
      "--params",
      '{"url":"http://127.0.0.1/"}',
      "--cron",
      "0 9 * * 1-5",
      "--timezone",
      "Asia/Shanghai",
    );
    const id = String(made["id"]);
    expect(made).toMatchObject({
      name: "report",
      status: "active",
      trigger: { kind: "cron", timezone: "Asia/Shanghai" },
    });
    expect(existsSync(join(place.folder, "rota.db"))).toBe(true);

    expect(await place.json("tasks", "pause", id, "--reason", "holiday")).toMatchObject({ status: "paused" });
    expect(await place.json("explain", id)).toMatchObject({ causes: [{ code: "TASK_PAUSED" }] });
    expect(await place.json("tasks", "resume", id)).toMatchObject({ status: "active" });
    const upcoming = await place.json("tasks", "upcoming", id, "--limit", "2");
    expect(upcoming["items"]).toHaveLength(2);
    expect((await place.rota("tasks", "delete", id)).out).toBe("done\n");
    expect((await place.rota("tasks", "get", id)).code).toBe(3);
  });

  it("executes nothing until a server starts, which then finds what was asked", async () => {
    await using place = new Workplace();
    await using target = await Target.start();
    const params = JSON.stringify({ url: target.url("held") });
    const task = await place.json("tasks", "create", "ping", "--type", "http", "--params", params);
    const run = await place.json("tasks", "trigger", String(task["id"]));
    expect(run["status"]).toBe("pending");
    await place.serve();
    (await target.request()).answer();
  });

  it("leaves no file behind when it only looks", async () => {
    await using place = new Workplace();
    expect((await place.rota("tasks", "list")).out).toBe("none\n");
    const preview = await place.rota(
      "preview",
      "--daily",
      "08:00",
      "--timezone",
      "Asia/Shanghai",
      "--count",
      "3",
    );
    expect(preview.code).toBe(0);
    expect(preview.out.match(/\d{4}-\d\d-\d\d 08:00:00\+08:00/g)).toHaveLength(3);
    expect(existsSync(join(place.folder, "rota.db"))).toBe(false);
  });

  it("lets commands started side by side take turns", async () => {
    await using place = new Workplace();
    const create = (name: string) =>
      place.json("tasks", "create", name, "--type", "http", "--params", '{"url":"http://127.0.0.1/"}');
    const made = await Promise.all(["a", "b", "c"].map(create));
    expect(new Set(made.map(({ id }) => id)).size).toBe(3);
    expect((await place.json("tasks", "list"))["items"]).toHaveLength(3);
  });

  it("has no way to a database in memory", async () => {
    await using place = new Workplace();
    const { code, err } = await place.rota("tasks", "list", "--database", "memory:");
    expect(code).toBe(2);
    expect(err).toContain("give --server");
  });
});
