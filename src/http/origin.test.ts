// Host and Origin: which requests are meant for this server (SEM 25).

import { describe, expect, it } from "vitest";
import { originCheck } from "./origin.ts";

const loopback = originCheck({ host: "127.0.0.1", port: 8000, allowedHosts: ["rota.internal"] });
const everywhere = originCheck({ host: "0.0.0.0", port: 8000, allowedHosts: ["rota.example.com"] });

describe("a request", () => {
  it.each([
    "127.0.0.1:8000",
    "localhost:8000",
    "LOCALHOST:8000",
    "[::1]:8000",
    "rota.internal",
    "rota.internal:9000",
  ])("to %s passes on loopback", (host) => {
    expect(() => loopback({ host })).not.toThrow();
  });

  it.each([
    "evil.example:8000",
    "127.0.0.1:8001",
    "localhost",
    "127.0.0.1.evil.example:8000",
    "",
    undefined,
    "169.254.169.254:8000",
  ])("to %s is refused on loopback: a name can be made to point here by anyone", (host) => {
    expect(() => loopback({ host })).toThrow(/host name/);
  });

  it("to any address, but to no unknown name, passes where the server listens everywhere", () => {
    expect(() => everywhere({ host: "10.1.2.3:8000" })).not.toThrow();
    expect(() => everywhere({ host: "rota.example.com" })).not.toThrow();
    expect(() => everywhere({ host: "evil.example:8000" })).toThrow(/host name/);
  });

  it("of a web page passes only from the server's own origin", () => {
    const host = "127.0.0.1:8000";
    expect(() => loopback({ host, origin: "http://127.0.0.1:8000" })).not.toThrow();
    for (const origin of [
      "http://evil.example",
      "null",
      "http://localhost:8000",
      "http://127.0.0.1:8000@evil.example",
      "file://",
    ]) {
      expect(() => loopback({ host, origin })).toThrow(/origins/);
    }
  });
});
