import {
  commandId,
  eventId,
  instant,
  organisationId,
  type DomainEvent,
  type Projection,
} from '#kernel';
import {
  createEventLog,
  createMemoryEventStore,
  createMemoryKeyRing,
  event,
  type EventLog,
} from '#event-store';
import { canonicalJson } from '../canonical-json.js';
import type { ReadModel } from '../port.js';

/** A small business of notes, with every kind of row that a projection can make of facts. */
export type NoteFact =
  | {
      readonly type: 'NoteWritten';
      readonly data: { readonly author: string; readonly text: string };
    }
  | { readonly type: 'NoteLiked'; readonly data: { readonly by: string } }
  | { readonly type: 'NoteRemoved'; readonly data: Record<string, never> };
export type SampleFact = { readonly stream: string; readonly fact: NoteFact };
type NoteEvent = DomainEvent & NoteFact;

/** A text that the notes projection cannot fold. */
export const poison = 'poison';
/** A liker for whom the likers projection cannot even say whose row it is. */
export const nobody = '';

/** One row per note: remembers the order of everything, is deleted and comes back. */
export const notesProjection: Projection<NoteEvent> = {
  kind: 'projection',
  name: 'notes',
  version: 1,
  streams: ['note-'],
  types: ['NoteWritten', 'NoteLiked', 'NoteRemoved'],
  table: {
    name: 'notes',
    columns: { note: 'text', text: 'text?', likes: 'integer', history: 'json' },
    key: 'note',
    indexes: [['likes', 'note']],
  },
  keys: ({ stream }) => [stream],
  project: (row, { data, type }, note) => {
    if (type === 'NoteRemoved') return undefined;
    if (type === 'NoteLiked')
      return row && { ...row, likes: Number(row['likes']) + 1, history: grown(row['history']) };
    if (data.text === poison) throw new TypeError('this note cannot be read');
    return { note, text: data.text, likes: 0, history: grown(row?.['history'], data.text) };
  },
};

const historyLengthMax = 200;
const grown = (history: unknown, text = 'liked'): string => {
  const before: unknown = JSON.parse(typeof history === 'string' ? history : '[]');
  const texts = Array.isArray(before) ? before.map(String) : [];
  return canonicalJson([...texts, text].slice(-historyLengthMax));
};

/** One row per author, over all streams, so that the order between streams shows. */
export const authorsProjection: Projection<NoteEvent> = {
  kind: 'projection',
  name: 'authors',
  version: 1,
  streams: ['note-'],
  types: ['NoteWritten'],
  table: {
    name: 'authors',
    columns: { author: 'text', notes: 'integer', latest_text: 'text', latest_stream: 'text' },
    key: 'author',
    indexes: [['latest_stream']],
  },
  keys: ({ data, type }) => (type === 'NoteWritten' ? [data.author] : []),
  project: (row, { data, stream, type }, author) =>
    type === 'NoteWritten'
      ? {
          author,
          notes: Number(row?.['notes'] ?? 0) + 1,
          // The length of what was read back: only equal if memory and database keep the same text.
          latest_text: `${String(row?.['latest_text'] ?? '').length}:${data.text}`,
          latest_stream: stream,
        }
      : row,
};

/** Two rows by one fact: who likes, and the total. */
export const likersProjection: Projection<NoteEvent> = {
  kind: 'projection',
  name: 'likers',
  version: 1,
  streams: ['note-'],
  types: ['NoteLiked'],
  table: {
    name: 'likers',
    columns: { liker: 'text', likes: 'integer' },
    key: 'liker',
    indexes: [],
  },
  keys: ({ data, type }) => {
    if (type !== 'NoteLiked') return [];
    if (data.by === nobody) throw new Error('nobody likes a note');
    return [data.by, 'everybody', data.by];
  },
  project: (row, _, liker) => ({ liker, likes: Number(row?.['likes'] ?? 0) + 1 }),
};

/** One row per fact: what happened, in order. */
export const journalProjection: Projection<NoteEvent> = {
  kind: 'projection',
  name: 'journal',
  version: 1,
  streams: ['note-'],
  types: ['NoteWritten', 'NoteLiked', 'NoteRemoved'],
  table: {
    name: 'journal',
    columns: { position: 'text', stream: 'text', type: 'text' },
    key: 'position',
    indexes: [['stream', 'position']],
  },
  rowPerFact: true,
  keys: ({ position }) => [position],
  project: (_, { position, stream, type }) => ({ position, stream, type }),
};

export const sampleReadModel: ReadModel = {
  projections: [notesProjection, authorsProjection, likersProjection, journalProjection],
};

const catalogue = { NoteWritten: event(), NoteLiked: event(), NoteRemoved: event() };
const origin = Date.UTC(2024, 0, 1);

/** A log in memory, and a way to put facts on it one by one. */
export const sampleLog = (): { readonly log: EventLog; readonly record: Recording } => {
  const store = createMemoryEventStore({ clock: () => origin });
  const log = createEventLog({ store, keys: createMemoryKeyRing(), catalogues: [catalogue] });
  let recorded = 0;
  const record: Recording = async (facts) => {
    for (const { stream, fact } of facts) {
      recorded += 1;
      await log.append(stream, 'any', [factToRecord(fact, recorded)]);
    }
  };
  return { log, record };
};
type Recording = (facts: readonly SampleFact[]) => Promise<void>;

const factToRecord = (fact: NoteFact, place: number) => {
  const at = instant(origin + place);
  return {
    ...fact,
    at,
    id: eventId(`00000000-0000-4000-8000-${String(place).padStart(12, '0')}`),
    metadata: {
      organisationId: organisationId('acme'),
      recordedAt: at,
      actor: { kind: 'system', id: 'sample' } as const,
      capability: null,
      commandId: commandId(`command-${place}`),
      correlationId: 'sample',
      causationId: null,
      subject: null,
      basis: [],
    },
  };
};

/** A history of `length` facts that is the same each time: mostly likes, over `notes` notes. */
export const sampleHistory = (length: number, notes: number): readonly SampleFact[] =>
  Array.from({ length }, (_, n) => {
    const stream = `note-${(n * 7919) % notes}`;
    const data = { author: `author-${n % 7}`, text: `text ${n}` };
    if (n % 97 === 96) return { stream, fact: { type: 'NoteRemoved', data: {} } };
    if (n < notes || n % 5 === 0) return { stream, fact: { type: 'NoteWritten', data } };
    return { stream, fact: { type: 'NoteLiked', data: { by: `liker-${n % 300}` } } };
  });
