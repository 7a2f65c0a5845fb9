import {
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { Orders } from './orders.js';

/**
 * Loaded into the process before its own code (`node --import`), in each of its threads: does what it
 * is ordered to by a file. Moves the wall clock, and puts a device in the place of the log's file.
 */
const ordersEachMs = 10;
const path = process.env['FAULTS_ORDERS'] ?? '';
const Wall = Date;
let orders: Orders = { wallMs: 0, isLogSound: true };
let isDone = false;

/** What the process takes for the time: `Date.now()` and `new Date()`, and nothing monotonic. */
globalThis.Date = class extends Wall {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) super(Wall.now() + orders.wallMs);
    else super(...(given as [number]));
  }

  static override now(): number {
    return Wall.now() + orders.wallMs;
  }
} as DateConstructor;

/** Takes whatever is written, keeps nothing, and cannot be synced. */
const device = '/dev/null';

/** The number of the log's open file leads to the device from here on; how many there were. */
const replaced = (): number => {
  const open = readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith('/log.db-wal');
    } catch {
      return false;
    }
  });
  for (const fd of open.map(Number)) {
    closeSync(fd);
    // The lowest free number is given: another thread may have taken it in between.
    if (openSync(device, 'r+') !== fd) throw new Error(`another file took the place of ${fd}`);
  }
  return open.length;
};

const obey = (): void => {
  try {
    orders = JSON.parse(readFileSync(path, 'utf8')) as Orders;
  } catch {
    // It is just being written.
  }
  if (!isMainThread || isDone || orders.isLogSound) return;
  isDone = true;
  writeFileSync(`${path}.done`, String(replaced()));
};

obey();
setInterval(obey, ordersEachMs).unref();
