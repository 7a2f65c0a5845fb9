import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';
import { goldenDecoder } from '#event-store/spec';
import { goldenLaw } from '#kernel/spec';
import { templateExamples } from '../spec/examples.js';
import { templateCatalogue } from './events.js';

const folder = fileURLToPath(new URL('../../golden/', import.meta.url));

describe('the facts of templates', () => {
  const decode = goldenDecoder(templateCatalogue, templateExamples);
  for (const { name, check } of goldenLaw(templateCatalogue, folder, decode)) it(name, check);
});
