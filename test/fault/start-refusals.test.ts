// What a server does with a file it must not use, and with a disk that is full: it says so, and harms nothing.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fieldOf, itemsOf, overHttp, Refused, text, type Call } from "./api.ts";
import { Arena } from "./arena.ts";
import { Child, type ChildOptions } from "./child.ts";
import type { TaskSpec } from "./deeds.ts";
import { finishAll, until } from "./load.ts";
import { say } from "./seed.ts";

const executors = fileURLToPath(new URL("programs/executors.ts", import.meta.url));

function flagsOf(database: string): readonly string[] {
  return ["--database", `sqlite:${database}`, "--executors", executors];
}

function optionsOf(arena: Arena): ChildOptions {
  return { env: { ROTA_FAULT_DEEDS: arena.deedsPath } };
}

/** Creates a task and a few runs over HTTP, as the effects ledger wants it. */
async function work(arena: Arena, call: Call, runs: number): Promise<string> {
  const spec: TaskSpec = { name: `task ${Date.now()}`, overlap: "allow", maxAttempts: 3 };
  arena.deeds.write({ e: "call", op: "create", at: Date.now(), spec });
  const task = text(
    await call("tasks.create", { name: spec.name, type: "work", trigger: { kind: "manual" } }),
    "id",
  );
  arena.deeds.write({ e: "ack", op: "create", at: Date.now(), task, name: spec.name });
  for (let i = 0; i < runs; i++) await trigger(arena, call, { id: task, params: { acts: ["ok"] } });
  return task;
}

async function trigger(
  arena: Arena,
  call: Call,
  input: { readonly id: string; readonly params: object },
): Promise<void> {
  const run = text(await call("tasks.trigger", input), "id");
  arena.deeds.write({ e: "ack", op: "trigger", at: Date.now(), task: input.id, run });
}

/** A database with something in it, left by a clean end or by a kill. */
async function leave(arena: Arena, end: "SIGTERM" | "SIGKILL"): Promise<void> {
  const { child, url } = await Child.serve(flagsOf(arena.database), optionsOf(arena));
  await using _ = child;
  const call = overHttp(url);
  await work(arena, call, 20);
  await finishAll(call);
  child.signal(end);
  await child.exited;
  arena.buried(child.pid);
}

/** Starts the server on the file, which must refuse with this code, say it, and leave the file as it is. */
async function expectRefusal(arena: Arena, code: string): Promise<string> {
  const before = readFileSync(arena.database);
  const hadWal = existsSync(`${arena.database}-wal`);
  await using child = Child.rota(["serve", "--port", "0", ...flagsOf(arena.database)], optionsOf(arena));
  const exit = await child.exited;
  expect(exit.err).toContain(code);
  expect(exit).toMatchObject({ signal: null, out: "" });
  expect(exit.code).toBeGreaterThan(0);
  expect(readFileSync(arena.database).equals(before), "the refused file was changed").toBe(true);
  expect(existsSync(`${arena.database}-wal`), "the WAL of the refused file is there as before").toBe(hadWal);
  return exit.err;
}

/** The file opens again, and everything acknowledged is there. */
async function expectWhole(arena: Arena): Promise<void> {
  const { child, url } = await Child.serve(flagsOf(arena.database), optionsOf(arena));
  await using _ = child;
  expect(await itemsOf(overHttp(url), "tasks.list", {})).toHaveLength(1);
  child.signal("SIGTERM");
  expect(await child.exited).toMatchObject({ code: 0 });
  arena.buried(child.pid);
  arena.demandNone(arena.judge());
}

const damages: readonly { readonly what: string; readonly damage: (file: string) => void }[] = [
  {
    what: "with a page overwritten",
    damage: (file) => {
      const bytes = readFileSync(file);
      bytes.fill(0xff, 2 * 4096, 4 * 4096);
      writeFileSync(file, bytes);
    },
  },
  {
    what: "without its header",
    damage: (file) => {
      const bytes = readFileSync(file);
      bytes.fill(0, 0, 100);
      writeFileSync(file, bytes);
    },
  },
  { what: "cut in half", damage: (file) => truncateSync(file, Math.floor(readFileSync(file).length / 2)) },
  {
    what: "that is something else",
    damage: (file) => writeFileSync(file, "these are my recipes\n".repeat(100)),
  },
  {
    what: "of another program",
    damage: (file) => {
      rmSync(file);
      const db = new DatabaseSync(file);
      db.exec("create table recipes (name text)");
      db.close();
    },
  },
];

