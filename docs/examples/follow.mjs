// Follows the inbox of the demo's AcmeMotors and prints each change, with the cursor to go on from:
//   node docs/examples/follow.mjs [cursor]
import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const { graphqlWsUrl, tokens } = JSON.parse(readFileSync('data/demo.json', 'utf8'));

const client = createClient({
  url: graphqlWsUrl,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${tokens.agent}` },
});

const query = `subscription ($after: Cursor) {
  inboxChanged(after: $after) {
    cursor
    conversation { id window { status closesAt } lastMessage { direction status } }
  }
}`;

const changes = client.iterate({ query, variables: { after: process.argv[2] ?? null } });
for await (const { data, errors } of changes)
  process.stdout.write(`${JSON.stringify(errors ?? data.inboxChanged)}\n`);
