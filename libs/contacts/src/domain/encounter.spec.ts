import { describe, expect, it } from '@jest/globals';
import { ERASED, contactId, instant, numberId } from '#kernel';
import type { Address } from './addresses.js';
import { contactDecider } from './contact.js';
import { formerOwner, readEncounter, type Claim, type Known } from './encounter.js';
import type { ContactEvent } from './events.js';

const number = numberId('number1');
const x: Address = { kind: 'bsuid', address: 'GB.1' };
const y: Address = { kind: 'bsuid', address: 'GB.2' };
const waId: Address = { kind: 'wa_id', address: '447700900281' };
const phone: Address = { kind: 'phone', address: '+447700900281' };
const newWaId: Address = { kind: 'wa_id', address: '447700900999' };

type Told = readonly (Address & { readonly ms?: number; readonly at?: string })[];

/** A contact met at `metMs` who was told to have these addresses. */
const person = (name: string, metMs: number, told: Told): Known => {
  const facts: readonly ContactEvent[] = [
    { type: 'ContactMet', at: instant(metMs), data: { contactId: contactId(name) } },
    ...told.map(({ kind, address, ms = metMs, at = 'number1' }): ContactEvent => ({
      type: 'ContactAddressLearned',
      at: instant(ms),
      data: { kind, address, numberId: numberId(at) },
    })),
  ];
  const state = facts.reduce(contactDecider.evolve, contactDecider.initial);
  return { contactId: contactId(name), state };
};

const claim = (address: Address, owner: Known | null = null): Claim => ({
  ...address,
  owner,
  holder: owner?.contactId ?? null,
  unfinished: null,
  isPast: false,
});
const read = (claims: readonly Claim[], ms = 100, formerly: Known | null = null) =>
  readEncounter(claims, { numberId: number, toldAt: instant(ms) }, formerly);
const whoIn = (reading: ReturnType<typeof read>) => {
  if (reading.kind === 'person')
    return {
      is: reading.known?.contactId ?? null,
      takes: reading.taken.map(({ kind, from }) => [kind, from.contactId]),
    };
  return reading.kind === 'one'
    ? { survives: reading.survivor.contactId, goes: reading.absorbed.contactId }
    : reading.kind;
};

