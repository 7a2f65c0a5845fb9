/** The first bytes of files, by the type that they have. */
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const isoMedia = (brand: string): Buffer => latin(`\0\0\0\x18ftyp${brand}\0\0\0\0`);

export const beginnings: { readonly [mimeType: string]: Buffer } = {
  'image/jpeg': latin('\xff\xd8\xff\xe0\0\x10JFIF\0'),
  'image/png': latin('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'),
  'image/gif': latin('GIF89a\x01\0\x01\0'),
  'image/webp': latin('RIFF\x1a\0\0\0WEBPVP8L'),
  'audio/ogg': latin('OggS\0\x02\0\0\0\0\0\0\0\0'),
  'audio/mpeg': latin('ID3\x03\0\0\0\0\0\0'),
  'audio/aac': latin('\xff\xf1\x50\x80\x2e\x7f\xfc'),
  'audio/amr': latin('#!AMR\n\x3c'),
  'audio/wav': latin('RIFF\x24\0\0\0WAVEfmt '),
  'audio/mp4': isoMedia('M4A '),
  'video/mp4': isoMedia('isom'),
  'video/3gpp': isoMedia('3gp4'),
  'application/pdf': latin('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'),
  'application/zip': latin('PK\x03\x04\x14\0\0\0'),
  'application/msword': latin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0'),
  'text/plain': latin('Dear Ada,\r\nthe car is ready.\n'),
};

export const mp3WithoutTag = latin('\xff\xfb\x90\x64\0\0');
export const heic = isoMedia('heic');
export const program = latin('MZ\x90\0\x03\0\0\0');

/** What a browser would run, if it were told to. */
export const pages: { readonly [name: string]: Buffer } = {
  html: latin('<!DOCTYPE html><script>alert(1)</script>'),
  'html after a space': latin('  \n\t<html><body onload=alert(1)>'),
  'html after a comment': latin('<!-- hello --><script>alert(1)</script>'),
  svg: latin('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  'svg after a prologue': latin('<?xml version="1.0"?><!DOCTYPE svg><svg/>'),
  'html of UTF-16': Buffer.from('\ufeff<html><script>alert(1)</script>', 'utf16le'),
  'html of UTF-16, the other way': Buffer.from('\ufeff<html></html>', 'utf16le').swap16(),
  'html of UTF-8 with a mark': Buffer.from('\ufeff<html></html>'),
};
