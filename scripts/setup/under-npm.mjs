// Loaded before the program that `npm start` runs, to make up for what npm does to signals:
//
// - Ctrl-C reaches the program twice, once from the terminal and once passed on by npm; a second one means "end at once".
// - When npm is killed, its program lives on unseen, with its port and its database.

const echoMs = 300;
const pollMs = 500;
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/** @type {Map<string, number>} */
const lastSeenAt = new Map();
const emit = process.emit;

process.emit = function emitWithoutEcho(name, ...args) {
  if (!stopSignals.includes(name)) return emit.call(process, name, ...args);
  const now = performance.now();
  const isEcho = now - (lastSeenAt.get(name) ?? -Infinity) < echoMs;
  lastSeenAt.set(name, now);
  if (!isEcho) clearInterval(watch);
  return isEcho || emit.call(process, name, ...args);
};

const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  process.kill(process.pid, "SIGTERM");
}, pollMs);
watch.unref();
