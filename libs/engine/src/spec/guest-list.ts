import {
  commandId,
  instant,
  organisationId,
  reject,
  type CommandContext,
  type Decider,
  type DomainEvent,
  type Rejection,
} from '#kernel';
import { event, type EventCatalogue } from '#event-store';

/** The smallest decider that shows everything: names are entered once each, up to a limit. */
export type Entered = DomainEvent<'NameEntered', { readonly name: string; readonly dueMs: number }>;
export type Left = DomainEvent<'NameLeft', { readonly name: string }>;
export type Guest = Entered | Left;
export type GuestList = { readonly names: readonly string[] };
export type Enter = {
  readonly name: string;
  readonly count?: number;
  readonly dueMs?: number;
  readonly leaves?: boolean;
};

export const GUESTS_MAX = 1_000;

export const guestCatalogue: EventCatalogue<Guest> = { NameEntered: event(), NameLeft: event() };

export const guestList: Decider<GuestList, Enter, Guest, Rejection<'ListFull'>> = {
  name: 'guests',
  initial: { names: [] },
  decide: ({ names }, { name, count = 1, dueMs = 0, leaves = false }) => {
    if (name === 'poison') throw new Error('cannot be decided');
    const at = instant(0);
    if (leaves) return names.includes(name) ? [{ type: 'NameLeft', at, data: { name } }] : [];
    if (names.includes(name)) return [];
    if (names.length >= GUESTS_MAX || name === 'unwelcome') return reject('ListFull');
    return Array.from({ length: count }, (_, index) => ({
      type: 'NameEntered' as const,
      at,
      data: { name: index === 0 ? name : `${name}+${index}`, dueMs },
    }));
  },
  evolve: ({ names }, { type, data }) => ({
    names: type === 'NameLeft' ? names.filter((name) => name !== data.name) : [...names, data.name],
  }),
};

/** Who wished for it, in specs that do not care; `id` is the command's. */
export const contextFor = (id: string): CommandContext => ({
  commandId: commandId(id),
  correlationId: `correlation-${id}`,
  causationId: null,
  organisationId: organisationId('acme'),
  actor: { kind: 'system', id: 'spec' },
  capability: null,
  at: instant(0),
  subject: null,
  basis: [],
});
