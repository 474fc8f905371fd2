// Where the worker learns what a secret is.

/** The text of a secret, or undefined when there is none of that name. It is asked for each run that refers to it. */
export type SecretProvider = (name: string) => string | undefined | Promise<string | undefined>;
