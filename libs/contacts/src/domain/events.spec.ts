import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';
import { goldenDecoder } from '#event-store/spec';
import { goldenLaw } from '#kernel/spec';
import { contactExamples } from '../spec/examples.js';
import { contactCatalogue } from './events.js';

const folder = fileURLToPath(new URL('../../golden/', import.meta.url));

describe('the facts of contacts', () => {
  const decode = goldenDecoder(contactCatalogue, contactExamples);
  for (const { name, check } of goldenLaw(contactCatalogue, folder, decode)) it(name, check);
});