describe("rota serve refuses", () => {
  it.each(damages)("a file $what, and changes nothing", async ({ damage }) => {
    using arena = new Arena();
    await leave(arena, "SIGTERM");
    damage(arena.database);
    await expectRefusal(arena, "LEDGER_CORRUPT");
  });

  it("a file that was in use and lost its WAL, and takes it again when the WAL is back", async () => {
    using arena = new Arena();
    await leave(arena, "SIGKILL");
    const [wal, kept] = [`${arena.database}-wal`, join(arena.folder, "kept-wal")];
    copyFileSync(wal, kept);
    rmSync(wal);
    const said = await expectRefusal(arena, "LEDGER_CORRUPT");
    expect(said).toContain("-wal");
    expect(existsSync(wal)).toBe(false);
    copyFileSync(kept, wal);
    rmSync(`${arena.database}-shm`, { force: true });
    await expectWhole(arena);
  });

  it.each(["SIGTERM", "SIGKILL"] as const)(
    "a newer schema, after %s, and opens when that is gone",
    async (end) => {
      using arena = new Arena();
      await leave(arena, end);
      const note = (sql: string): void => {
        const db = new DatabaseSync(arena.database);
        // A second connection keeps the WAL from being removed when the first one closes.
        const other = new DatabaseSync(arena.database);
        other.prepare("select 1 from meta").get();
        db.exec(sql);
        copyFileSync(arena.database, `${arena.database}.copy`);
        const hasWal = existsSync(`${arena.database}-wal`);
        if (hasWal) copyFileSync(`${arena.database}-wal`, `${arena.database}.copy-wal`);
        db.close();
        other.close();
        copyFileSync(`${arena.database}.copy`, arena.database);
        if (hasWal && end === "SIGKILL") copyFileSync(`${arena.database}.copy-wal`, `${arena.database}-wal`);
        rmSync(`${arena.database}.copy`);
        rmSync(`${arena.database}.copy-wal`, { force: true });
      };
      note(
        "pragma journal_mode = wal; insert into schema_migrations values (9999, 'from_the_future', '', 9999, 0); pragma wal_checkpoint(full)",
      );
      await expectRefusal(arena, "LEDGER_TOO_NEW");
      note("delete from schema_migrations where version = 9999; pragma wal_checkpoint(full)");
      await expectWhole(arena);
    },
  );

  it("a file that another process owns, and names its address; the owner goes on undisturbed", async () => {
    using arena = new Arena();
    const { child, url } = await Child.serve(flagsOf(arena.database), optionsOf(arena));
    await using _ = child;
    const call = overHttp(url);
    const task = await work(arena, call, 5);
    await using second = Child.rota(["serve", "--port", "0", ...flagsOf(arena.database)], optionsOf(arena));
    const { code, err } = await second.exited;
    expect(code).toBeGreaterThan(0);
    expect(err).toContain("LEDGER_LOCKED");
    expect(err).toContain(url);
    await trigger(arena, call, { id: task, params: { acts: ["ok"] } });
    await finishAll(call);
    await arena.kill(child);
    // The lock dies with its owner: no stale one keeps the next from starting.
    await expectWhole(arena);
  });
});

/** Runs Node on a file system of 5 MB of its own, of which a ballast takes 2 MB. */
const onSmallDisk = (mount: string): readonly [string, ...string[]] => [
  "unshare",
  "--map-root-user",
  "--mount",
  "sh",
  "-c",
  'mount -t tmpfs -o size=5m none "$0" && head -c 2000000 /dev/zero > "$0/ballast" && exec "$@"',
  mount,
];

describe("on a full disk", () => {
  it("rota serve answers 507, reads on, loses nothing, and goes on by itself when space is back", async () => {
    using arena = new Arena();
    const mount = join(arena.folder, "small");
    mkdirSync(mount);
    const database = join(mount, "rota.db");
    const { child, url } = await Child.serve(flagsOf(database), {
      ...optionsOf(arena),
      under: onSmallDisk(mount),
    });
    await using _ = child;
    const call = overHttp(url);
    const task = await work(arena, call, 5);
    const big = { id: task, params: { acts: ["ok"], filling: "x".repeat(200_000) } };
    let refusal: unknown;
    let accepted = 0;
    for (; refusal === undefined && accepted < 200; accepted++)
      await trigger(arena, call, big).catch((error: unknown) => (refusal = error));
    say(`the disk was full after ${accepted} runs of 200 kB: ${String(refusal)}`);
    expect(refusal).toBeInstanceOf(Refused);
    expect(refusal).toMatchObject({ code: "LEDGER_FULL", status: 507 });
    expect(fieldOf(await call("tasks.get", { id: task }), "id")).toBe(task);
    expect((await itemsOf(call, "tasks.list", {})).length).toBe(1);
    // The process has the small disk in a name space of its own, which /proc lets us into.
    const inside = `/proc/${child.pid}/root${mount}`;
    rmSync(join(inside, "ballast"));
    await until("the server takes runs again", () =>
      trigger(arena, call, { id: task, params: { acts: ["ok"] } }).then(
        () => undefined,
        (error: unknown) => String(error),
      ),
    );
    await finishAll(call);
    copyFileSync(join(inside, "rota.db"), arena.database);
    copyFileSync(join(inside, "rota.db-wal"), `${arena.database}-wal`);
    await child.killHard();
    arena.buried(child.pid);
    arena.demandNone(arena.judge());
  });
});
