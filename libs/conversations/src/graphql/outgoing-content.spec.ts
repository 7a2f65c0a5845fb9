import { describe, expect, it } from '@jest/globals';
import { outgoingContent, type Said } from './outgoing-content.js';

const refusalOf = (said: Said) => {
  const outgoing = outgoingContent(said);
  return outgoing.kind === 'refused' ? outgoing.refusal : null;
};
const contentOf = (said: Said) => {
  const outgoing = outgoingContent(said);
  return outgoing.kind === 'content' ? outgoing.content : null;
};
const yes = { id: 'yes', title: 'Yes' };
const here = { latitude: 51.5, longitude: -0.12 };
const invalid = { __typename: 'InvalidContentRefusal', code: 'CONTENT_INVALID' };

describe('what a writer wants to say', () => {
  it('is one thing: words, a choice or a place', () => {
    expect(contentOf({ text: 'Hi', interactive: null, location: null })).toMatchObject({
      kind: 'text',
    });
    expect(refusalOf({ text: 'Hi', location: here })).toMatchObject({
      ...invalid,
      field: 'location',
    });
    const both = { interactive: { body: 'So?', buttons: [yes] }, location: here };
    expect(refusalOf(both)).toMatchObject({ ...invalid, field: 'location' });
    for (const nothing of [{}, { text: null }, { text: '' }])
      expect(refusalOf(nothing)).toMatchObject({ ...invalid, field: 'text' });
  });

  it('R112: is too long as words, and says how much', () => {
    expect(refusalOf({ text: 'é'.repeat(4_097) })).toMatchObject({
      code: 'CONTENT_TOO_LARGE',
      field: 'text',
      limit: 4_096,
      actual: 4_097,
    });
  });

  it('R120: is a place, with what is known of it', () => {
    expect(contentOf({ location: { ...here, name: 'AcmeMotors' } })).toEqual({
      kind: 'location',
      ...here,
      name: 'AcmeMotors',
      address: null,
      url: null,
      extras: {},
    });
    expect(refusalOf({ location: { ...here, latitude: 91 } })).toMatchObject({
      ...invalid,
      field: 'location.latitude',
      limit: 90,
    });
  });

  it('R124, R125, R126: is a choice, of one kind', () => {
    const list = { button: 'Choose', sections: [{ rows: [{ id: 'a', title: 'A' }] }] };
    const urlButton = { text: 'Look', url: 'https://acme.test' };
    expect(contentOf({ interactive: { body: 'So?', buttons: [yes] } })).toMatchObject({
      header: null,
      footer: null,
      action: { kind: 'buttons', buttons: [yes] },
    });
    expect(contentOf({ interactive: { body: 'So?', header: { text: 'H' }, list } })).toMatchObject({
      header: 'H',
      action: {
        kind: 'list',
        sections: [{ title: null, rows: [{ id: 'a', title: 'A', description: null }] }],
      },
    });
    expect(contentOf({ interactive: { body: 'So?', footer: 'F', urlButton } })).toMatchObject({
      footer: 'F',
      action: { kind: 'url', ...urlButton },
    });
    for (const more of [{}, { buttons: [yes], list }, { list, urlButton }])
      expect(refusalOf({ interactive: { body: 'So?', ...more } })).toMatchObject({
        ...invalid,
        field: 'interactive',
      });
  });

  it.each([
    [{ buttons: [yes, yes] }, 'Two of interactive.buttons are the same.'],
    [{ buttons: [] }, 'Fill in interactive.buttons'],
    [{ buttons: [1, 2, 3, 4].map((id) => ({ id: `${id}`, title: `${id}` })) }, 'at most 3'],
    [{ buttons: [{ id: 'a', title: 'a'.repeat(21) }] }, 'has 21 characters'],
    [{ buttons: [{ id: 'a', title: 'a\0' }] }, 'characters that cannot be sent'],
    [{ urlButton: { text: 'Look', url: 'acme' } }, 'Begin it with https://'],
  ])('says what to do about %j', (more, words) => {
    expect(refusalOf({ interactive: { body: 'So?', ...more } })).toMatchObject({
      ...invalid,
      message: expect.stringContaining(words),
    });
  });
});
