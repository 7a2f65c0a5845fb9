import { lookup } from 'node:dns';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMediaClient, metaMediaHosts, type MediaClient } from './media-client.js';

let server: Server;
let received: string[];
let behave: (response: ServerResponse) => void;
let client: MediaClient;

const answering =
  (status: number, body: object, headers: { readonly [name: string]: string } = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end(JSON.stringify(body));
const graphError = (code: number, status = 400) =>
  answering(status, { error: { message: 'Said', code } });

beforeEach(async () => {
  received = [];
  server = createServer(({ method, url, headers }, response) => {
    received.push(`${method} ${url} ${headers.authorization}`);
    behave(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = createMediaClient({
    graphUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    version: 'v25.0',
    accessToken: 'token',
    connectTimeoutMs: 2_000,
    answerTimeoutMs: 150,
    connectionsMax: 4,
    monotonicMs: () => performance.now(),
    hosts: metaMediaHosts,
    lookup,
  });
});
afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const locate = (id = '4490709327384033') =>
  client.locate(id, {
    startBeforeMs: performance.now() + 10_000,
    signal: new AbortController().signal,
  });

describe('where a file is', () => {
  it('S32: is asked of the Graph API, by its id', async () => {
    const url = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1';
    behave = answering(200, {
      url,
      mime_type: 'audio/ogg; codecs=opus',
      sha256: 'ab',
      file_size: 2_048,
      id: '4490709327384033',
      messaging_product: 'whatsapp',
    });
    await expect(locate()).resolves.toEqual({
      kind: 'located',
      url,
      mimeType: 'audio/ogg; codecs=opus',
      sha256: 'ab',
      size: 2_048,
    });
    expect(received).toEqual(['GET /v25.0/4490709327384033 Bearer token']);
  });

  it('may be told with less, and with a size in words', async () => {
    behave = answering(200, { url: 'https://lookaside.fbsbx.com/', file_size: '17' });
    await expect(locate()).resolves.toMatchObject({ mimeType: null, sha256: null, size: 17 });
    for (const size of [-1, 1.5, 'many', null, {}]) {
      behave = answering(200, { url: 'https://lookaside.fbsbx.com/', file_size: size });
      await expect(locate()).resolves.toMatchObject({ kind: 'located', size: null });
    }
  });

  it.each(['..', '../me', '1?fields=access_token', '1/messages', '', 'ü', 'a'.repeat(200)])(
    'S32: %j is no id, and nobody is asked',
    async (id) => {
      await expect(locate(id)).resolves.toMatchObject({
        kind: 'rejected',
        error: { code: '100' },
      });
      expect(received).toEqual([]);
    },
  );

  it('is what Meta says it is not', async () => {
    behave = graphError(100);
    await expect(locate()).resolves.toMatchObject({ kind: 'rejected', error: { code: '100' } });
    behave = graphError(190, 401);
    await expect(locate()).resolves.toMatchObject({
      kind: 'rejected',
      errorClass: { retry: 'fix' },
    });
    behave = graphError(130429, 429);
    await expect(locate()).resolves.toMatchObject({ kind: 'deferred' });
    behave = answering(502, {});
    await expect(locate()).resolves.toMatchObject({ kind: 'unknown' });
    behave = answering(200, { id: '1' });
    await expect(locate()).resolves.toMatchObject({ kind: 'unknown' });
    behave = () => undefined;
    await expect(locate()).resolves.toMatchObject({ kind: 'unknown', why: 'timeout' });
  });

  it('S32: is nowhere else than where the Graph API itself says', async () => {
    behave = answering(302, {}, { location: 'https://evil.example/' });
    await expect(locate()).resolves.toEqual({ kind: 'forbidden', why: 'redirected' });
    expect(received).toHaveLength(1);
  });
});
