import { describe, expect, it } from '@jest/globals';
import { contentDisposition, fileNameOf } from './disposition.js';
import { readRange } from './range.js';

describe('a part of a file', () => {
  it.each([
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=0-99', { first: 0, last: 99 }],
    ['bytes=0-100', { first: 0, last: 99 }],
    ['bytes=99-', { first: 99, last: 99 }],
    ['bytes=-1', { first: 99, last: 99 }],
    ['bytes=-1000', { first: 0, last: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=100-200', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=2-1', null],
    ['bytes=-', null],
    ['bytes=0-1,3-4', null],
    ['bytes=a-b', null],
    ['items=0-1', null],
    ['bytes=0-99999999999999999999', null],
    [undefined, null],
  ] as const)('%s of 100 bytes', (header, range) => {
    expect(readRange(header, 100)).toEqual(range);
  });
});

describe('the name of a file', () => {
  const image = { mimeType: 'image/jpeg', word: 'image' };
  const pdf = { mimeType: 'application/pdf', word: 'document' };

  it('S34: ends as the type does, whatever it was called', () => {
    expect(fileNameOf({ ...pdf, filename: 'invoice.pdf' })).toBe('invoice.pdf');
    expect(fileNameOf({ ...pdf, filename: 'invoice.PDF' })).toBe('invoice.PDF');
    expect(fileNameOf({ ...pdf, filename: 'invoice.pdf.exe' })).toBe('invoice.pdf.exe.pdf');
    expect(fileNameOf({ ...image, filename: null })).toBe('image.jpg');
    expect(fileNameOf({ ...image, filename: 'holiday.jpeg' })).toBe('holiday.jpeg');
    const unknown = { mimeType: 'application/octet-stream', word: 'document' };
    expect(fileNameOf({ ...unknown, filename: 'setup.exe' })).toBe('setup.exe');
  });

  it('S34: leads to no other folder, hides nothing, and is not endless', () => {
    expect(fileNameOf({ ...pdf, filename: '../../etc/passwd' })).toBe('etc passwd.pdf');
    expect(fileNameOf({ ...pdf, filename: 'C:\\a\\b.pdf' })).toBe('C a b.pdf');
    expect(fileNameOf({ ...pdf, filename: 'a\r\nset-cookie: x' })).toBe('a set-cookie x.pdf');
    expect(fileNameOf({ ...pdf, filename: 'exe\u202efdp.' })).toBe('exe fdp.pdf');
    expect(fileNameOf({ ...pdf, filename: ' ... ' })).toBe('document.pdf');
    expect(fileNameOf({ ...pdf, filename: 'é'.repeat(500) }).length).toBeLessThan(150);
  });

  it('is written as RFC 6266 says: for old readers, and for all', () => {
    expect(contentDisposition({ ...pdf, filename: 'Rëchnung "1" (50%).pdf' }, false)).toBe(
      `attachment; filename="R_chnung 1 (50_).pdf"; ` +
        `filename*=UTF-8''R%C3%ABchnung%201%20%2850%25%29.pdf`,
    );
    for (const filename of ['😀.pdf', '\ud800.pdf', "it's*.pdf"])
      expect(contentDisposition({ ...pdf, filename }, false)).toMatch(
        /^attachment; filename="[ -~]*"; filename\*=UTF-8''[\w.%~-]*$/,
      );
  });

  it('S34: only pictures, recordings and films are shown, and those may be saved', () => {
    const how = (mimeType: string, isDownload = false): string | undefined =>
      contentDisposition({ mimeType, filename: null, word: 'file' }, isDownload).split(';')[0];
    for (const mimeType of ['image/jpeg', 'image/webp', 'audio/ogg', 'video/mp4']) {
      expect(how(mimeType)).toBe('inline');
      expect(how(mimeType, true)).toBe('attachment');
    }
    const saved = ['application/pdf', 'text/plain', 'text/html', 'image/svg+xml', 'text/csv'];
    for (const mimeType of [...saved, 'application/octet-stream', 'toString'])
      expect(how(mimeType)).toBe('attachment');
  });
});
