import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import Database from 'libsql';
import type { EventLog } from '#event-store';
import { compare } from './digest.js';
import { viewsFile } from './embedded/files.js';
import { exists } from './embedded/swap.js';
import { EmbeddedViewStore } from './embedded/view-store.js';
import { CheckpointMoved, type ViewStore } from './port.js';
import { Projector } from './projector.js';
import { rebuild } from './rebuild.js';
import { rebuildBeside, type RebuildBeside } from './rebuild-beside.js';
import {
  sampleHistory,
  sampleLog,
  sampleReadModel,
  type SampleFact,
} from './spec/sample-history.js';
import { withDirectory } from './spec/temporary-directory.js';

const readModel = sampleReadModel;
const onParked = () => undefined;
const onProgress = () => undefined;
const notes = 30;
const damage = [
  "UPDATE notes SET text = 'nobody wrote this', likes = 1000 WHERE note = 'note-5'",
  "DELETE FROM notes WHERE note = 'note-10'",
  "INSERT INTO likers VALUES ('zoe', 3)",
  "INSERT INTO authors VALUES ('zoe', 1, '', '')",
];

type Engine = {
  readonly directory: string;
  readonly log: EventLog;
  readonly record: (facts: readonly SampleFact[]) => Promise<void>;
  readonly views: ViewStore;
  readonly faults: unknown[];
};

const projecting = async (log: EventLog, directory: string) => {
  const file = viewsFile(directory);
  const views = await EmbeddedViewStore.open({ file, readModel, mode: 'live' });
  const faults: unknown[] = [];
  const onFault = (error: unknown) => faults.push(error);
  const projector = new Projector({ log, views, readModel, onParked, onFault });
  projector.start();
  await projector.caughtUp();
  const stop = async (): Promise<void> => {
    await projector.stop();
    await views.close();
  };
  return { views, faults, stop };
};

/** Views that are projected from a log, and not what it gives. */
const damaged = (work: (engine: Engine) => Promise<void>): Promise<void> =>
  withDirectory(async (directory) => {
    const { log, record } = sampleLog();
    await record(sampleHistory(3_000, notes));
    await (await projecting(log, directory)).stop();
    const database = new Database(viewsFile(directory));
    for (const sql of damage) database.exec(sql);
    database.close();
    const { stop, ...views } = await projecting(log, directory);
    try {
      await work({ directory, log, record, ...views });
    } finally {
      await stop();
    }
  });

const besides = (
  { directory, log }: Engine,
  review: RebuildBeside['review'],
): Promise<{ readonly swapped: boolean }> => {
  const file = join(directory, 'aside.db');
  return rebuildBeside({ directory, file, log, readModel, onParked, onProgress, review });
};

const expectAsTheLogGives = async ({ log, views }: Engine): Promise<void> => {
  const head = await log.head();
  if (head === null) throw new Error('the log is empty');
  expect(await views.reached(head, 10_000)).toBe(true);
  await withDirectory(async (directory) => {
    await rebuild({ directory, log, readModel, onParked, onProgress });
    const file = viewsFile(directory);
    const built = await EmbeddedViewStore.open({ file, readModel, mode: 'live' });
    expect(await compare(built.all, views.all, readModel)).toBeNull();
    await built.close();
  });
};

it('P15: mends views at one instant while they are served and facts come', () =>
  damaged(async (engine) => {
    const { directory, views, record, faults } = engine;
    const over = new AbortController();
    const speaking = (async () => {
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        await record(sampleHistory(3_000 + turn, notes).slice(-1));
        await wait(1);
      }
    })();
    const seen: string[] = [];
    const looking = (async () => {
      const sql = `SELECT (SELECT count(*) FROM authors WHERE author = 'zoe') AS author,
        (SELECT count(*) FROM likers WHERE liker = 'zoe') AS liker,
        (SELECT count(*) FROM journal) AS journal`;
      for (let before = 0; !over.signal.aborted;) {
        const [row] = await views.all.query(sql, []);
        const journal = Number(row?.['journal']);
        if (journal < before) seen.push(`${journal} after ${before}`);
        before = journal;
        const wrong = Number(row?.['author']) + Number(row?.['liker']);
        const what = ['right', 'half', 'wrong'][wrong] ?? 'more';
        if (seen.at(-1) !== what) seen.push(what);
        await wait(1);
      }
    })();
    const mending = besides(engine, async ({ live, fresh }) => {
      expect(await compare(fresh, live, readModel)).not.toBeNull();
      await wait(20);
      return true;
    });
    await mending.then(() => wait(20)).finally(() => over.abort());
    await Promise.all([speaking, looking]);
    const { swapped } = await mending;
    expect({ swapped, seen }).toEqual({ swapped: true, seen: ['wrong', 'right'] });
    expect(faults).toEqual([expect.any(CheckpointMoved)]);
    await expectAsTheLogGives(engine);
    expect(await exists(join(directory, 'aside.db'))).toBe(false);
  }));

it('what the projector remembers of rows that were wrong is forgotten', () =>
  damaged(async (engine) => {
    const { record, views, log } = engine;
    const like: SampleFact = {
      stream: 'note-5',
      fact: { type: 'NoteLiked', data: { by: 'ann' } },
    };
    // Folded into the wrong row, which is in memory then.
    await record([like]);
    const head = await log.head();
    if (head !== null) await views.reached(head, 10_000);
    expect((await besides(engine, async () => true)).swapped).toBe(true);
    await record([like]);
    await expectAsTheLogGives(engine);
  }));

it('writes nothing when the review says no, or throws', () =>
  damaged(async (engine) => {
    const wrong = async () => {
      const [row] = await engine.views.all.query(
        "SELECT count(*) AS c FROM likers WHERE liker = 'zoe'",
        [],
      );
      return row?.['c'];
    };
    expect((await besides(engine, async () => false)).swapped).toBe(false);
    expect(await wrong()).toBe(1);
    const throwing = besides(engine, async () => {
      throw new Error('interrupted');
    });
    await expect(throwing).rejects.toThrow('interrupted');
    expect(await wrong()).toBe(1);
    expect(engine.faults).toEqual([]);
  }));
