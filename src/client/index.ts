// The public entry `rota/client`: the typed HTTP client.

export { createClient, type CallOptions, type Client, type ClientOptions } from "./client.ts";
export type { InputOf, OutputOf } from "../contract/catalogue.ts";
export { isRotaError } from "../contract/problem-details.ts";
export type { OperationName } from "../contract/routes.ts";
