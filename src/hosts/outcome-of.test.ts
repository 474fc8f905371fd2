// What code returned or threw, as the outcome of an attempt.

import { describe, expect, it } from "vitest";
import { NonRetryableError, RetryAfterError, RotaError } from "../domain/errors.ts";
import { failureResult, snooze, successResult, suspend } from "../domain/outcome.ts";
import { outcomeOfThrown, outcomeOfValue } from "./outcome-of.ts";

const mebibyte = 1_048_576;
const idle = new AbortController().signal;

function aborted(reason: unknown): AbortSignal {
  return AbortSignal.abort(reason);
}

describe("what code returned", () => {
  it("S2.5 takes plain data as the data of a success", () => {
    expect(outcomeOfValue({ rows: 3 }, mebibyte)).toEqual({ kind: "completed", data: { rows: 3 } });
    expect(outcomeOfValue(undefined, mebibyte)).toEqual({ kind: "completed", data: null });
  });

  it("S2.9 takes message, data and metadata of successResult", () => {
    const returned = successResult("sent", { to: "a" }, { pages: 2 });
    expect(outcomeOfValue(returned, mebibyte)).toEqual({
      kind: "completed",
      data: { to: "a" },
      message: "sent",
      metadata: { pages: 2 },
    });
  });

  it("S2.10 takes message and error of failureResult", () => {
    const returned = failureResult("no credit", { code: "NO_CREDIT", retryable: false });
    expect(outcomeOfValue(returned, mebibyte)).toEqual({
      kind: "failed",
      message: "no credit",
      error: { code: "NO_CREDIT", message: "no credit", retryable: false },
      metadata: {},
    });
  });

  it("takes an object that only looks like a result as data", () => {
    const lookalike = { success: false, error: "InvalidParameters" };
    expect(outcomeOfValue(lookalike, mebibyte)).toEqual({ kind: "completed", data: lookalike });
  });

  it("SEM 8 takes snooze and suspend as what they say", () => {
    expect(outcomeOfValue(snooze(1500.2, "busy"), mebibyte)).toEqual({
      kind: "snoozed",
      forMs: 1501,
      reason: "busy",
    });
    expect(outcomeOfValue(suspend({ signal: "paid", state: { page: 2 } }), mebibyte)).toEqual({
      kind: "suspended",
      signal: "paid",
      state: { page: 2 },
    });
    expect(outcomeOfValue(snooze(Number.NaN), mebibyte)).toMatchObject({ kind: "failed" });
  });

  it("fails a result without a JSON form, and one that is too large, for good", () => {
    expect(outcomeOfValue({ n: 1n }, mebibyte)).toMatchObject({
      kind: "failed",
      error: { code: "RESULT_NOT_SERIALIZABLE", retryable: false },
    });
    expect(outcomeOfValue(successResult("big", "x".repeat(100)), 100)).toMatchObject({
      kind: "failed",
      error: { code: "RESULT_TOO_LARGE", retryable: false },
    });
  });
});

