import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Client, TokenName, Variables } from './client.js';

/** A socket of graphql-transport-ws with one subscription, which looks at nothing that it is told. */
export const rawSubscriber = async (
  client: Client,
  as: TokenName,
  query: string,
  variables: Variables = {},
): Promise<WebSocket> => {
  const socket = new WebSocket(client.demo.graphqlWsUrl, 'graphql-transport-ws');
  await once(socket, 'open');
  const acknowledged = once(socket, 'message');
  const payload = { authorization: `Bearer ${client.demo.tokens[as]}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await acknowledged;
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables } }));
  return socket;
};
