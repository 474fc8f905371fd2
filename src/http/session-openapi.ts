// How sessions look in the OpenAPI document: they are ways to come in, and no operations of the catalogue.

import { roles } from "../domain/role.ts";
import { problemMediaType } from "../contract/problem-details.ts";

export const sessionWords = { en: "Coming in with a browser", zh: "会话：用浏览器登录" };

const problem = {
  description: "What went wrong",
  content: { [problemMediaType]: { schema: { $ref: "#/components/schemas/Problem" } } },
};
const failures = { 400: problem, 401: problem, 403: problem, 429: problem, 503: problem };

const caller = {
  type: "object",
  properties: {
    kind: { enum: ["local", "key"] },
    role: { enum: roles },
    actor: { type: "string" },
    userId: { type: "string" },
    keyId: { type: "string" },
    scopes: { type: "array", items: { type: "string" } },
  },
  required: ["kind", "role", "actor"],
};
const signedIn = {
  ...caller,
  properties: { ...caller.properties, expiresAt: { type: "string", format: "date-time" } },
};
const cookie = { "Set-Cookie": { description: "The session", schema: { type: "string" } } };

export const sessionOperations = {
  post: {
    operationId: "session.open",
    tags: ["session"],
    summary: "Sign in with an API key for the cookie of a browser",
    description:
      "HttpOnly and SameSite=Strict; requests by it that change something need their own Origin.\n\n用 API 密钥登录",
    security: [],
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: {
            type: "object",
            properties: { key: { type: "string" } },
            required: ["key"],
            additionalProperties: false,
          },
        },
      },
    },
    responses: {
      201: {
        description: "Signed in",
        headers: cookie,
        content: { "application/json": { schema: signedIn } },
      },
      ...failures,
    },
  },
  get: {
    operationId: "session.get",
    tags: ["session"],
    summary: "Say who calls",
    description: "当前身份",
    responses: {
      200: { description: "Who calls", content: { "application/json": { schema: caller } } },
      ...failures,
    },
  },
  delete: {
    operationId: "session.close",
    tags: ["session"],
    summary: "Sign out",
    description: "退出登录",
    security: [],
    responses: { 204: { description: "Signed out", headers: cookie }, ...failures },
  },
};
