import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Json } from '#kernel';
import type { Reply } from './answers.js';
import type { ProviderReply } from './graph.js';
import { isJson } from './reading.js';

export const answer = (reply: FastifyReply, { status, body }: Reply): FastifyReply =>
  reply.status(status).send(body);

/** A provider's answer; a lost one is the end of the connection. */
export const answerOrCut = (
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: ProviderReply,
): FastifyReply => {
  if (outcome !== 'lost') return answer(reply, outcome);
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
};

/** A query or path parameter as text. */
export const textIn = (values: unknown, name: string): string | undefined => {
  if (typeof values !== 'object' || values === null || !Object.hasOwn(values, name))
    return undefined;
  const found: unknown = Reflect.get(values, name);
  return typeof found === 'string' ? found : undefined;
};

export const bodyOf = ({ body }: FastifyRequest): Json | undefined =>
  isJson(body) ? body : undefined;
