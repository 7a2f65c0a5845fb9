import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DownloadInterrupted,
  openDownloads,
  publicOnly,
  type Download,
  type Downloads,
} from './download.js';

type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

let server: Server;
let origin: string;
let behave: Behaviour;
let asked: string[];
let lookedUp: string[];
let addresses: readonly string[];
let downloads: Downloads;

const lookup: LookupFunction = (hostname, _, callback) => {
  lookedUp.push(hostname);
  callback(
    null,
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  );
};
const opened = (ownOrigin: string): Downloads =>
  openDownloads({
    hosts: ['files.example', '*.cdn.example'],
    ownOrigin,
    lookup,
    connectionsMax: 4,
  });

beforeEach(async () => {
  asked = [];
  lookedUp = [];
  addresses = ['127.0.0.1'];
  behave = (response) => response.end('the file');
  server = createServer((request, response) => {
    asked.push(`${request.headers.authorization ?? '-'} ${request.url ?? ''}`);
    behave(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  downloads = opened(origin);
});
afterEach(async () => {
  downloads.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const get = (url: string, signal = AbortSignal.timeout(5_000)): Promise<Download> =>
  downloads.get(url, { authorization: 'Bearer token' }, signal);
const read = async (download: Download): Promise<string> => {
  if (download.kind !== 'bytes') throw new Error(JSON.stringify(download));
  const chunks: Buffer[] = [];
  for await (const chunk of download.bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};
const forbidden = (why: string) => ({ kind: 'forbidden', why });

describe('a file that is fetched', () => {
  it('S32: comes with the token, from the API itself', async () => {
    await expect(read(await get(`${origin}/one`))).resolves.toBe('the file');
    expect(asked).toEqual(['Bearer token /one']);
  });

  it.each([301, 302, 303, 307, 308])('S32: a %i is not followed', async (status) => {
    behave = (response, { url }) =>
      url === '/one'
        ? response.writeHead(status, { location: `${origin}/two` }).end()
        : response.end('caught');
    await expect(get(`${origin}/one`)).resolves.toEqual(forbidden('redirected'));
    expect(asked).toEqual(['Bearer token /one']);
  });

  it.each([204, 401, 404, 429, 500, 503])('a %i is told as what it is', async (status) => {
    behave = (response) => response.writeHead(status).end();
    await expect(get(`${origin}/one`)).resolves.toEqual({ kind: 'status', status });
  });
});

describe('an address that is not to be asked', () => {
  it.each([
    ['https://evil.example/', 'host_not_allowed'],
    ['https://files.example.evil.example/', 'host_not_allowed'],
    ['https://evilfiles.example/', 'host_not_allowed'],
    ['https://evilcdn.example/', 'host_not_allowed'],
    ['https://cdn.example/', 'host_not_allowed'],
    ['https://files.example@evil.example/', 'host_not_allowed'],
    ['https://user:password@files.example/', 'host_not_allowed'],
    ['https://127.0.0.1/', 'host_not_allowed'],
    ['https://0x7f.1/', 'host_not_allowed'],
    ['https://2130706433/', 'host_not_allowed'],
    ['https://[::1]/', 'host_not_allowed'],
    ['https://[::ffff:127.0.0.1]/', 'host_not_allowed'],
    ['https://169.254.169.254/latest/meta-data/', 'host_not_allowed'],
    ['file:///etc/passwd', 'host_not_allowed'],
    ['data:text/plain,x', 'host_not_allowed'],
    ['//files.example/', 'host_not_allowed'],
    ['', 'host_not_allowed'],
    ['http://files.example/', 'not_https'],
    ['ftp://files.example/', 'not_https'],
  ])('S32: %s, and not so much as its name is looked up', async (url, why) => {
    await expect(get(url)).resolves.toEqual(forbidden(why));
    expect([asked, lookedUp]).toEqual([[], []]);
  });

  it('S32: another port of this very machine', async () => {
    const elsewhere = new URL(origin);
    elsewhere.port = String(Number(elsewhere.port) - 1);
    await expect(get(elsewhere.href)).resolves.toEqual(forbidden('host_not_allowed'));
    await expect(get(origin.replace('127.0.0.1', 'localhost'))).resolves.toEqual(
      forbidden('host_not_allowed'),
    );
  });

  it.each([
    [['10.0.0.1']],
    [['169.254.169.254']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['8.8.8.8', '127.0.0.1']],
    [[]],
  ])('S33: a name that leads to %j', async (found) => {
    addresses = found;
    for (const host of ['files.example', 'a.cdn.example', 'a.b.cdn.example'])
      await expect(get(`https://${host}/`)).resolves.toEqual(forbidden('private_address'));
    expect(lookedUp).toHaveLength(3);
    expect(asked).toEqual([]);
  });

  it('S33: is connected to by the very addresses that were looked at', () => {
    addresses = ['8.8.8.8', '2606:4700::1111'];
    const told: unknown[] = [];
    const guarded = publicOnly(lookup);
    guarded('files.example', { all: true }, (...answer) => told.push(answer));
    guarded('files.example', {}, (...answer) => told.push(answer));
    expect(told).toEqual([
      [
        null,
        [
          { address: '8.8.8.8', family: 4 },
          { address: '2606:4700::1111', family: 6 },
        ],
      ],
      [null, '8.8.8.8', 4],
    ]);
  });

  it('S33: the number of a private address, even if somebody allows it', async () => {
    const careless = openDownloads({
      hosts: ['10.0.0.1', '::1'],
      ownOrigin: origin,
      lookup,
      connectionsMax: 1,
    });
    for (const url of ['https://10.0.0.1/', 'https://[::1]/'])
      await expect(careless.get(url, {}, AbortSignal.timeout(5_000))).resolves.toEqual(
        forbidden('private_address'),
      );
    careless.close();
  });
});

describe('a file that does not come whole', () => {
  it('is cut: whoever reads is told', async () => {
    behave = (response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    };
    await expect(read(await get(`${origin}/one`))).rejects.toThrow(DownloadInterrupted);
  });

  it('S32: never ends: it is called off', async () => {
    behave = (response) => response.write('half');
    const answer = await get(`${origin}/one`, AbortSignal.timeout(100));
    await expect(read(answer)).rejects.toThrow(DownloadInterrupted);
  });

  it('S32: never begins: it is called off', async () => {
    behave = () => undefined;
    await expect(get(`${origin}/one`, AbortSignal.timeout(100))).resolves.toMatchObject({
      kind: 'failed',
    });
  });

  it('comes from a server that is not there', async () => {
    downloads.close();
    downloads = opened('http://127.0.0.1:1');
    await expect(get('http://127.0.0.1:1/one')).resolves.toEqual({
      kind: 'failed',
      why: 'ECONNREFUSED',
    });
  });

  it('is read no further by whoever has seen enough', async () => {
    const closed = new Promise<void>((resolve) => {
      behave = (response) => {
        response.once('close', () => resolve());
        response.write(Buffer.alloc(10_000_000));
      };
    });
    const answer = await get(`${origin}/one`);
    if (answer.kind !== 'bytes') throw new Error(answer.kind);
    await answer.bytes.next();
    await answer.bytes.return();
    await closed;
  });
});