describe('who shows up under some addresses', () => {
  it('is somebody new when nobody has any of them', () => {
    expect(whoIn(read([claim(x), claim(waId)]))).toEqual({ is: null, takes: [] });
  });

  it('Q17: is whoever has the BSUID, who may get a phone later', () => {
    const ann = person('ann', 1, [x]);
    expect(whoIn(read([claim(x, ann), claim(waId), claim(phone)]))).toEqual({
      is: 'ann',
      takes: [],
    });
  });

  it('Q17: is whoever has the number, as long as no other BSUID is known of them', () => {
    const bob = person('bob', 1, [waId, phone]);
    expect(whoIn(read([claim(x), claim(waId, bob), claim(phone, bob)]))).toEqual({
      is: 'bob',
      takes: [],
    });
  });

  it('Q17: is somebody new when the number’s contact has another BSUID: it was given away', () => {
    const bob = person('bob', 1, [y, waId, phone]);
    expect(whoIn(read([claim(x), claim(waId, bob), claim(phone, bob)]))).toEqual({
      is: null,
      takes: [
        ['wa_id', 'bob'],
        ['phone', 'bob'],
      ],
    });
  });

  it('C05: a BSUID of another business number says nothing against it', () => {
    const bob = person('bob', 1, [{ ...y, at: 'number2' }, waId]);
    expect(whoIn(read([claim(x), claim(waId, bob)]))).toEqual({ is: 'bob', takes: [] });
  });

  it('an erased BSUID is not compared', () => {
    const bob = person('bob', 1, [waId]);
    const erased: ContactEvent = {
      type: 'ContactAddressLearned',
      at: instant(2),
      data: { kind: 'bsuid', address: ERASED, numberId: number },
    };
    const state = contactDecider.evolve(bob.state as never, erased);
    expect(whoIn(read([claim(x), claim(waId, { ...bob, state })]))).toEqual({
      is: 'bob',
      takes: [],
    });
  });

  it('Q17: one known by BSUID and one known by number are one, if nothing says otherwise', () => {
    const ann = person('ann', 5, [x]);
    const bob = person('bob', 3, [waId, phone]);
    const claims = [claim(x, ann), claim(waId, bob), claim(phone, bob)];
    expect(whoIn(read(claims))).toEqual({ survives: 'bob', goes: 'ann' });
    const earlier = person('ann', 2, [x]);
    expect(whoIn(read([claim(x, earlier), claim(waId, bob)]))).toEqual({
      survives: 'ann',
      goes: 'bob',
    });
  });

  it('two who were met at the same instant come in the order of their ids', () => {
    const [ann, bob] = [person('ann', 3, [x]), person('bob', 3, [waId])];
    expect(whoIn(read([claim(x, ann), claim(waId, bob)]))).toMatchObject({ survives: 'ann' });
  });

  it('Q17: whoever has another number or BSUID is another person: their number has moved', () => {
    const ann = person('ann', 1, [x, newWaId]);
    const bob = person('bob', 2, [waId]);
    expect(whoIn(read([claim(x, ann), claim(waId, bob)]))).toEqual({
      is: 'ann',
      takes: [['wa_id', 'bob']],
    });
    const cleo = person('cleo', 2, [y, waId]);
    expect(whoIn(read([claim(x, person('ann', 1, [x])), claim(waId, cleo)]))).toEqual({
      is: 'ann',
      takes: [['wa_id', 'cleo']],
    });
  });

  it('two ways of writing one number are no contradiction', () => {
    const ann = person('ann', 1, [x, { kind: 'wa_id', address: '551187654321' }, phone]);
    const bob = person('bob', 2, [{ kind: 'wa_id', address: '5511987654321' }, phone]);
    const told = claim({ kind: 'wa_id', address: '5511987654321' }, bob);
    expect(whoIn(read([claim(x, ann), told]))).toEqual({ survives: 'ann', goes: 'bob' });
  });

  it('what was told before the number went to its holder takes nothing from them', () => {
    const ann = person('ann', 1, [x, newWaId]);
    const bob = person('bob', 1, [{ ...waId, ms: 50 }]);
    const claims = [claim(x, ann), claim(waId, bob)];
    expect(whoIn(read(claims, 49))).toEqual({ is: 'ann', takes: [] });
    expect(whoIn(read(claims, 50))).toEqual({ is: 'ann', takes: [['wa_id', 'bob']] });
  });

  it('Q17: one message that names both says that they are one, however late it comes', () => {
    const claims = [claim(x, person('ann', 1, [x])), claim(waId, person('bob', 50, [waId]))];
    expect(whoIn(read(claims, 35))).toEqual({ survives: 'ann', goes: 'bob' });
  });

  it('Q17: what a former holder wrote in their time is theirs, and teaches nothing', () => {
    const past = { ...claim(waId, person('ann', 1, [newWaId])), isPast: true };
    const reading = read([past], 10);
    expect(whoIn(reading)).toEqual({ is: 'ann', takes: [] });
    expect(reading).toMatchObject({ own: [] });
    const stranger = person('bob', 40, [phone]);
    expect(whoIn(read([past, { ...claim(phone, stranger), isPast: true }], 10))).toMatchObject({
      is: 'ann',
    });
  });

  it('has to wait while somebody else is about to be met under one of the addresses', () => {
    const nobody = { contactId: contactId('bob'), state: contactDecider.initial };
    expect(whoIn(read([claim(newWaId, nobody)], 100, person('ann', 1, [waId])))).toBe('conflict');
    expect(whoIn(read([claim(x, nobody), claim(waId)]))).toEqual({ is: 'bob', takes: [] });
  });

  it('P2: two whose merger has been begun are one, until it is finished', () => {
    const [ann, bob] = [person('ann', 1, [x]), person('bob', 2, [waId])];
    const begun = { ...claim(waId, ann), holder: bob.contactId, unfinished: bob };
    expect(whoIn(read([begun]))).toEqual({ survives: 'ann', goes: 'bob' });
  });

  it('is never guessed without a BSUID: a phone here, a wa_id there, and they disagree', () => {
    const ann = person('ann', 1, [waId]);
    const bob = person('bob', 1, [newWaId, { kind: 'phone', address: '+447700900999' }]);
    const claims = [claim(waId, ann), claim({ kind: 'phone', address: '+447700900999' }, bob)];
    expect(whoIn(read(claims))).toBe('conflict');
    const silent = person('cleo', 2, [phone]);
    expect(whoIn(read([claim(waId, ann), claim(phone, silent)]))).toEqual({
      survives: 'ann',
      goes: 'cleo',
    });
  });
});

describe('a customer of whom a change is told', () => {
  const ann = person('ann', 1, [waId, phone]);

  it('Q17: has the new number from now on, whoever had it before', () => {
    expect(whoIn(read([claim(newWaId)], 100, ann))).toEqual({ is: 'ann', takes: [] });
    const before = person('bob', 1, [{ ...newWaId, ms: 99 }]);
    expect(whoIn(read([claim(newWaId, before)], 100, ann))).toEqual({
      is: 'ann',
      takes: [['wa_id', 'bob']],
    });
  });

  it('Q17: is one with whoever wrote from the new number since', () => {
    for (const since of [100, 130])
      expect(whoIn(read([claim(newWaId, person('bob', since, [newWaId]))], 100, ann))).toEqual({
        survives: 'ann',
        goes: 'bob',
      });
  });

  it('Q17: is one with whoever has the new BSUID, whenever they got it', () => {
    const known = person('ann', 1, [x, waId]);
    const other = person('bob', 0, [y]);
    expect(whoIn(read([claim(y, other)], 100, known))).toEqual({ survives: 'bob', goes: 'ann' });
  });

  it('is whoever had the former address then, not whoever has it since', () => {
    const told = { numberId: number, toldAt: instant(100) };
    expect(formerOwner([claim(waId, ann)], told)?.contactId).toBe('ann');
    const later = person('bob', 101, [waId]);
    expect(formerOwner([claim(waId, later)], told)).toBeNull();
    expect(formerOwner([claim(x), claim(waId, ann)], told)?.contactId).toBe('ann');
    expect(formerOwner([claim(x)], told)).toBeNull();
  });
});
