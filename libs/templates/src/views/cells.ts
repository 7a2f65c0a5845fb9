import { canonicalJson } from '#view-store';
import type { Template } from '../domain/template.js';

// What a template's row keeps as JSON, written and read in one place: the type of what is read back
// is that of what was written.

export const templateCell = (template: Template): string => canonicalJson(template);

export const templateOf = ({ template }: { readonly template: string }): Template =>
  JSON.parse(template) as Template;
