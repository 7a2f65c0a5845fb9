import { Inject, Injectable } from '@nestjs/common';
import type { OrganisationId } from '#kernel';
import { parseMediaKey, type MediaPlace, type NamedFile } from '#media';
import { VIEWS, type ViewStore } from '#view-store';
import { contentOf, fileOf } from './cells.js';
import type { MessageRow } from './messages.projection.js';

/** A stored file with what its message says of it. */
export type FileOfMessage = NamedFile & { readonly place: MediaPlace };

type Row = Pick<MessageRow, 'content' | 'file'>;

/** Finds the files of messages. Another organisation's are not found. */
@Injectable()
export class MessageFiles {
  constructor(@Inject(VIEWS) private readonly views: ViewStore) {}

  /** Null also while it is not here, when its message was taken back, or erased. */
  async find(organisationId: OrganisationId, id: string): Promise<FileOfMessage | null> {
    const [row] = await this.views.query<Row>(
      organisationId,
      'SELECT content, file FROM messages WHERE organisation_id = ? AND message_id = ?',
      [organisationId, id],
    );
    const content = row ? contentOf(row.content) : null;
    const file = row?.file ? fileOf(row.file) : null;
    if (content?.kind !== 'media' || file?.state !== 'STORED') return null;
    const mediaKey = parseMediaKey(file.mediaKey);
    if (mediaKey === null) return null;
    return {
      place: { organisationId, subject: file.subject, mediaKey },
      mimeType: file.mimeType,
      filename: content.filename,
      word: content.media.toLowerCase(),
    };
  }
}
