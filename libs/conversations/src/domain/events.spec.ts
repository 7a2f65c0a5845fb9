import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';
import { goldenDecoder } from '#event-store/spec';
import { goldenLaw } from '#kernel/spec';
import { conversationExamples } from '../spec/examples.js';
import { conversationCatalogue } from './events.js';

const folder = fileURLToPath(new URL('../../golden/', import.meta.url));

describe('the facts of a conversation', () => {
  const decode = goldenDecoder(conversationCatalogue, conversationExamples);
  for (const { name, check } of goldenLaw(conversationCatalogue, folder, decode)) it(name, check);
});
