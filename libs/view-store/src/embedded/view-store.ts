import type { ReadModel } from '../port.js';
import { fingerprint, tablesOf } from '../read-model.js';
import { asPosition } from '../followers/positions.js';
import { DatabaseViewStore } from '../database/view-store.js';
import type { OpenViews, ViewsFileReaderCalls, ViewsFileWriterCalls } from './calls.js';
import { Thread } from './thread.js';

export type OpenViewStore = {
  readonly file: string;
  readonly readModel: ReadModel;
  readonly mode: OpenViews['mode'];
};

/** One file of views behind two threads: one writes, one reads beside it. */
export class EmbeddedViewStore extends DatabaseViewStore {
  /** Throws OtherFingerprint when the file holds the views of another read model. */
  static async open({ file, readModel, mode }: OpenViewStore): Promise<EmbeddedViewStore> {
    const tables = tablesOf(readModel);
    const writer = new Thread<ViewsFileWriterCalls>('views-writer');
    // Nobody reads through this one what is being built.
    const reader = mode === 'live' ? new Thread<ViewsFileReaderCalls>('views-reader') : null;
    try {
      const { position } = await writer.call('open', {
        file,
        mode,
        fingerprint: fingerprint(readModel),
        tables: [...tables.values()],
      });
      await reader?.call('open', { file, beside: false });
      return new EmbeddedViewStore({ writer, reader, tables, position: asPosition(position) });
    } catch (error) {
      await Promise.all([writer.close(), reader?.close()]);
      throw error;
    }
  }
}
