import type { GraphQLError } from 'graphql';
import { keysUnavailable, unauthenticated } from '#access';
import type { Authentication } from '#access';
import { edgeError } from '../graphql/errors.js';
import type { FastifyRequest } from '../http/fastify.js';
import type { StreamLimits } from './options.js';

/** Why no stream is opened: an answer of plain HTTP. */
export type HttpRefusal = {
  readonly status: number;
  readonly error: GraphQLError;
  readonly headers?: { readonly [name: string]: string };
};

const AGAIN = { 'retry-after': '1' };
const COME_AGAIN = 'Come again with the id of the last event.';

/** What is said last on a stream that we end. No `complete` follows: there is more to be told. */
export const lastWords = {
  goingAway: () => edgeError('GOING_AWAY', `This server is going away. ${COME_AGAIN}`),
  tokenExpired: () => edgeError('UNAUTHENTICATED', `The token has expired. ${COME_AGAIN}`),
  capabilitiesChanged: () =>
    edgeError('CAPABILITY_MISSING', `What you may do has changed. ${COME_AGAIN}`),
  stalled: ({ stalledMsMax: limit }: StreamLimits) =>
    edgeError('LIMIT_EXCEEDED', `Nothing was read for ${limit} ms. ${COME_AGAIN}`, { limit }),
};

/** What is wrong with a request before anybody looks at who asks, and what. */
export const refusalOfRequest = ({ method, headers }: FastifyRequest): HttpRefusal | null => {
  if (method !== 'POST') {
    const error = edgeError('BAD_USER_INPUT', 'An operation is posted here, one at a time.');
    return { status: 405, error, headers: { allow: 'POST' } };
  }
  const { accept = '*/*' } = headers;
  if (/text\/event-stream|text\/\*|\*\/\*/.test(accept)) return null;
  const field = 'accept';
  const error = edgeError('BAD_USER_INPUT', 'Answers here are text/event-stream.', { field });
  return { status: 406, error };
};

/** Why whoever is no member is not let in. */
export const refusalOfAsker = ({ kind }: Authentication): HttpRefusal =>
  kind === 'unavailable'
    ? { status: 503, error: keysUnavailable(), headers: AGAIN }
    : { status: 401, error: unauthenticated(), headers: { 'www-authenticate': 'Bearer' } };

/** Why there is no room for one more; null when there is. */
export const refusalForWantOfRoom = (
  open: { readonly all: number; readonly ofMember: number; readonly isClosing: boolean },
  { streamsMax, streamsPerMemberMax }: StreamLimits,
): HttpRefusal | null => {
  if (open.isClosing) return { status: 503, error: lastWords.goingAway(), headers: AGAIN };
  if (open.all >= streamsMax) {
    const error = edgeError('BUSY', 'There are too many subscribers. Try again shortly.');
    return { status: 503, error, headers: AGAIN };
  }
  if (open.ofMember < streamsPerMemberMax) return null;
  const message = `You have ${streamsPerMemberMax} streams already. Close one first.`;
  const shown = { limit: streamsPerMemberMax, actual: open.ofMember + 1 };
  return { status: 429, error: edgeError('LIMIT_EXCEEDED', message, shown), headers: AGAIN };
};
