// Entry of a process that performs runs: connects the guest's half to file descriptors 3 (out) and 4 (in).

import { Socket } from "node:net";
import type { ToGuest } from "../channel.ts";
import { GuestMain } from "../guest-main.ts";
import { hasChildren, LeftBehind } from "../left-behind.ts";
import { endOfRunMark } from "./end-of-run-mark.ts";
import { LineReader } from "./line-reader.ts";

const out = new Socket({ fd: 3, readable: false, writable: true });
const inward = new Socket({ fd: 4, readable: true, writable: false });

// Taken before user code is loaded, which may replace them.
const prints = [process.stdout, process.stderr].map((stream) => {
  stream.on("error", () => undefined);
  return stream.write.bind(stream);
});

const messages = new LineReader({
  maxBytes: Number.MAX_SAFE_INTEGER,
  take: (line) => guest.receive(JSON.parse(line) as ToGuest), // written by ProcessGuest
});
inward.on("data", (chunk: Buffer) => messages.push(chunk));
// The supervisor is gone, and with it whoever could be told anything.
for (const event of ["end", "close", "error"]) inward.on(event, () => process.exit(1));
out.on("error", () => process.exit(1));

const leftBehind = new LeftBehind();

const guest = new GuestMain({
  post: (message) => out.write(`${JSON.stringify(message)}\n`),
  beforeOutcome: (seq) => {
    for (const print of prints) print(`${endOfRunMark(seq)}\n`);
  },
  isClean: () => leftBehind.isClean() && !hasChildren(),
});

process.on("uncaughtException", (error) => {
  // Without a run at work nobody can be told: the process ends, and the next run gets another one.
  if (!guest.uncaught(error)) process.exit(1);
});
