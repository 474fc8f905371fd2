// Statuses and problem details.

import { describe, expect, it } from "vitest";
import { errorCatalogue, RotaError } from "../domain/errors.ts";
import { answerFor, statusOf } from "./problem.ts";

describe("an error code", () => {
  it("has a status, and no refusal of an input has one of the server's", () => {
    expect(Object.keys(statusOf).toSorted()).toEqual(Object.keys(errorCatalogue).toSorted());
    const serverSide = Object.entries(statusOf).filter(([, status]) => status >= 500);
    expect(serverSide.map(([code]) => code).toSorted()).toEqual([
      "CLOSED",
      "CONFIG_INVALID",
      "INTERNAL",
      "LEDGER_CORRUPT",
      "LEDGER_FULL",
      "LEDGER_INACCESSIBLE",
      "LEDGER_LOCKED",
      "LEDGER_TOO_NEW",
      "LEDGER_UNAVAILABLE",
      "NOT_STARTED",
      "OVERLOADED",
    ]);
  });
});

describe("an answer", () => {
  it("I9 says when to come back after an outage, and 507 for a full disk", () => {
    for (const code of ["LEDGER_UNAVAILABLE", "OVERLOADED", "CLOSED"] as const) {
      expect(answerFor(new RotaError(code, "away"), "/x")).toMatchObject({
        status: 503,
        headers: { "retry-after": "1" },
      });
    }
    expect(answerFor(new RotaError("LEDGER_FULL", "full"), "/x")).toMatchObject({ status: 507 });
  });

  it("C24 is 404 for what is unknown and 409 for an illegal transition", () => {
    expect(answerFor(new RotaError("NOT_FOUND", "task x not found"), "/x").status).toBe(404);
    expect(answerFor(new RotaError("ILLEGAL_TRANSITION", "the task is active"), "/x").status).toBe(409);
  });

  it("tells nothing of an error that is not ours", () => {
    const answer = answerFor(new Error("SELECT * FROM secrets at /home/me/app.ts"), "/x");
    expect(answer).toMatchObject({ status: 500, body: { code: "INTERNAL", instance: "/x" } });
    expect(JSON.stringify(answer)).not.toMatch(/secrets|home/);
  });

  it("shows a cause to nobody", () => {
    const answer = answerFor(
      new RotaError("LEDGER_UNAVAILABLE", "away", { cause: new Error("password=canary") }),
      "/x",
    );
    expect(JSON.stringify(answer)).not.toContain("canary");
  });
});
