// Entry of a thread: connects the guest's half to the port of the thread.

import { parentPort } from "node:worker_threads";
import type { ToGuest } from "../channel.ts";
import { GuestMain } from "../guest-main.ts";
import { LeftBehind } from "../left-behind.ts";

const port = parentPort;
if (!port) throw new Error("this module is the entry of a thread");

port.on("message", (message: ToGuest) => guest.receive(message));

// Taken when the port is open, which counts as something at work.
const leftBehind = new LeftBehind();

const guest = new GuestMain({
  post: (message) => port.postMessage(message),
  beforeOutcome: () => undefined,
  isClean: () => leftBehind.isClean(),
});

process.on("uncaughtException", (error) => {
  // Without a run at work nobody can be told: the thread ends, and the next run gets another one.
  if (!guest.uncaught(error)) process.exit(1);
});
