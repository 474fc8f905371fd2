// One setup at a time in this folder: two terminals may run `npm start` and `npm test` at the same moment.
//
// The lock is a folder, since making one either succeeds or fails as a whole. Its holder touches it every two seconds;
// one whose processes are gone, or which was not touched for half a minute (a holder in another container), is taken over.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { say } from "./say.mjs";
import { cacheFolder } from "./root.mjs";

const lockFolder = join(cacheFolder, "setup.lock");
const takeoverFolder = join(cacheFolder, "setup.takeover");
const beatMs = 2_000;
const staleMs = 30_000;
/** Process ids are used again, after a restart of the machine at the latest: none is believed for longer than this. */
const forgottenMs = 600_000;
const pollMs = 200;

/** Runs `work` while no other setup of this folder runs. */
export async function withSetupLock(work) {
  mkdirSync(cacheFolder, { recursive: true });
  await acquire();
  const beat = setInterval(() => touch(lockFolder), beatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(lockFolder, { recursive: true, force: true });
  }
}

/** A program that works for the holder: should the holder be killed, the lock holds until that program has ended too. */
export function lockIsHeldBy(pid) {
  if (existsSync(lockFolder)) writeHolder([process.pid, pid]);
}

async function acquire() {
  let hasSaidSo = false;
  while (!makeFolder(lockFolder)) {
    const holder = readHolder();
    if (isStale(holder)) {
      takeOver();
    } else if (!hasSaidSo) {
      hasSaidSo = true;
      say(
        `another setup of this folder is running (process ${holder.pids?.[0] ?? "unknown"}); waiting for it …`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  writeHolder([process.pid]);
}

function writeHolder(pids) {
  writeFileSync(join(lockFolder, "holder.json"), JSON.stringify({ pids, host: hostname() }));
}

/** Removing a stale lock is itself done by one at a time, else the second would remove the first one's new lock. */
function takeOver() {
  if (!makeFolder(takeoverFolder)) {
    if (ageMs(takeoverFolder) > staleMs) rmSync(takeoverFolder, { recursive: true, force: true });
    return;
  }
  try {
    if (isStale(readHolder())) rmSync(lockFolder, { recursive: true, force: true });
  } finally {
    rmSync(takeoverFolder, { recursive: true, force: true });
  }
}

function isStale(holder) {
  const age = ageMs(lockFolder);
  if (age > forgottenMs) return true;
  // A lock without a holder has just been made, or its maker died within that instant.
  if (!holder.pids) return age > beatMs;
  return holder.host === hostname() ? !holder.pids.some(isAlive) : age > staleMs;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function readHolder() {
  try {
    return JSON.parse(readFileSync(join(lockFolder, "holder.json"), "utf8"));
  } catch {
    return {};
  }
}

function makeFolder(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** How long ago a folder was touched; 0 when it is gone, so that the caller simply tries again. */
function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Somebody cleaned the folder away; the work itself is not hurt by that.
  }
}
