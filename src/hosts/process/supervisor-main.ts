// Entry of the supervisor process: file descriptor 3 is its link to the worker.

import { randomBytes } from "node:crypto";
import { Socket } from "node:net";
import { Supervisor } from "./supervisor.ts";

// A service manager may signal all processes of a service at once; when the children end is the worker's to say.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

new Supervisor({
  link: new Socket({ fd: 3, readable: true, writable: true }),
  token: randomBytes(12).toString("hex"),
  ended: () => process.exit(0),
}).serve();
