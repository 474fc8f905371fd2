// The operations on the error inbox.

import { z } from "zod";
import { errorStatuses } from "../../domain/error-group.ts";
import { operation } from "../operation.ts";
import { errorGroupOut, retriedAllOut } from "../schema/error-group.ts";
import { pageFields, pageOf } from "../schema/page.ts";
import { oneOrMore, typeSchema, userIdSchema } from "../schema/scalars.ts";

const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{16}$/, "expected a fingerprint: 16 hexadecimal digits")
  .describe("Fingerprint of a group of failures");
const columns = ["fingerprint", "type", "code", "message", "count", "waiting", "lastSeen"];
const changing = {
  output: errorGroupOut,
  permission: "operator",
  effect: "changes",
  idempotent: true,
  errors: ["NOT_FOUND"],
  mcp: { none: "what is mended is for people to say" },
  say: { none: "failures are sorted where they are seen" },
} as const;

export const errorOperations = {
  "errors.list": operation("errors.list", {
    summary: { en: "List failures that are alike, newest first", zh: "列出同类失败（最新在前）" },
    description:
      "Groups of failed runs by type, code, message and place; open ones unless `status` says otherwise.",
    input: z.strictObject({
      userId: userIdSchema.optional(),
      status: oneOrMore(z.enum(errorStatuses)).optional(),
      type: oneOrMore(typeSchema).optional(),
      ...pageFields,
    }),
    output: pageOf(errorGroupOut),
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: [],
    mcp: { tool: "run_list" },
    say: { intent: "history" },
    cli: { noun: "errors", verb: "list", columns },
  }),
  "errors.get": operation("errors.get", {
    summary: { en: "Show a group of failures", zh: "查看一组同类失败" },
    input: z.strictObject({ fingerprint }),
    output: errorGroupOut,
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: ["NOT_FOUND"],
    mcp: { tool: "run_list" },
    say: { none: "failures are looked at, not heard" },
    cli: { noun: "errors", verb: "get", args: ["fingerprint"] },
  }),
  "errors.retry": operation("errors.retry", {
    summary: { en: "Run again all that failed alike", zh: "重新运行一组同类失败" },
    description:
      "Oldest first, those that nobody has retried; each is accepted or refused by itself. By the task as it is now, " +
      "with its params where the run had no own, unless `revision` is `pinned`.",
    input: z.strictObject({
      fingerprint,
      revision: z.enum(["pinned", "latest"]).describe("The definition to run by; default latest").optional(),
      limit: z.int().min(1).max(1000).default(1000).describe("Runs at most"),
    }),
    output: retriedAllOut,
    permission: "operator",
    effect: "changes",
    idempotent: false,
    undo: "runs.cancel",
    errors: ["NOT_FOUND", "LEDGER_FULL"],
    mcp: { none: "repeating many runs is for people to decide" },
    say: { none: "repeating many runs is decided where they are seen" },
    cli: { noun: "errors", verb: "retry", args: ["fingerprint"], columns: ["runIds", "refused", "more"] },
  }),
  "errors.resolve": operation("errors.resolve", {
    ...changing,
    summary: { en: "Say that a failure is mended", zh: "将一组失败标记为已解决" },
    description: "Its runs wait no more; the next such failure opens it again.",
    input: z.strictObject({ fingerprint }),
    undo: "errors.reopen",
    cli: { noun: "errors", verb: "resolve", args: ["fingerprint"] },
  }),
  "errors.mute": operation("errors.mute", {
    ...changing,
    summary: { en: "Hide a failure, further ones too", zh: "忽略一组失败（包括以后的）" },
    input: z.strictObject({ fingerprint }),
    undo: "errors.reopen",
    cli: { noun: "errors", verb: "mute", args: ["fingerprint"] },
  }),
  "errors.reopen": operation("errors.reopen", {
    ...changing,
    summary: { en: "Show a muted or resolved failure again", zh: "重新显示被忽略或已解决的失败" },
    input: z.strictObject({ fingerprint }),
    undo: "errors.mute",
    cli: { noun: "errors", verb: "reopen", args: ["fingerprint"] },
  }),
};
