// The public entry `rota/client`: the typed HTTP client.

export { createClient, type CallOptions, type Client, type ClientOptions } from "./client.ts";
export {
  anyOf,
  filterOf,
  noneOf,
  type FilterDuration,
  type FilterFields,
  type FilterTime,
  type Filtered,
  type Range,
} from "../contract/filter-text.ts";
export type { InputOf, OutputOf } from "../contract/catalogue.ts";
export { isRotaError } from "../contract/problem-details.ts";
export type { OperationName } from "../contract/routes.ts";
