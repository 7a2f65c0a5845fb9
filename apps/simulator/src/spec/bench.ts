import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import {
  readForm,
  readInbound,
  readReceipt,
  verifySignature as verifyForm,
  type InboundSms,
  type SmsReceipt,
  type UnreadableSms,
} from '#channels/sms';
import { readWebhook, verifySignature, type WebhookItem } from '#channels/whatsapp';
import type { Json } from '#kernel';
import {
  createSimulator,
  type MovableClock,
  type Simulator,
  type SimulatorOptions,
} from '../index.js';

export const SECRET = 'app-secret';
export const NUMBER = '1070';
export const DANIEL = '447700900281';
export const SMS_ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
export const SMS_TOKEN = 'sms-token';
export const SMS_NUMBER = '+447700900500';
export const NOON_MS = Date.parse('2036-03-29T12:00:00.000Z');

export class ClockWouldGoBack extends Error {
  override readonly name = 'ClockWouldGoBack';
}

/** A clock that stands unless it is moved, so that every instant in a spec is a value. */
export const standingClock = (startMs: number): MovableClock => {
  let nowMs = startMs;
  const moveTo = (epochMs: number): void => {
    if (epochMs < nowMs) throw new ClockWouldGoBack();
    nowMs = epochMs;
  };
  return {
    now: () => nowMs,
    advance: (ms) => moveTo(nowMs + ms),
    moveTo,
    freeze: (epochMs) => moveTo(epochMs ?? nowMs),
    unfreeze: () => undefined,
  };
};

export type Got = { readonly signed: boolean; readonly items: readonly WebhookItem[] };

export type GotSms = {
  /** With the query. */
  readonly path: string;
  readonly signed: boolean;
  readonly message: InboundSms | SmsReceipt | UnreadableSms;
};

/** A webhook that verifies like the real one, and answers as `respond` says. */
export type Receiver = {
  readonly url: string;
  readonly got: readonly Got[];
  readonly smsUrl: string;
  readonly gotSms: readonly GotSms[];
  readonly items: () => readonly WebhookItem[];
  readonly statuses: () => readonly string[];
  readonly answer: (status: number, times: number) => void;
  /** Resolves once `predicate` holds after some delivery, or now. */
  readonly until: (predicate: () => boolean) => Promise<void>;
  readonly close: () => Promise<void>;
};

const headerOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

const readSms = (
  path: string,
  rawBody: Buffer,
  header: string | undefined,
  port: number,
): GotSms => {
  const url = `http://127.0.0.1:${port}${path}`;
  const form = readForm(rawBody);
  return {
    path,
    signed: verifyForm({ url, rawBody, header, authTokens: [SMS_TOKEN] }),
    message: path.startsWith('/webhooks/sms/status') ? readReceipt(form) : readInbound(form),
  };
};

