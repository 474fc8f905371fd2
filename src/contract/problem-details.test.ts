// Errors over the wire and back.

import { describe, expect, it } from "vitest";
import { RotaError, validationFailed } from "../domain/errors.ts";
import { errorOfProblem, problemOf } from "./problem-details.ts";

describe("an error on the wire", () => {
  it("keeps code, message, details and whether it may be repeated", () => {
    const error = new RotaError("OVERLAP", "a run is live", { details: { runId: "run_1" }, retryable: true });
    const back = errorOfProblem(409, JSON.parse(JSON.stringify(problemOf(error, 409, "/api/v1/tasks"))));
    expect(back).toMatchObject({
      code: "OVERLAP",
      message: "a run is live",
      retryable: true,
      details: { runId: "run_1", status: 409 },
    });
  });

  it("names every issue", () => {
    const problem = problemOf(
      validationFailed([{ path: "name", code: "REQUIRED", message: "is missing" }]),
      400,
    );
    expect(problem).toMatchObject({
      type: "urn:rota:error:VALIDATION_FAILED",
      status: 400,
      detail: "name: is missing",
      details: { issues: [{ path: "name", code: "REQUIRED", message: "is missing" }] },
    });
  });

  it("is made of whatever else answers, too", () => {
    expect(errorOfProblem(502, "<html>")).toMatchObject({ code: "LEDGER_UNAVAILABLE", retryable: true });
    expect(errorOfProblem(418, { code: "TEAPOT" })).toMatchObject({
      code: "INTERNAL",
      details: { status: 418 },
    });
    expect(errorOfProblem(503, { code: "OVERLOADED" }, 2000)).toMatchObject({
      code: "OVERLOADED",
      details: { retryAfterMs: 2000 },
    });
  });
});
