import { open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../../harness/eventually.js';
import { delivery } from '../../harness/webhook.js';
import { Broken } from '../customer.js';
import type { Lap } from '../lap.js';
import { Commander } from '../orders.js';

const busyAcknowledgements = 40;
const refusingMs = 2_000;
const answeredMs = 500;
const roomKiB = 1_024;
const fillerBytes = 200_000;
const pageBytes = 4_096;
const walHeaderBytes = 32;
const walFrameBytes = 24 + pageBytes;

/** What is written to the log is lost, and its sync fails. */
export const failedSync = async (lap: Lap): Promise<string> => {
  const commander = await Commander.begin();
  try {
    return await stops(lap, { environment: commander.environment }, async () => {
      await commander.orders({ isLogSound: false });
      await commander.isDone();
    });
  } finally {
    await commander.end();
  }
};

/** A file system of its own is filled to the last byte, and has room again for the restart. */
export const fullDisk = async (lap: Lap): Promise<string> => {
  const ballast = join(lap.dataDirectory, '..', 'ballast');
  const told = await stops(lap, {}, () => fill(ballast));
  await rm(ballast);
  return told;
};

const fill = async (path: string): Promise<void> => {
  const file = await open(path, 'w');
  try {
    for (const bytes of [fillerBytes, 1]) while ((await writes(file, bytes)) > 0);
  } finally {
    await file.close();
  }
};

/** How many bytes found room. */
const writes = async (file: FileHandle, bytes: number): Promise<number> => {
  try {
    return (await file.write(Buffer.alloc(bytes))).bytesWritten;
  } catch {
    return 0;
  }
};

/** No file may grow beyond a size that is no page's end: the write that crosses it is cut short. */
export const shortWrite = async (lap: Lap): Promise<string> => {
  const { dataDirectory } = lap;
  const largest = Math.max(...(await sizes(dataDirectory)).map(({ bytes }) => bytes));
  const fileKiBMax = Math.ceil(largest / pageBytes) * 4 + roomKiB + 1;
  const told = await stops(lap, { fileKiBMax }, async () => {
    const filler = { field: 'account_update', value: { filler: 'x'.repeat(fillerBytes) } };
    while ((await lap.casement.deliver(delivery([filler]))).status === 200) await wait(1);
  });
  const isShort = ({ name, bytes }: FileSize): boolean =>
    name.endsWith('-wal')
      ? (bytes - walHeaderBytes) % walFrameBytes !== 0
      : bytes % pageBytes !== 0;
  const isFull = ({ bytes }: FileSize): boolean => bytes === fileKiBMax * 1_024;
  const found = (await sizes(dataDirectory)).find((each) => isFull(each) && isShort(each));
  if (!found) throw new Error('no write was cut short: this trial has shown nothing');
  return `${found.name} ends within a page, at ${found.bytes} bytes; ${told}`;
};

type FileSize = { readonly name: string; readonly bytes: number };

const sizes = async (directory: string): Promise<readonly FileSize[]> => {
  const names = (await readdir(directory)).filter((name) => /\.db(-wal)?$/.test(name));
  return Promise.all(
    names.map(async (name) => ({ name, bytes: (await stat(join(directory, name))).size })),
  );
};

/**
 * Fail-stop: once the log could not be written the process says so, is not ready, acknowledges nothing
 * any more and goes on answering queries; what it had acknowledged is there after a restart.
 */
const stops = async (
  lap: Lap,
  starting: Parameters<Lap['spell']>[0],
  fault: () => Promise<void>,
): Promise<string> => {
  let reason = '';
  const before = lap.acknowledged;
  const ended = await lap.spell(starting, async () => {
    await eventually('load', () => lap.acknowledged >= before + busyAcknowledgements);
    await fault();
    reason = await eventually('that it is not ready', () => notReady(lap));
    // What was written before the fault may be answered yet.
    await wait(answeredMs);
    const then = lap.acknowledged;
    await wait(refusingMs);
    const late = lap.acknowledged - then;
    if (late > 0) throw new Broken(`${late} were acknowledged after the log could not be written`);
    if ((await lap.casement.get('/health/live')).status !== 200)
      throw new Broken('it does not live any more');
    await lap.casement.gql('agent', '{ conversations(first: 1) { position } }');
  });
  if (!ended.stderr.includes('StoreNotWritable')) throw new Broken('its log says nothing of it');
  return `fail-stop: ${reason}`;
};

type Health = {
  readonly checks: readonly { readonly name: string; readonly reason: string | null }[];
};

const notReady = async (lap: Lap): Promise<string | null> => {
  const response = await lap.casement.get('/health/ready');
  const { checks } = (await response.json()) as Health;
  const log = checks.find(({ name }) => name === 'log');
  return response.status === 503 ? (log?.reason ?? null) : null;
};
