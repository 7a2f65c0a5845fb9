import { Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import type { ArgumentNode, ExecutionArgs, GraphQLError } from 'graphql';
import { badRequest } from '../graphql/errors.js';
import { cursor } from '../graphql/scalars.js';

export const LAST_EVENT_ID_HEADER = 'last-event-id';

const AFTER = 'after';

/**
 * The operation with the id of the last event that the client saw as the subscription's `after`,
 * in the place of whatever stood there: a client that comes again repeats its first request.
 * An operation without such an argument stays as it is. Throws BAD_USER_INPUT for what cannot be an
 * id of ours.
 */
export const goingOnFrom = (
  args: ExecutionArgs,
  lastEventId: string | undefined,
): ExecutionArgs => {
  if (lastEventId === undefined || lastEventId === '') return args;
  const after = afterArgument(lastEventId);
  const { schema } = args;
  const info = new TypeInfo(schema);
  const document = visit(
    args.document,
    visitWithTypeInfo(info, {
      Field: (node) => {
        const isRoot = info.getParentType() === schema.getSubscriptionType();
        const isResumable = info.getFieldDef()?.args.some(({ name }) => name === AFTER) ?? false;
        if (!isRoot || !isResumable) return undefined;
        const others = (node.arguments ?? []).filter(({ name }) => name.value !== AFTER);
        return { ...node, arguments: [...others, after] };
      },
    }),
  );
  return { ...args, document };
};

const afterArgument = (lastEventId: string): ArgumentNode => ({
  kind: Kind.ARGUMENT,
  name: { kind: Kind.NAME, value: AFTER },
  value: { kind: Kind.STRING, value: read(lastEventId) },
});

const read = (lastEventId: string): string => {
  try {
    return cursor.parseValue(lastEventId);
  } catch {
    throw notAnId();
  }
};

const notAnId = (): GraphQLError =>
  badRequest('BAD_USER_INPUT', 'Last-Event-ID is the id of an event, unchanged.', {
    field: 'Last-Event-ID',
  });
