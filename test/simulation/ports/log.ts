import { StoreUnavailable, type EventStore, type Subscribed } from '#event-store';
import type { Life } from '../machine/life.js';
import type { Machine } from '../machine/machine.js';

/** How often the log cannot be reached; half of the time it has done what it was asked for. */
export const seldomAway = 0.004;

/**
 * The log as one process reaches it: every call takes its turns, may find nobody there, and may be
 * the last thing that the process does, before it is written or after.
 */
export const logOf = (
  machine: Machine,
  life: Life,
  store: EventStore,
  awayProbability: number,
): EventStore => {
  const away = (): void => {
    if (machine.fails(awayProbability)) throw new StoreUnavailable('the log is away');
  };
  async function* reading<T>(what: string, read: () => AsyncIterable<T>): AsyncGenerator<T> {
    await life.read(what);
    away();
    const found: T[] = [];
    for await (const one of read()) found.push(one);
    // What was read may be old by the time it arrives.
    await life.read(`${what}: ${found.length}`);
    yield* found;
  }
  return {
    append: async (stream, expected, events) => {
      const what = `append ${stream} ${expected} ${events.map(({ type }) => type).join()}`;
      await life.effect(what);
      away();
      const appended = await store.append(stream, expected, events);
      await life.effect(`appended ${stream} ${appended.revision}`);
      away();
      return appended;
    },
    readStream: (stream, options) =>
      reading(`read ${stream} ${options.from ?? ''}`, () => store.readStream(stream, options)),
    readAll: (options) => reading('read all', () => store.readAll(options)),
    subscribe: (options) => {
      const own = new AbortController();
      const stop = (): void => own.abort();
      options.signal.addEventListener('abort', stop, { once: true });
      life.onEnd(stop);
      const inner = store.subscribe({ ...options, signal: own.signal })[Symbol.asyncIterator]();
      const next = async (): Promise<IteratorResult<Subscribed, undefined>> => {
        const told = await inner.next();
        // The dead wait for ever.
        if (life.isOver) return new Promise(() => undefined);
        if (told.done) return { done: true, value: undefined };
        const { value } = told;
        if (value.kind === 'caught-up') return { done: false, value };
        await life.read(`told ${value.event.position} ${value.event.type}`);
        away();
        return { done: false, value };
      };
      const end = async (): Promise<IteratorResult<Subscribed, undefined>> => {
        stop();
        await inner.return?.();
        return { done: true, value: undefined };
      };
      return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
    },
    head: async () => {
      await life.read('head');
      return store.head();
    },
    epoch: () => store.epoch(),
    getStreamMetadata: (stream) => store.getStreamMetadata(stream),
    setStreamMetadata: async (stream, metadata) => {
      await life.effect(`limit ${stream}`);
      return store.setStreamMetadata(stream, metadata);
    },
    deleteStream: (stream, deletion) => store.deleteStream(stream, deletion),
    close: async () => {},
  };
};
