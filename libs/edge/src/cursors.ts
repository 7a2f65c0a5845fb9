import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { OrganisationId, Position } from '#kernel';

/** The cursor is unknown here: tampered, of another organisation, another list or another log. */
export class CursorExpired extends GraphQLError {
  override readonly name = 'CursorExpired';
  constructor() {
    super('This cursor is no longer known. Read the list again from the start.', {
      extensions: { code: 'CURSOR_EXPIRED' },
    });
  }
}

/** What a list is sorted by, from the first column to the last; the last makes it unique. */
export type SortKey = readonly (string | number | null)[];

export type ListPlace = { readonly sortKey: SortKey; readonly position: Position | null };

type Body = { readonly list: string; readonly position: string; readonly sortKey: SortKey | null };

const MAC_BYTES = 12;
const CURSOR_CHARACTERS_MAX = 1_000;
const CURSOR_FORM = /^[A-Za-z0-9_-]+$/;
const THE_LOG = '';

/**
 * Opaque, signed places in the log or in a list. The organisation and the log's epoch are not in
 * the cursor but in its signature, so that a cursor of anybody or anything else simply does not
 * verify.
 */
export class Cursors {
  private readonly key: Buffer;

  /** `epoch` names the life of the log: a log that was replaced has another. */
  constructor(
    secret: string | Buffer,
    private readonly epoch: string,
  ) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'casement cursors', 32));
  }

  /** A place in the log: for subscriptions, payloads, events and exports. */
  forLog(position: Position, organisation: OrganisationId): string {
    return this.encode({ list: THE_LOG, position, sortKey: null }, organisation);
  }

  /** A row's place in the list `listName`, with the log's position where the list was read. */
  forList(
    sortKey: SortKey,
    organisation: OrganisationId,
    listName: string,
    position: Position | null,
  ): string {
    return this.encode({ list: listName, position: position ?? '', sortKey }, organisation);
  }

  /** The log position of any cursor that has one, a list's too. Throws CursorExpired. */
  readLog(cursor: string, organisation: OrganisationId): Position {
    const { position } = this.decode(cursor, organisation);
    if (position === '') throw new CursorExpired();
    return position as Position;
  }

  /** The place that a cursor of this very list names. Throws CursorExpired for any other cursor. */
  readList(cursor: string, organisation: OrganisationId, listName: string): ListPlace {
    const { list, position, sortKey } = this.decode(cursor, organisation);
    if (list !== listName || sortKey === null) throw new CursorExpired();
    return { sortKey, position: position === '' ? null : (position as Position) };
  }

  private encode({ list, position, sortKey }: Body, organisation: OrganisationId): string {
    const parts = sortKey === null ? [position] : [position, list, ...sortKey];
    const body = Buffer.from(JSON.stringify(parts).slice(1, -1));
    return Buffer.concat([this.mac(body, organisation), body]).toString('base64url');
  }

  private decode(cursor: string, organisation: OrganisationId): Body {
    if (cursor.length > CURSOR_CHARACTERS_MAX || !CURSOR_FORM.test(cursor))
      throw new CursorExpired();
    const bytes = Buffer.from(cursor, 'base64url');
    const body = bytes.subarray(MAC_BYTES);
    const isOurs =
      bytes.length > MAC_BYTES &&
      // A trailing character can spell the same bytes in several ways; one of them is ours.
      bytes.toString('base64url') === cursor &&
      timingSafeEqual(bytes.subarray(0, MAC_BYTES), this.mac(body, organisation));
    if (!isOurs) throw new CursorExpired();
    return bodyOf(body);
  }

  private mac(body: Buffer, organisation: OrganisationId): Buffer {
    const scope = JSON.stringify([this.epoch, organisation]);
    const mac = createHmac('sha256', this.key).update(scope).update('\0').update(body).digest();
    return mac.subarray(0, MAC_BYTES);
  }
}

/** Only ever reads what we signed ourselves. */
const bodyOf = (body: Buffer): Body => {
  const [position, list, ...sortKey] = JSON.parse(`[${body.toString('utf8')}]`) as SortKey;
  return list === undefined
    ? { list: THE_LOG, position: String(position), sortKey: null }
    : { list: String(list), position: String(position), sortKey };
};
