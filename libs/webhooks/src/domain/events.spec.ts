import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';
import { goldenDecoder } from '#event-store/spec';
import { goldenLaw } from '#kernel/spec';
import { webhookExamples } from '../spec/examples.js';
import { webhookCatalogue } from './events.js';

const folder = fileURLToPath(new URL('../../golden/', import.meta.url));

describe('the facts of webhooks', () => {
  const decode = goldenDecoder(webhookCatalogue, webhookExamples);
  for (const { name, check } of goldenLaw(webhookCatalogue, folder, decode)) it(name, check);
});
