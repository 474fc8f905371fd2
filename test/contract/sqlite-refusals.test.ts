// What a SQLite ledger refuses to open or to write, and that refusing changes nothing.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Database } from "../../src/ledgers/sqlite/database.ts";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";
import { SqliteLedger } from "../../src/ledgers/sqlite/ledger.ts";
import { hostOn } from "../../src/ledgers/sqlite/main-host.ts";
import { Scene } from "../../src/testing/ledger-contract/scene.ts";

const nowMs = Date.UTC(2026, 2, 2);
const openOnce = fileURLToPath(new URL("./open-once.ts", import.meta.url));
let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rota-refusals-"));
  file = join(folder, "rota.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (host: "main" | "thread" = "main", path = file): Promise<SqliteLedger> =>
  openSqliteLedger({ database: `sqlite:${path}`, host, nowMs, url: "http://127.0.0.1:8000" });

/** Leaves a closed ledger with `count` waiting runs. */
async function written(count = 200): Promise<void> {
  const ledger = await open();
  const scene = new Scene(ledger);
  await scene.runs(await scene.task(), count);
  await ledger.close();
}

const edit = (sql: string) => {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
};

describe("opening refuses", () => {
  it("S0.25 C33 SEM 34 a second owner, with the first one's pid and url", async () => {
    const first = await open();
    for (const host of ["main", "thread"] as const) {
      await expect(open(host)).rejects.toMatchObject({
        code: "LEDGER_LOCKED",
        details: { pid: process.pid, url: "http://127.0.0.1:8000" },
      });
    }
    await first.setUrl("http://127.0.0.1:9000");
    await expect(open()).rejects.toMatchObject({
      code: "LEDGER_LOCKED",
      details: { url: "http://127.0.0.1:9000" },
    });
    await first.close();
    const second = await open("thread");
    await second.close();
    expect(["", "-wal", "-shm", ".lock"].map((suffix) => existsSync(`${file}${suffix}`))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("a schema of a newer release, naming both", async () => {
    await written();
    edit("insert into schema_migrations values (99, 'from_the_future', 'x', 99, 0)");
    await expect(open()).rejects.toMatchObject({
      code: "LEDGER_TOO_NEW",
      details: { schemaVersion: 99, compatibleFrom: 99 },
    });
  });

  it("and leaves what it refuses as it was, the WAL of an unclean stop included", async () => {
    const database = Database.open({
      file,
      synchronous: "full",
      url: undefined,
      nowMs,
      idSeed: 1,
      ledgerId: "ledger_1",
    });
    database.connection.exec("insert into schema_migrations values (99, 'from_the_future', 'x', 99, 0)");
    const copy = join(folder, "copy.db");
    for (const suffix of ["", "-wal"]) copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
    database.close();
    const wal = readFileSync(`${copy}-wal`);
    for (let n = 0; n < 2; n++)
      await expect(open("main", copy)).rejects.toMatchObject({ code: "LEDGER_TOO_NEW" });
    expect(readFileSync(`${copy}-wal`).equals(wal)).toBe(true);
  });

  it("SEM 33: no newer schema that still lets this release in", async () => {
    await written();
    edit("insert into schema_migrations values (99, 'adds_a_column', 'x', 1, 0)");
    const ledger = await open();
    expect((await ledger.runs.counts()).byStatus.pending).toBe(200);
    await ledger.close();
  });

  it("a schema step that is not the one of this release", async () => {
    await written();
    edit("update schema_migrations set checksum = 'other' where version = 1");
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
  });

  it("flipped bytes", async () => {
    await written(2000);
    const bytes = readFileSync(file);
    for (let at = 8192; at < bytes.length; at += 4096) bytes.fill(0xff, at, at + 64);
    writeFileSync(file, bytes);
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
    expect(readFileSync(file).equals(bytes), "the file is left as it is").toBe(true);
  });

  it("a zeroed header", async () => {
    await written();
    const bytes = readFileSync(file);
    bytes.fill(0, 0, 100);
    writeFileSync(file, bytes);
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
  });

  it("a truncated file", async () => {
    await written(2000);
    truncateSync(file, Math.floor(statSync(file).size / 2));
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
  });

  it("a file that is no database, and a database that is no ledger", async () => {
    writeFileSync(file, "hello ".repeat(100));
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
    rmSync(file);
    edit("create table songs (title)");
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
  });

  it("a copy made while in use without its WAL, saying what to do", async () => {
    const ledger = await open();
    const scene = new Scene(ledger);
    await scene.runs(await scene.task(), 10);
    const copy = join(folder, "copy.db");
    copyFileSync(file, copy);
    await expect(open("main", copy)).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
    await expect(open("main", copy)).rejects.toThrow("-wal");
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    const whole = await open("main", copy);
    expect((await whole.runs.counts()).byStatus.pending).toBe(10);
    await whole.close();
    await ledger.close();
  });

  it("nothing after a clean close, a backup or a copy of a closed file", async () => {
    await written(10);
    const copy = join(folder, "copy.db");
    const backup = join(folder, "backup.db");
    copyFileSync(file, copy);
    const ledger = await open("thread");
    await ledger.maintenance.backup(backup);
    await ledger.close();
    for (const path of [file, copy, backup]) {
      const opened = await open("main", path);
      expect((await opened.runs.counts()).byStatus.pending).toBe(10);
      expect(await opened.maintenance.check()).toEqual([]);
      await opened.close();
    }
  });

  it("a place where no database can be, saying which and what to do, and leaves nothing there", async () => {
    writeFileSync(file, "");
    const places = [
      [join(folder, "missing", "rota.db"), `the folder ${join(folder, "missing")} does not exist; create it`],
      [folder, `${folder} is a folder; name a file in it`],
      [join(file, "rota.db"), `${file} is a file, not a folder`],
    ] as const;
    for (const [place, message] of places) {
      for (const host of ["main", "thread"] as const) {
        const refused = open(host, place);
        await expect(refused).rejects.toMatchObject({
          code: "LEDGER_INACCESSIBLE",
          details: { file: place },
        });
        await expect(refused).rejects.toThrow(message);
      }
    }
    expect(readdirSync(folder)).toEqual(["rota.db"]);
    expect(existsSync(`${folder}-lock`)).toBe(false);
  });

  it("a folder and a file in which this user may not write", () => {
    chmodSync(folder, 0o555);
    expect(openedByAnother(folder)).toMatchObject({
      code: "LEDGER_INACCESSIBLE",
      message: expect.stringContaining(`may not write in the folder ${folder}`) as string,
    });
    writeFileSync(file, "", { mode: 0o444 });
    chmodSync(folder, 0o777);
    expect(openedByAnother(folder)).toMatchObject({
      code: "LEDGER_INACCESSIBLE",
      message: expect.stringContaining(`may not read and write ${file}`) as string,
    });
    expect(readdirSync(folder)).toEqual(["rota.db"]);
  });

  it("to start on a full disk, naming the file, and starts when there is room", async () => {
    // Whatever is written to this device is refused as by a full disk.
    symlinkSync("/dev/full", `${file}.lock`);
    const refused = open();
    await expect(refused).rejects.toMatchObject({ code: "LEDGER_FULL", details: { file }, retryable: true });
    await expect(refused).rejects.toThrow(`the disk that holds ${file} is full; free space`);
    unlinkSync(`${file}.lock`);
    await (await open()).close();
  });

  it("a name that is no database", async () => {
    await expect(openSqliteLedger({ database: "postgres://x", nowMs })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });
});

/** What a process of a user without rights meets who opens the database of a folder. */
function openedByAnother(where: string): unknown {
  const isRoot = process.getuid?.() === 0;
  const { stdout, stderr } = spawnSync(process.execPath, [openOnce, join(where, "rota.db")], {
    encoding: "utf8",
    ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
  });
  return stdout === "" ? stderr : (JSON.parse(stdout) as unknown);
}

describe("writing refuses", () => {
  it("what does not fit on a full disk, changes nothing by it, and goes on when there is room", async () => {
    const ledger = await open();
    const scene = new Scene(ledger);
    const task = await scene.task();
    await scene.runs(task, 10);
    const { bytes } = await ledger.maintenance.info();
    await ledger.close();
    // SQLite keeps this bound with the connection, so it is set on the one that writes.
    const database = Database.open({
      file,
      synchronous: "full",
      url: undefined,
      nowMs,
      idSeed: 1,
      ledgerId: "ledger_1",
    });
    const full = new SqliteLedger({
      host: hostOn(database),
      endOfTurn: (act) => process.nextTick(act),
      mostWaiting: 1000,
    });
    const { connection } = database;
    connection.exec(`pragma max_page_count = ${bytes / 4096}`);
    const params = JSON.stringify("x".repeat(100_000));
    const results = await Promise.allSettled([
      full.runs.add([scene.newRun(task, { params })], nowMs),
      full.runs.counts(),
      full.runs.add([scene.newRun(task, { params })], nowMs),
    ]);
    expect(
      results.map((result) =>
        result.status === "rejected" ? (result.reason as { code: string }).code : "ok",
      ),
    ).toEqual(["LEDGER_FULL", "ok", "LEDGER_FULL"]);
    expect((await full.runs.counts()).byStatus.pending).toBe(10);
    expect(await full.maintenance.check()).toEqual([]);
    connection.exec("pragma max_page_count = 4294967294");
    expect(await full.runs.add([scene.newRun(task, { params })], nowMs)).toMatchObject([{ ok: true }]);
    await full.close();
  });

  it("more than may wait, as OVERLOADED, and takes the rest", async () => {
    const ledger = await openSqliteLedger({ database: "memory:", nowMs, mostWaiting: 100 });
    const scene = new Scene(ledger);
    const task = await scene.task();
    const results = await Promise.allSettled(Array.from({ length: 150 }, () => scene.run(task)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
    expect(results.at(-1)).toMatchObject({
      status: "rejected",
      reason: { code: "OVERLOADED", retryable: true },
    });
    expect(await scene.run(task)).toBeGreaterThan(0);
    await ledger.close();
  });
});
