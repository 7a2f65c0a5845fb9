import Database from 'libsql';
import { LogCorrupted, StoreNotWritable, StoreUnavailable, StreamDeleted } from '../port.js';
import { ordinalOf, positionOf } from '../position.js';
import { WrongKeyEncryptionKey } from '../wrapping.js';
import { DataDirectoryInUse } from './owner-lock.js';
import type { Failure } from './protocol.js';

/** The machine's fault, not that of what was asked for: it says nothing of an event or a stream. */
const ofMachine = /^SQLITE_(?:IOERR|FULL|CANTOPEN|NOMEM|BUSY|LOCKED|READONLY|PERM)/;

const corruptedPrefix = /^the log is corrupted at position [0-9a-f]+: /;

/** An error of the worker, as it passes between threads. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof LogCorrupted)
    return { name: error.name, message: error.message, position: ordinalOf(error.position) };
  if (error instanceof StreamDeleted)
    return { name: error.name, message: error.message, stream: error.stream };
  if (error instanceof Database.SqliteError && ofMachine.test(error.code))
    return { name: 'StoreUnavailable', message: `the log cannot be read: ${error.message}` };
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
};

/** The same error again, on the other side. */
export const errorOf = ({ name, message, position = 0, stream = '' }: Failure): Error => {
  if (name === 'LogCorrupted')
    return new LogCorrupted(positionOf(position), message.replace(corruptedPrefix, ''));
  if (name === 'StreamDeleted') return new StreamDeleted(stream);
  if (name === 'StoreNotWritable') return new StoreNotWritable(message);
  if (name === 'StoreUnavailable') return new StoreUnavailable(message);
  if (name === 'DataDirectoryInUse') return new DataDirectoryInUse(message);
  if (name === 'WrongKeyEncryptionKey') return new WrongKeyEncryptionKey(message);
  return new Error(`the log's worker failed: ${message}`);
};
