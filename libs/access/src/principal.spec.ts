import { describe, expect, it } from '@jest/globals';
import { effectiveCapabilities, lackOf, may } from './principal.js';
import type { Principal } from './principal.js';

const granted = new Set(['messages.view', 'assignments.manage', 'notes.write']);
const staff: Principal = {
  kind: 'staff',
  id: 'ada',
  organisationId: 'acme',
  capabilities: granted,
  name: 'Ada',
};
const embedded: Principal = { ...staff, kind: 'embedded' };

describe('a principal', () => {
  it('may do what was granted and nothing else', () => {
    expect(may(staff, 'messages.view')).toBe(true);
    expect(may(staff, 'assignments.manage')).toBe(true);
    expect(lackOf(staff, 'messages.send')).toBe('CAPABILITY_MISSING');
  });

  it('C20: has neither assignments nor notes when embedded, whatever was granted', () => {
    expect(may(embedded, 'messages.view')).toBe(true);
    expect(lackOf(embedded, 'assignments.manage')).toBe('NOT_AVAILABLE_EMBEDDED');
    expect(lackOf(embedded, 'notes.write')).toBe('NOT_AVAILABLE_EMBEDDED');
    expect(effectiveCapabilities(embedded)).toEqual(['messages.view']);
    expect(effectiveCapabilities(staff)).toHaveLength(3);
  });
});
