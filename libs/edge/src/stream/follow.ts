import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
} from 'graphql';
import type { ExecutionArgs, ExecutionResult, FormattedExecutionResult } from 'graphql';
import { clearDeadline } from '../graphql/deadline.js';
import { maskErrors } from '../graphql/masked.js';
import type { Log } from '../http/log.js';
import { COMPLETE_EVENT, nextEvent } from './event-text.js';
import type { Writer } from './writer.js';

export type Telling = {
  readonly writer: Writer;
  readonly correlationId: string;
  readonly log: Log;
};

/**
 * Executes an operation and tells its results until it ends, or nobody listens any more. The next
 * result is asked for once the reader took the one before: nothing is queued.
 */
export const follow = async (args: ExecutionArgs, telling: Telling): Promise<void> => {
  try {
    const operation = getOperationAST(args.document, args.operationName)?.operation;
    if (operation === OperationTypeNode.SUBSCRIPTION) await subscribe(args, telling);
    else await answer(args, telling);
  } catch (error) {
    const cause = error instanceof Error ? error : new Error('no error was thrown');
    const located =
      error instanceof GraphQLError ? error : new GraphQLError('', { originalError: cause });
    refuse([located], telling);
  }
};

/** Tells why there is nothing to be told, and that is all. */
export const refuse = (errors: readonly GraphQLError[], telling: Telling): void =>
  telling.writer.end(nextEvent(shown({ errors }, telling), null) + COMPLETE_EVENT);

const answer = async (args: ExecutionArgs, telling: Telling): Promise<void> => {
  const result = await execute(args);
  if (typeof args.contextValue === 'object' && args.contextValue !== null)
    clearDeadline(args.contextValue);
  telling.writer.end(nextEvent(shown(result, telling), null) + COMPLETE_EVENT);
};

const subscribe = async (args: ExecutionArgs, telling: Telling): Promise<void> => {
  const { writer } = telling;
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return refuse(source.errors ?? [], telling);
  const changes = source[Symbol.asyncIterator]();
  // Asked, not awaited: who left is not kept waiting for by a source that is busy.
  const letGo = (): void => void changes.return?.()?.then(undefined, () => undefined);
  if (writer.over.aborted) return letGo();
  writer.over.addEventListener('abort', letGo, { once: true });
  for (let next = await changes.next(); next.done !== true; next = await changes.next()) {
    const result = await execute({ ...args, rootValue: next.value });
    await writer.write(nextEvent(shown(result, telling), placeOf(next.value)));
    if (writer.over.aborted) return;
  }
  writer.end(COMPLETE_EVENT);
};

const shown = (
  { data, errors }: ExecutionResult,
  { correlationId, log }: Telling,
): FormattedExecutionResult => ({
  ...(errors !== undefined && { errors: maskErrors(errors, correlationId, log) }),
  ...(data !== undefined && { data }),
});

/** The cursor of a change, whether or not the client selected it: the id to come again with. */
const placeOf = (change: unknown): string | null => {
  if (typeof change !== 'object' || change === null) return null;
  const told: unknown = Object.values(change)[0];
  if (typeof told !== 'object' || told === null || !('cursor' in told)) return null;
  return typeof told.cursor === 'string' ? told.cursor : null;
};
