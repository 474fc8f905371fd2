// A value that must not be shown: it prints as [secret] wherever it turns up.

const shown = "[secret]";

/** Holds a password or key; only {@link Secret.reveal} gives it away. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  /** What `console.log` and error messages of Node show. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return shown;
  }
}
