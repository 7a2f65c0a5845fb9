import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Failpoints } from '#platform';
import type { Gateway } from '../../gateway/src/index.js';

type Door = 'webhook' | 'mutation';

/** Failpoints where requests come in and answers go out. */
export const addFailpoints = ({ app }: Gateway, { reach }: Failpoints): void => {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const at =
    (reached: (door: Door) => void) =>
    async (request: FastifyRequest): Promise<void> => {
      const door = doorOf(request);
      if (door !== null) reached(door);
    };
  fastify.addHook(
    'preHandler',
    at((door) => reach(`${door}.request.before`)),
  );
  fastify.addHook(
    'onSend',
    at((door) => reach(`${door}.request.after`)),
  );
  fastify.addHook(
    'onResponse',
    at((door) => reach(`${door}.acknowledged`)),
  );
};

const doorOf = ({ method, url, body }: FastifyRequest): Door | null => {
  if (method !== 'POST') return null;
  if (url.startsWith('/webhooks/')) return 'webhook';
  const isQuery = typeof body === 'object' && body !== null && 'query' in body;
  const isMutation = isQuery && typeof body.query === 'string' && /^mutation\b/.test(body.query);
  return isMutation ? 'mutation' : null;
};
