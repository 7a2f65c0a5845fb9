import { describe, expect, it } from '@jest/globals';
import { openEventStoreDb, type EventStore } from '#event-store';
import { describeEventStore } from '#event-store/spec';

const connectionString = process.env['EVENTSTOREDB_URL'] ?? '';

if (connectionString === '')
  describe('a live cluster', () => {
    it('HAS NOT BEEN ASKED: set EVENTSTOREDB_URL to check the contract on one', () => {
      process.stderr.write('\nNo live cluster was checked: EVENTSTOREDB_URL is not set.\n');
      expect(connectionString).toBe('');
    });
  });
else
  describeEventStore('a live cluster', async () => {
    const opened = [await openEventStoreDb({ connectionString })];
    const [{ store }] = opened as [(typeof opened)[number]];
    const reopen = async (): Promise<EventStore> => {
      await store.close();
      const again = await openEventStoreDb({ connectionString });
      opened.push(again);
      return again.store;
    };
    const cleanup = async (): Promise<void> => {
      for (const { close } of opened) await close();
    };
    return { store, reopen, cleanup };
  });
