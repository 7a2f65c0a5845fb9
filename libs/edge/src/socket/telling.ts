import { createSourceEventStream } from 'graphql';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { edgeError } from '../graphql/errors.js';
import type { SharedExecution } from '../graphql/shared-execution.js';

/** Whom a subscription tells. */
export type Reader = {
  /** Whoever is in the same group is told the same, in the same words. */
  readonly group: string;
  /** What the group's answers are executed with. */
  readonly contextOfGroup: object;
  /** How each of its messages begins. */
  readonly begin: string;
  /** Sends a message that was written out for the whole group; resolves when it has left. */
  readonly send: (message: Buffer) => Promise<void>;
};

/**
 * Subscribes, and tells each change from its source to one reader: what was executed and written out
 * for their group goes out as it is. Only what holds errors comes out of the iterator, to be told in
 * the reader's own words. The next change is asked for when the one before has left.
 */
export const tellChanges = async (
  args: ExecutionArgs,
  reader: Reader,
  shared: SharedExecution,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> => {
  const source = await sourceOf(args);
  if (!(Symbol.asyncIterator in source)) return source;
  const groupArgs = { ...args, contextValue: reader.contextOfGroup };
  return new Telling(source[Symbol.asyncIterator](), groupArgs, reader, shared);
};

/** graphql-js falls over a subscription of nothing, as when its only field is skipped. */
const sourceOf = async (args: ExecutionArgs): ReturnType<typeof createSourceEventStream> => {
  try {
    return await createSourceEventStream(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = 'This subscription asks for nothing: its field is skipped.';
    return { errors: [edgeError('BAD_USER_INPUT', message, { field: 'query' })] };
  }
};

class Telling implements AsyncIterableIterator<ExecutionResult> {
  private isOver = false;

  constructor(
    private readonly changes: AsyncIterator<unknown>,
    private readonly args: ExecutionArgs,
    private readonly reader: Reader,
    private readonly shared: SharedExecution,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    try {
      return await this.tell();
    } catch (error) {
      // Whoever reads an iterator that fails does not end it: a reader who is gone would stay for ever.
      await this.return();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    this.isOver = true;
    await this.changes.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult>> {
    await this.return();
    throw error;
  }

  private async tell(): Promise<IteratorResult<ExecutionResult>> {
    for (;;) {
      const next = await this.changes.next();
      if (next.done === true || this.isOver) return { done: true, value: undefined };
      const telling = this.toldOf(next.value);
      const told = telling instanceof Promise ? await telling : telling;
      if (this.isOver) return { done: true, value: undefined };
      const message = told.message(this.reader.begin);
      if (message === null) return { done: false, value: told.result };
      await this.reader.send(message);
    }
  }

  private toldOf(change: unknown) {
    const { args, reader } = this;
    // A change that is no object is nobody's but this reader's.
    const shareable = typeof change === 'object' && change !== null ? change : { change };
    return this.shared.of(shareable, args, reader.group);
  }
}
