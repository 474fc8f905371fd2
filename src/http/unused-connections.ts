// Connections on which nothing was asked yet, such as browsers open ahead: Node takes them for busy ones, and a server
// that closes would wait for them until they time out.

import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Keeps watch from now on; what it returns ends them all, and those that still come. */
export function closerOfUnused(server: Server): () => void {
  const unused = new Set<Socket>();
  let isClosing = false;
  server.on("connection", (socket) => {
    if (isClosing) {
      socket.destroy();
      return;
    }
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", ({ socket }) => unused.delete(socket));
  return () => {
    isClosing = true;
    for (const socket of unused) socket.destroy();
  };
}
