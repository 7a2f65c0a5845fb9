import { besideSteps, besideWrites } from '../followers/beside.js';
import { followersSteps, followersWrites } from '../followers/steps-of-followers.js';
import { performed, type FollowersDialect, type Rows, type Steps } from '../followers/steps.js';
import type { Calls } from '../database/calls.js';
import type { EmbeddedBesideCalls, EmbeddedFollowersCalls } from './calls.js';
import type { Served } from './wire.js';
import { Connection, besideOwner, besideOwnerToWrite } from './connection.js';
import {
  askingFollowers,
  beginWriting,
  followersKept,
  hasTable,
  readingFollowers,
  wallMs,
} from './dialect.js';
import { embeddedFollowersSchema } from './followers-schema.js';

const statementsMax = 64;

/** One process writes at a time, and its transaction has the whole file: there is nothing to lock. */
const dialect: FollowersDialect = {
  forUpdate: '',
  now: wallMs,
  hasTable,
  lockRequests: null,
};

/** followers.db for its owner: each call is one transaction, durable before it is answered. */
export const followersServed = (): Served => {
  const kept = new Kept();
  const open: EmbeddedFollowersCalls['open'] = ({ file }) => {
    kept.open(file, followersKept).execute(embeddedFollowersSchema);
  };
  const calls = kept.calls(followersSteps(dialect), followersWrites);
  return { calls: { ...calls, open }, close: () => kept.close() };
};

/** followers.db beside its owner: reads, and with `asks` the requests that its owner takes up. */
export const followersBesideServed = (): Served => {
  const kept = new Kept();
  const open: EmbeddedBesideCalls['open'] = ({ file, asks }) => {
    if (asks) kept.open(besideOwnerToWrite(file), askingFollowers).execute(embeddedFollowersSchema);
    else kept.open(besideOwner(file), readingFollowers);
  };
  const calls = kept.calls(besideSteps(dialect), besideWrites);
  return { calls: { ...calls, open }, close: () => kept.close() };
};

type AnySteps = { readonly [call: string]: (input: never) => Steps<unknown> };

/** The file once it is open, and what it does step by step. */
class Kept {
  #connection: Connection | null = null;

  open(file: string, pragmas: readonly string[]): Connection {
    this.#connection = new Connection(file, pragmas, statementsMax);
    return this.#connection;
  }

  close(): void {
    this.#connection?.close();
  }

  calls(steps: AnySteps, writes: ReadonlySet<string>): Calls {
    const calls: { [call: string]: Calls[string] } = {};
    for (const [name, stepsOf] of Object.entries(steps))
      calls[name] = (input) => this.#perform(stepsOf(input), writes.has(name));
    return calls;
  }

  #perform<T>(steps: Steps<T>, writes: boolean): T {
    const connection = this.#connection;
    if (connection === null) throw new Error('the followers have not been opened');
    const perform = (): T =>
      performed(steps, (statements) => {
        let rows: Rows = [];
        for (const { sql, parameters } of statements) {
          const statement = connection.prepare(sql);
          if (sql.startsWith('SELECT')) rows = statement.all(parameters);
          else statement.run(parameters);
        }
        return rows;
      });
    return writes ? connection.transaction(beginWriting, perform) : perform();
  }
}
