import type { Bench, Line, Readings, Settings } from '../bench.js';
import { inTurn } from '../support/concurrently.js';
import { temporaryDirectory } from '../support/embedded.js';
import { sendAll, type Measured } from '../support/http-load.js';
import { serverProcess } from '../support/server-process.js';
import { appSecret, deliveries } from './deliveries.js';

const connections = 64;
const warmUp = 2_000;

type Disk = 'fast' | 'slow';
type Side = 'casement' | 'baseline';

type Case = {
  readonly name: string;
  readonly work: string;
  readonly count: number;
  readonly messagesEach: number;
  readonly disk: Disk;
};

const cases: readonly Case[] = [
  {
    name: 'single',
    work: 'webhook to durable ack, 64 connections',
    count: 30_000,
    messagesEach: 1,
    disk: 'fast',
  },
  {
    name: 'batch',
    work: '100 messages in one request',
    count: 6_000,
    messagesEach: 100,
    disk: 'fast',
  },
  {
    name: 'slowSingle',
    work: 'webhook, disk slowed by 2 ms',
    count: 20_000,
    messagesEach: 1,
    disk: 'slow',
  },
  {
    name: 'slowBatch',
    work: '100 messages, disk slowed by 2 ms',
    count: 4_000,
    messagesEach: 100,
    disk: 'slow',
  },
];

const servers = {
  casement: new URL('./casement-server.js', import.meta.url),
  baseline: new URL('./bare-server.js', import.meta.url),
};
const slowDisk = new URL('./slow-disk.js', import.meta.url);

/** A server of its own for each measurement, on an empty directory, a little warmed up. */
const measured = async (side: Side, of: Case, { scale }: Settings): Promise<Measured> => {
  const { directory, remove } = await temporaryDirectory();
  const preload = of.disk === 'slow' ? [slowDisk] : [];
  const server = await serverProcess(servers[side], [directory], preload);
  const send = (count: number): Promise<Measured> => {
    const kind = { messagesEach: of.messagesEach, phoneNumberId: '1', secret: appSecret };
    const requests = deliveries({ count: Math.ceil(count * scale), ...kind });
    return sendAll({ port: Number(server.said), connections, requests });
  };
  await send(Math.min(warmUp, of.count / 4));
  const result = await send(of.count);
  await server.close();
  await remove();
  return result;
};

const round = async (number: number, settings: Settings): Promise<Readings> => {
  const readings: Record<string, number> = {};
  for (const each of cases) {
    const measure = async (side: Side): Promise<void> => {
      const { perSecond, p99Ms } = await measured(side, each, settings);
      readings[`${side} ${each.name}`] = perSecond;
      readings[`${side} ${each.name} p99`] = p99Ms;
    };
    await inTurn(
      number,
      () => measure('casement'),
      () => measure('baseline'),
    );
  }
  return readings;
};

const linesOf = ({ name, work }: Case): readonly Line[] => [
  {
    work,
    unit: '/s',
    casement: `casement ${name}`,
    baseline: `baseline ${name}`,
    aim: { atLeast: 0.5 },
  },
  {
    work: `  its p99`,
    unit: 'ms',
    casement: `casement ${name} p99`,
    baseline: `baseline ${name} p99`,
    aim: name === 'single' ? { atMost: 3 } : null,
  },
];

/** A signed delivery, from the first byte to the answer that it is kept. */
export const webhook: Bench = {
  name: 'webhook',
  lines: cases.flatMap(linesOf),
  prepare: async (settings) => ({
    round: (number) => round(number, settings),
    close: () => Promise.resolve(),
  }),
};
