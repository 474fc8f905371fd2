// The operations on API keys and the audit.

import { z } from "zod";
import { operation } from "../operation.ts";
import { auditFilterFields, auditOut, keyOut, newKeyFields, newKeyOut } from "../schema/access.ts";
import { pageFields, pageOf } from "../schema/page.ts";
import { idSchema } from "../schema/scalars.ts";

const id = idSchema("key");
const forAdmins = "keys and what was done with them are for administrators";
const admin = {
  permission: "admin",
  mcp: { none: forAdmins },
  say: { none: forAdmins },
} as const;
const reading = { ...admin, effect: "reads", idempotent: true } as const;

export const accessOperations = {
  "keys.create": operation("keys.create", {
    ...admin,
    summary: { en: "Make an API key; it is shown once", zh: "创建 API 密钥（只显示一次）" },
    description:
      "Only a digest of it is kept, so it cannot be shown again, and an Idempotency-Key is not accepted. " +
      "A caller with scopes makes keys with scopes of its own only.",
    input: z.strictObject(newKeyFields),
    output: newKeyOut,
    effect: "changes",
    idempotent: false,
    undo: "keys.revoke",
    errors: [],
    cli: { noun: "keys", verb: "create", args: ["name"] },
  }),
  "keys.list": operation("keys.list", {
    ...reading,
    summary: { en: "List the API keys, newest first", zh: "列出 API 密钥（最新在前）" },
    input: z.strictObject(pageFields),
    output: pageOf(keyOut),
    errors: [],
    cli: {
      noun: "keys",
      verb: "list",
      columns: ["id", "name", "role", "userId", "status", "lastUsedAt", "expiresAt"],
    },
  }),
  "keys.get": operation("keys.get", {
    ...reading,
    summary: { en: "Show an API key, without its secret", zh: "查看 API 密钥（不含密文）" },
    input: z.strictObject({ id }),
    output: keyOut,
    errors: ["NOT_FOUND"],
    cli: { noun: "keys", verb: "get", args: ["id"] },
  }),
  "keys.revoke": operation("keys.revoke", {
    ...admin,
    summary: { en: "Revoke an API key for good", zh: "永久吊销 API 密钥" },
    description: "It lets nobody in from the next request on; sessions that were opened with it end too.",
    input: z.strictObject({ id }),
    output: keyOut,
    effect: "destroys",
    idempotent: true,
    errors: ["NOT_FOUND"],
    cli: { noun: "keys", verb: "revoke", args: ["id"] },
  }),
  "audit.list": operation("audit.list", {
    ...reading,
    summary: { en: "List who changed what, newest first", zh: "列出操作审计（最新在前）" },
    description:
      "One entry for each call of an operation that changes something, refused ones included; " +
      "no payloads and no secrets.",
    input: z.strictObject({ ...auditFilterFields, ...pageFields }),
    output: pageOf(auditOut),
    errors: [],
    cli: {
      noun: "audit",
      verb: "list",
      columns: ["at", "actor", "operation", "target", "outcome", "address"],
    },
  }),
};
