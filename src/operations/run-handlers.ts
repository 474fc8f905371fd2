// The handlers of the operations on runs.

import type { Handlers } from "./handlers.ts";
import { explanationView } from "./fleet-view.ts";
import { findRun, runKeyFor } from "./lookup.ts";
import { cursorOf, pageAnswer, pageRequest, whole } from "./page.ts";
import { present } from "./present.ts";
import { listRuns } from "./run-list.ts";
import { attemptView, eventView, logView, outputView, runView } from "./run-view.ts";
import { runPage } from "./task-handlers.ts";

export const runHandlers: Handlers<
  | "runs.list"
  | "runs.get"
  | "runs.cancel"
  | "runs.pause"
  | "runs.resume"
  | "runs.retry"
  | "runs.signal"
  | "runs.answer"
  | "runs.events"
  | "runs.logs"
  | "runs.output"
  | "runs.attempts"
  | "runs.children"
  | "runs.explain"
> = {
  "runs.list": (input, call) => listRuns(input, { name: "runs.list" }, call),
  "runs.get": async ({ id }, call) => runView(await findRun(id, call), call.services),
  "runs.cancel": async ({ id, reason, grace, force }, call) => {
    const options = present({ reason, graceMs: grace, force });
    const run = await call.services.engine.runs.cancel(
      await runKeyFor(id, call),
      options,
      call.principal.actor,
    );
    return runView(run, call.services);
  },
  "runs.pause": async ({ id, reason, resumeAt }, call) => {
    const options = present({ reason, resumeAtMs: resumeAt });
    const run = await call.services.engine.runs.pause(
      await runKeyFor(id, call),
      options,
      call.principal.actor,
    );
    return runView(run, call.services);
  },
  "runs.resume": async ({ id }, call) => {
    const run = await call.services.engine.runs.resume(await runKeyFor(id, call), call.principal.actor);
    return runView(run, call.services);
  },
  "runs.retry": async ({ id, revision }, call) => {
    const { engine, ledger } = call.services;
    const { runKey } = await engine.runs.retry(
      await runKeyFor(id, call),
      present({ revision }),
      call.principal.actor,
    );
    const run = (await ledger.runs.get(runKey)) ?? (await engine.runs.waitForEnd(runKey, 0));
    return runView(run, call.services);
  },
  "runs.signal": async ({ id, name, payload = null }, call) => {
    const answer = { signal: name, payload };
    const run = await call.services.engine.runs.answer(
      await runKeyFor(id, call),
      answer,
      call.principal.actor,
    );
    return runView(run, call.services);
  },
  "runs.answer": async ({ id, answer }, call) => {
    const run = await call.services.engine.runs.answer(
      await runKeyFor(id, call),
      { answer },
      call.principal.actor,
    );
    return runView(run, call.services);
  },
  "runs.events": async ({ id, ...page }, call) => {
    const { key } = await findRun(id, call);
    const { limit, after = 0 } = pageRequest(page);
    const rest = (await call.services.ledger.runs.history(key)).filter(({ seq }) => seq > after);
    const shown = rest.slice(0, limit);
    return {
      items: shown.map(eventView),
      nextCursor: rest.length > limit ? cursorOf(shown.at(-1)?.seq) : null,
    };
  },
  "runs.logs": async ({ id, ...page }, call) => {
    const { key } = await findRun(id, call);
    return pageAnswer(await call.services.ledger.runs.logs(key, pageRequest(page)), logView);
  },
  "runs.output": async ({ id, ...page }, call) => {
    const { key } = await findRun(id, call);
    return pageAnswer(await call.services.ledger.runs.output(key, pageRequest(page)), outputView);
  },
  "runs.attempts": async ({ id }, call) => {
    const { key } = await findRun(id, call);
    return whole((await call.services.ledger.runs.attempts(key)).map(attemptView));
  },
  "runs.children": async ({ id, ...page }, call) => {
    const { key } = await findRun(id, call);
    return runPage(await call.services.ledger.runs.list({ ...pageRequest(page), parentKey: key }), call);
  },
  "runs.explain": async ({ id }, call) => {
    const { key } = await findRun(id, call);
    return explanationView(await call.services.engine.explain.run(key));
  },
};
