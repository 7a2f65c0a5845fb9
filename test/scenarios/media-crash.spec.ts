import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { fileFacts, newestMedia } from '../harness/files.js';
import { MediaGraph } from '../harness/media-graph.js';
import { delivery, messagesChange } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

/** After the last byte of the file had gone out: into storing it, into writing it down, and beyond. */
const killedAfterMs = [0, 1, 3, 6, 10, 20, 40] as const;
const bytesEach = 3 * 1024 * 1024;

let graph: MediaGraph;
let casement: Casement;

beforeAll(async () => {
  graph = await MediaGraph.listen(bytesEach);
  casement = await Casement.start({ environment: { WHATSAPP_GRAPH_URL: graph.url } });
});
afterAll(async () => {
  await casement.remove();
  await graph.close();
});

const recording = async (from: string, id: string): Promise<void> => {
  const audio = { id, mime_type: 'audio/ogg; codecs=opus', voice: true };
  const timestamp = String(Math.floor(Date.now() / 1000));
  const item = { from, id: `wamid.${id}`, timestamp, type: 'audio', audio };
  const body = delivery([messagesChange(casement.demo.number.phoneNumberId, [item])]);
  expect((await casement.deliver(body)).status).toBe(200);
};

const filesOnDisk = async (): Promise<readonly string[]> => {
  const folder = join(casement.dataDirectory, 'media');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

describe('a process that is killed while it stores a file', () => {
  it.each(killedAfterMs.map((ms, index) => [ms, index] as const))(
    'R118: killed %i ms after the download, it has the file exactly once',
    async (ms, index) => {
      const phone = `44770090075${index}`;
      const id = `4400000000${index}`;
      const killed = new Promise<void>((resolve, reject) => {
        graph.onServed = (served) => {
          if (served !== id) return;
          graph.onServed = () => undefined;
          wait(ms)
            .then(() => casement.kill())
            .then(() => resolve(), reject);
        };
      });
      await recording(phone, id);
      await killed;
      await casement.restart();
      const { conversationId, media } = await newestMedia(
        casement,
        phone,
        ({ state }) => state !== 'PENDING',
      );
      expect(media).toMatchObject({ state: 'STORED', failure: null });
      const stored = await fileFacts(casement, conversationId);
      expect(stored.map(({ type }) => type)).toEqual(['MediaStored']);
      const names = await filesOnDisk();
      expect(names).toHaveLength(index + 1);
      expect(names).toContain(stored[0]?.data.mediaKey);
      const served = await fetch(media.url ?? '');
      const bytes = Buffer.from(await served.arrayBuffer());
      expect(bytes.equals(graph.file(id).bytes)).toBe(true);
      expect(graph.served.get(id)).toBeLessThanOrEqual(2);
    },
  );

  it('was killed at least once before the outcome was written down', () => {
    expect([...graph.served.values()]).toContain(2);
  });
});
