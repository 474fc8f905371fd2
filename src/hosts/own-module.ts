// Where the entry modules of threads and processes lie: sources run as TypeScript, the published package as JavaScript.

/** The module `name` beside the one that asks, in the form in which that one runs. */
export function besideModule(name: string, askerUrl: string): URL {
  return new URL(`./${name}${askerUrl.endsWith(".ts") ? ".ts" : ".js"}`, askerUrl);
}