export const createReceiver = async (): Promise<Receiver> => {
  const got: Got[] = [];
  const gotSms: GotSms[] = [];
  const waiting = new Set<() => void>();
  let port = 0;
  let refusals = { status: 200, times: 0 };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://receiver');
      if (request.method === 'GET')
        return response.end(url.searchParams.get('hub.challenge') ?? '');
      const raw = Buffer.concat(chunks);
      const header = headerOf(request.headers['x-hub-signature-256']);
      const refused = refusals.times > 0;
      if (refused) refusals = { ...refusals, times: refusals.times - 1 };
      else if (url.pathname.startsWith('/webhooks/sms'))
        gotSms.push(
          readSms(request.url ?? '', raw, headerOf(request.headers['x-twilio-signature']), port),
        );
      else
        got.push({ signed: verifySignature(raw, header, [SECRET]), items: readWebhook(raw, 'k') });
      response.writeHead(refused ? refusals.status : 200).end();
      for (const check of waiting) check();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  const items = (): readonly WebhookItem[] => got.flatMap((each) => each.items);
  return {
    url: `http://127.0.0.1:${port}/webhooks/whatsapp`,
    got,
    smsUrl: `http://127.0.0.1:${port}/webhooks/sms`,
    gotSms,
    items,
    statuses: () => items().map((item) => (item.kind === 'status' ? item.status : item.kind)),
    answer: (status, times) => {
      refusals = { status, times };
    },
    until: (predicate) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!predicate()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type Answer = { readonly status: number; readonly body: Json };

export type Bench = {
  readonly clock: MovableClock;
  readonly receiver: Receiver;
  readonly server: FastifyInstance;
  readonly url: string;
  readonly stateFile: string;
  readonly moved: () => number;
  readonly ask: (method: 'GET' | 'POST' | 'PUT', path: string, body?: Json) => Promise<Answer>;
  readonly send: (changed: { readonly [name: string]: Json }) => Promise<Answer>;
  /** Stops this run and starts another on the same state file. */
  readonly restart: (clock: MovableClock) => Promise<Bench>;
  readonly close: () => Promise<void>;
};

type Setting = { readonly folder: string; readonly hasSms: boolean };

const smsOf = (receiver: Receiver): SimulatorOptions['sms'] => ({
  accountSid: SMS_ACCOUNT,
  authToken: SMS_TOKEN,
  numbers: [
    { number: SMS_NUMBER, organisationName: 'AcmeMotors' },
    { number: '+447700900501', organisationName: 'Other' },
  ],
  inboundUrl: () => receiver.smsUrl,
});

const plain = { name: 'plain', language: 'en', category: 'MARKETING', body: 'Hello.' };

const start = async (
  clock: MovableClock,
  { folder, hasSms }: Setting,
): Promise<Omit<Bench, 'restart' | 'close' | 'ask' | 'send'>> => {
  const receiver = await createReceiver();
  let moved = 0;
  const stateFile = join(folder, 'simulator.json');
  const simulator: Simulator = createSimulator({
    clock,
    onClockMoved: async () => {
      moved += 1;
    },
    stateFile,
    appSecret: SECRET,
    verifyToken: 'verify',
    webhookUrl: () => receiver.url,
    numbers: [
      {
        phoneNumberId: NUMBER,
        businessAccountId: '2080',
        displayPhoneNumber: '+44 7700 900123',
        organisationName: 'AcmeMotors',
      },
      {
        phoneNumberId: '1071',
        businessAccountId: '2081',
        displayPhoneNumber: '+44 7700 900124',
        organisationName: 'Other',
      },
    ],
    templates: [
      {
        businessAccountId: '2080',
        name: 'hello',
        language: 'en',
        category: 'UTILITY',
        body: 'Hello {{name}}, see you at {{time}}. Good bye.',
      },
      { ...plain, businessAccountId: '2080' },
      { ...plain, businessAccountId: '2081', name: 'theirs' },
    ],
    accessToken: 'token',
    sms: hasSms ? smsOf(receiver) : null,
  });
  const server = fastify();
  await simulator.register(server);
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  return { clock, receiver, server, url, stateFile, moved: () => moved };
};

const benchIn = async (clock: MovableClock, setting: Setting): Promise<Bench> => {
  const started = await start(clock, setting);
  const { server, url, receiver } = started;
  const ask: Bench['ask'] = async (method, path, body) => {
    const response = await fetch(`${url}/simulator${path}`, {
      method,
      headers: {
        authorization: 'Bearer token',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const read: Json = JSON.parse(await response.text());
    return { status: response.status, body: read };
  };
  const stop = async (): Promise<void> => {
    await server.close();
    await receiver.close();
  };
  return {
    ...started,
    ask,
    send: (changed) =>
      ask('POST', `/meta/v25.0/${NUMBER}/messages`, {
        messaging_product: 'whatsapp',
        to: `+${DANIEL}`,
        type: 'text',
        text: { body: 'Good news: it is ready 🚗' },
        biz_opaque_callback_data: '1.thread.message.1',
        ...changed,
      }),
    restart: async (next) => {
      await stop();
      return benchIn(next, setting);
    },
    close: async () => {
      await stop();
      await rm(setting.folder, { recursive: true });
    },
  };
};

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'casement-simulator-'));

export const createBench = async (clock: MovableClock): Promise<Bench> =>
  benchIn(clock, { folder: await newFolder(), hasSms: true });

export const createBenchWithoutSms = async (clock: MovableClock): Promise<Bench> =>
  benchIn(clock, { folder: await newFolder(), hasSms: false });