describe("what code threw", () => {
  it("S2.30 makes a failure of an exception, with message, code and stack", () => {
    const outcome = outcomeOfThrown(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }), idle);
    expect(outcome).toMatchObject({
      kind: "failed",
      error: {
        code: "ENOTFOUND",
        message: "no such host",
        retryable: true,
        stack: expect.stringContaining("outcome-of.test") as unknown,
      },
    });
  });

  it.each([
    ["a text", "plain words", "plain words"],
    ["a number", 42, "a value that is no error was thrown: 42"],
    ["undefined", undefined, "a value that is no error was thrown: undefined"],
    ["null", null, "a value that is no error was thrown: null"],
    ["an object", { why: "so" }, 'a value that is no error was thrown: {"why":"so"}'],
    ["an object with a message", { message: "from elsewhere" }, "from elsewhere"],
    ["a symbol", Symbol("s"), "a value that is no error was thrown: Symbol(s)"],
    [
      "a cycle",
      (() => {
        const c: Record<string, unknown> = {};
        c["c"] = c;
        return c;
      })(),
      "a value that is no error was thrown: an object",
    ],
    [
      "a proxy that throws at every touch",
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("x");
          },
          has: () => {
            throw new Error("x");
          },
          getPrototypeOf: () => {
            throw new Error("x");
          },
        },
      ),
      "a value that is no error was thrown: an object",
    ],
  ])("S2.30 makes a failure of %s that is thrown", (_what, thrown, message) => {
    expect(outcomeOfThrown(thrown, idle)).toMatchObject({
      kind: "failed",
      error: { code: "EXECUTION_FAILED", message },
    });
  });

  it("S1.89 ends at once on NonRetryableError, also on one of another copy of this library", () => {
    const expected = { kind: "failed", error: { code: "NON_RETRYABLE", message: "gone", retryable: false } };
    expect(outcomeOfThrown(new NonRetryableError("gone"), idle)).toMatchObject(expected);
    expect(
      outcomeOfThrown(Object.assign(new Error("gone"), { name: "NonRetryableError" }), idle),
    ).toMatchObject(expected);
  });

  it("keeps the delay of RetryAfterError, unless it is none", () => {
    expect(outcomeOfThrown(new RetryAfterError("later", 90_000), idle)).toMatchObject({
      retryAfterMs: 90_000,
    });
    expect(outcomeOfThrown(new RetryAfterError("later", -1), idle)).not.toHaveProperty("retryAfterMs");
    expect(outcomeOfThrown(new RetryAfterError("later", Infinity), idle)).not.toHaveProperty("retryAfterMs");
  });

  it("keeps code, details and retryability of Rota's own errors", () => {
    const error = new RotaError("ADDRESS_REFUSED", "not there", { details: { host: "h" } });
    expect(outcomeOfThrown(error, idle)).toMatchObject({
      error: { code: "ADDRESS_REFUSED", retryable: false, details: { host: "h" } },
    });
  });

  it("tells the causes, and what an AggregateError gathered", () => {
    const caused = outcomeOfThrown(new Error("outer", { cause: new Error("inner reason") }), idle);
    expect(caused).toMatchObject({
      error: { stack: expect.stringContaining("caused by: Error: inner reason") as unknown },
    });
    const gathered = outcomeOfThrown(new AggregateError([new Error("one"), "two"], "both failed"), idle);
    expect(gathered).toMatchObject({ error: { details: { errors: ["one", "two"] } } });
  });

  it("bounds stack and message to 8 KiB, at whole characters", () => {
    const error = new Error("漢".repeat(100_000));
    const outcome = outcomeOfThrown(error, idle);
    expect(outcome.kind === "failed" && Buffer.byteLength(outcome.error.message)).toBeLessThanOrEqual(8192);
    expect(outcome.kind === "failed" && Buffer.byteLength(outcome.error.stack ?? "")).toBeLessThanOrEqual(
      8192,
    );
    expect(outcome).toMatchObject({
      error: { message: expect.stringMatching(/^漢+ … \(cut\)$/u) as unknown },
    });
  });
});

describe("code that was told to stop", () => {
  it("S1.83 has timed out when the signal said so, whatever it throws", () => {
    const signal = aborted(new RotaError("TIMEOUT", "took too long"));
    expect(outcomeOfThrown(new DOMException("stopped", "AbortError"), signal)).toEqual({
      kind: "timed-out",
      error: { code: "TIMEOUT", message: "took too long", retryable: true },
    });
  });

  it("SEM 9 was aborted when it was cancelled, and interrupted when the worker stops", () => {
    expect(outcomeOfThrown(new Error("x"), aborted(new RotaError("CANCELLED", "asked to")))).toEqual({
      kind: "aborted",
    });
    const shutdown = new RotaError("CANCELLED", "stopping", { details: { cause: "shutdown" } });
    expect(outcomeOfThrown(new Error("x"), aborted(shutdown))).toEqual({
      kind: "interrupted",
      reason: "shutdown",
    });
  });

  it("fails all the same when it says itself that a repeat is useless", () => {
    const outcome = outcomeOfThrown(
      new NonRetryableError("bad input"),
      aborted(new RotaError("CANCELLED", "asked to")),
    );
    expect(outcome).toMatchObject({ kind: "failed", error: { code: "NON_RETRYABLE" } });
  });

  it("has failed, not been aborted, when the AbortError is of its own making", () => {
    const outcome = outcomeOfThrown(new DOMException("my own limit", "AbortError"), idle);
    expect(outcome).toMatchObject({
      kind: "failed",
      error: { code: "EXECUTION_FAILED", message: "my own limit" },
    });
  });
});
