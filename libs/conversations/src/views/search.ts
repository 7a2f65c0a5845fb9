import type { Cell } from '#kernel';
import { searchable } from '#contacts';

export type Condition = { readonly sql: string; readonly parameters: readonly Cell[] };

/**
 * Contacts by name or by number; wildcards in what was typed are taken literally. `alias` names the
 * table of contacts, with its point.
 */
export const named = (
  alias: 'k.' | '',
  search: string | null | undefined,
): readonly Condition[] => {
  const typed = search?.trim();
  if (!typed) return [];
  const escaped = searchable(typed).replace(/[\\%_]/g, (character) => `\\${character}`);
  const digits = typed.replace(/[\s()+-]/g, '');
  const number = /^\d{3,}$/.test(digits) ? `%${digits}%` : null;
  const byNumber = number ? ` OR ${alias}wa_id LIKE ? OR ${alias}phone LIKE ?` : '';
  return [
    {
      sql: `(${alias}search_name LIKE ? ESCAPE '\\'${byNumber})`,
      parameters: [`%${escaped}%`, ...(number ? [number, number] : [])],
    },
  ];
};
