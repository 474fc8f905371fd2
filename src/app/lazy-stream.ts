// A stream that is opened when somebody begins to walk it.

/** Each `for await` over it opens a stream of its own; leaving the loop ends that one. */
export function lazyStream(open: () => Promise<unknown>): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]: () => {
      let stream: Promise<AsyncIterator<unknown>> | undefined;
      const opened = (): Promise<AsyncIterator<unknown>> =>
        (stream ??= open().then((iterable) => (iterable as AsyncIterable<unknown>)[Symbol.asyncIterator]())); // what a stream answers with
      return {
        next: async () => (await opened()).next(),
        return: async () => {
          await (await stream)?.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
