import { AccessDeniedError } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aNode, anEvent, aStream, failure, revisions, type ANode } from './spec/a-node.js';

describe('a node that is secured', () => {
  let node: ANode;
  beforeAll(async () => {
    node = await aNode({ users: { admin: 'a: pässword', guest: 'other' } });
  });
  afterAll(() => node.end());

  const as = (user: string) =>
    node.connect(node.connectionString.replace(/\/\/[^@]*@/, user === '' ? '//' : `//${user}@`));

  it('serves who is named in the connection string, over TLS, found by gossip too', async () => {
    const stream = aStream();
    await node.client.appendToStream(stream, anEvent());
    const discovering = node.connect(node.discoverConnectionString);
    expect(await revisions(discovering.readStream(stream))).toEqual([0n]);
    await node.client.appendToStream(stream, anEvent(), {
      credentials: { username: 'guest', password: 'other' },
    });
    expect(await revisions(node.client.readStream(stream))).toEqual([0n, 1n]);
  });

  it('denies access without a name, and with a wrong password', async () => {
    for (const user of ['', 'admin:wrong', 'nobody:other']) {
      const client = as(user);
      const append = await failure(client.appendToStream(aStream(), anEvent()));
      expect(append).toBeInstanceOf(AccessDeniedError);
      const read = await failure(revisions(client.readStream(aStream())));
      expect(read).toBeInstanceOf(AccessDeniedError);
    }
  });

  it('is out of reach for who does not know its certificate, or speaks without TLS', async () => {
    const { port } = node;
    for (const query of ['tls=true', 'tls=false']) {
      const client = node.connect(`esdb://admin:x@127.0.0.1:${port}?${query}`);
      const error = await failure(client.appendToStream(aStream(), anEvent()));
      expect(error).toMatchObject({ code: status.UNAVAILABLE });
    }
  });
});
