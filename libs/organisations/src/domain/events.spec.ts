import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';
import { goldenDecoder } from '#event-store/spec';
import { goldenLaw } from '#kernel/spec';
import { organisationExamples } from '../spec/examples.js';
import { organisationCatalogue } from './events.js';

const folder = fileURLToPath(new URL('../../golden/', import.meta.url));

describe('the facts of organisations', () => {
  const decode = goldenDecoder(organisationCatalogue, organisationExamples);
  for (const { name, check } of goldenLaw(organisationCatalogue, folder, decode)) it(name, check);
});
