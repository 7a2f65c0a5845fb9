/**
 * Each item through `map`, one at a time and in order. Not a generator: `return()` must reach the
 * source at once, also while the source waits. When `map` throws, the source is let go.
 */
export const mapped = <From, To>(
  source: AsyncIterable<From>,
  map: (item: From) => Promise<To>,
): AsyncIterable<To> => ({
  [Symbol.asyncIterator]: () => {
    const iterator = source[Symbol.asyncIterator]();
    const end = async (): Promise<IteratorResult<To, undefined>> => {
      await iterator.return?.();
      return { done: true, value: undefined };
    };
    const next = async (): Promise<IteratorResult<To, undefined>> => {
      const result = await iterator.next();
      if (result.done) return { done: true, value: undefined };
      try {
        return { done: false, value: await map(result.value) };
      } catch (error) {
        await end();
        throw error;
      }
    };
    return { next, return: end };
  },
});
