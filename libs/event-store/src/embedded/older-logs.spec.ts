import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { StreamDeleted } from '../port.js';
import { aDirectory } from '../spec/data-directory.js';
import { anEvent, collected, errorOf, idsOf, someEvents } from '../spec/driver.js';

describe('a log from before streams could be deleted', () => {
  it('is read as it is, and keeps deletions once it is opened for writing', async () => {
    const { directory, open, cleanup } = await aDirectory();
    const events = someEvents(3);
    const first = await open();
    await first.store.append('s-1', 'no-stream', events);
    await first.store.setStreamMetadata('s-1', { maxCount: 2 });
    await first.close();
    const file = new Database(join(directory, 'log.db'));
    file.exec('ALTER TABLE streams DROP COLUMN deletion');
    file.close();

    const beside = await open({ readOnly: true });
    const read = await collected(beside.store.readStream('s-1', { direction: 'forwards' }));
    expect(idsOf(read)).toEqual(idsOf(events.slice(1)));
    expect(await beside.store.getStreamMetadata('s-1')).toEqual({ maxCount: 2 });
    await beside.close();

    const owner = await open();
    expect(await owner.store.append('s-1', 2n, [anEvent()])).toMatchObject({ revision: 3n });
    await owner.store.deleteStream('s-1', 'soft');
    await owner.store.append('s-2', 'no-stream', [anEvent()]);
    await owner.store.deleteStream('s-2', 'tombstone');
    await owner.close();

    const again = await open();
    expect(await again.store.append('s-1', 'no-stream', [anEvent()])).toMatchObject({
      revision: 4n,
    });
    const append = again.store.append('s-2', 'any', [anEvent()]);
    expect(await errorOf(append)).toBeInstanceOf(StreamDeleted);
    await cleanup();
  });
});
