import { describe, expect, it } from '@jest/globals';
import type { LocationContent } from './content.js';
import { interactiveFault, locationFault, placeWordsLengthMax } from './content-fault.js';
import type { InteractiveAction, InteractiveContent, ListSection } from './interactive.js';

const extras = {};
const said = (action: InteractiveAction, more: Partial<InteractiveContent> = {}) =>
  interactiveFault({
    kind: 'interactive',
    header: null,
    body: 'When?',
    footer: null,
    action,
    extras,
    ...more,
  });
const some = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const button = (index: number, title = `At ${index}`) => ({ id: `at-${index}`, title });
const buttons = (count: number): InteractiveAction => ({
  kind: 'buttons',
  buttons: some(count, (index) => button(index)),
});
const row = (index: number) => ({ id: `row-${index}`, title: `Row ${index}`, description: null });
const list = (sections: readonly ListSection[], named = 'Choose'): InteractiveAction => ({
  kind: 'list',
  button: named,
  sections,
});
const section = (title: string | null, from: number, count: number): ListSection => ({
  title,
  rows: some(count, (index) => row(from + index)),
});
const url = (address: string, text = 'Look'): InteractiveAction => ({
  kind: 'url',
  text,
  url: address,
});
const tooLong = (field: string, limit: number) => ({
  field,
  fault: 'too_long',
  limit,
  actual: limit + 1,
});
/** Cars: each is one character, though a computer counts two. */
const cars = (count: number): string => '🚗'.repeat(count);

describe('reply buttons', () => {
  it('R124: are one to three', () => {
    expect(said(buttons(1))).toBeNull();
    expect(said(buttons(3))).toBeNull();
    expect(said(buttons(4))).toEqual({
      field: 'interactive.buttons',
      fault: 'too_many',
      limit: 3,
      actual: 4,
    });
    expect(said(buttons(0))).toMatchObject({ field: 'interactive.buttons', fault: 'empty' });
  });

  it('R124, Q06: have titles of at most 20 code points, and ids of at most 256', () => {
    const titled = (title: string, id = 'a'): InteractiveAction => ({
      kind: 'buttons',
      buttons: [{ id, title }],
    });
    expect(said(titled(cars(20)))).toBeNull();
    expect(said(titled(cars(21)))).toEqual(tooLong('interactive.buttons.0.title', 20));
    expect(said(titled('Yes', 'a'.repeat(256)))).toBeNull();
    expect(said(titled('Yes', 'a'.repeat(257)))).toEqual(tooLong('interactive.buttons.0.id', 256));
    expect(said(titled(' \u200b'))).toMatchObject({ fault: 'empty' });
  });

  it('differ in id and title', () => {
    for (const two of [button(0, 'Yes'), { id: 'other', title: 'At 0' }])
      expect(said({ kind: 'buttons', buttons: [button(0), two] })).toMatchObject({
        field: 'interactive.buttons',
        fault: 'repeated',
      });
  });
});

describe('a list', () => {
  it('R125: has at most ten rows in all, and ten sections', () => {
    expect(said(list([section(null, 0, 10)]))).toBeNull();
    expect(said(list([section('A', 0, 5), section('B', 5, 5)]))).toBeNull();
    expect(said(list([section('A', 0, 5), section('B', 5, 6)]))).toEqual({
      field: 'interactive.list.sections.rows',
      fault: 'too_many',
      limit: 10,
      actual: 11,
    });
    expect(said(list(some(11, (index) => section('A', index, 1))))).toMatchObject({
      field: 'interactive.list.sections',
      limit: 10,
      actual: 11,
    });
    expect(said(list([]))).toMatchObject({ fault: 'empty' });
    expect(said(list([section('A', 0, 1), section('B', 1, 0)]))).toMatchObject({
      field: 'interactive.list.sections.1.rows',
      fault: 'empty',
    });
  });

  it('names its sections as soon as there are two', () => {
    expect(said(list([section('A', 0, 1), section(null, 1, 1)]))).toMatchObject({
      field: 'interactive.list.sections.1.title',
      fault: 'empty',
    });
    expect(said(list([section(cars(25), 0, 1)]))).toEqual(
      tooLong('interactive.list.sections.0.title', 24),
    );
  });

  it.each([
    ['title', 24],
    ['id', 200],
    ['description', 72],
  ] as const)('has rows whose %s is at most %i characters long', (name, limit) => {
    const one = (length: number) =>
      said(list([{ title: null, rows: [{ ...row(0), [name]: cars(length) }] }]));
    expect(one(limit)).toBeNull();
    expect(one(limit + 1)).toEqual(tooLong(`interactive.list.sections.0.rows.0.${name}`, limit));
  });

  it('has a button of at most 20 characters, and rows with ids of their own', () => {
    expect(said(list([section(null, 0, 1)], cars(21)))).toEqual(
      tooLong('interactive.list.button', 20),
    );
    const twice = list([section('A', 0, 1), section('B', 0, 1)]);
    expect(said(twice)).toMatchObject({ fault: 'repeated' });
  });
});

describe('a button that opens a page', () => {
  it('R126: has words and the address of a page', () => {
    expect(said(url('https://acme.test/a?b=c'))).toBeNull();
    expect(said(url('https://acme.test', cars(21)))).toEqual(
      tooLong('interactive.urlButton.text', 20),
    );
    for (const wrong of ['acme.test', 'ftp://acme.test', 'https://', 'https://a b', 'javascript:1'])
      expect(said(url(wrong))).toMatchObject({
        field: 'interactive.urlButton.url',
        fault: 'no_web_address',
      });
  });
});

describe('what stands around it', () => {
  it.each([
    ['body', 'interactive.body', 1_024],
    ['header', 'interactive.header.text', 60],
    ['footer', 'interactive.footer', 60],
  ] as const)('R124–R126: %s is at most so long', (name, field, limit) => {
    for (const action of [buttons(1), list([section(null, 0, 1)]), url('https://acme.test')]) {
      expect(said(action, { [name]: cars(limit) })).toBeNull();
      expect(said(action, { [name]: cars(limit + 1) })).toEqual(tooLong(field, limit));
      expect(said(action, { [name]: '' })).toMatchObject({ field, fault: 'empty' });
      expect(said(action, { [name]: 'a\0' })).toMatchObject({ field, fault: 'unwritable' });
    }
  });
});

describe('a place', () => {
  const place = (told: Partial<LocationContent>) =>
    locationFault({
      kind: 'location',
      latitude: 0,
      longitude: 0,
      name: null,
      address: null,
      url: null,
      extras,
      ...told,
    });

  it('R120: is somewhere on earth', () => {
    expect(place({ latitude: -90, longitude: 180 })).toBeNull();
    expect(place({ latitude: 90.001 })).toMatchObject({
      field: 'location.latitude',
      fault: 'out_of_range',
      limit: 90,
    });
    expect(place({ longitude: -180.001 })).toMatchObject({ field: 'location.longitude' });
  });

  it('may have words, which are not endless', () => {
    expect(place({ name: 'AcmeMotors', address: '1 High Street' })).toBeNull();
    const long = 'a'.repeat(placeWordsLengthMax + 1);
    expect(place({ address: long })).toEqual(tooLong('location.address', placeWordsLengthMax));
    expect(place({ name: '' })).toMatchObject({ field: 'location.name', fault: 'empty' });
  });
});
