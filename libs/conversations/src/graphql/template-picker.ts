import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { sendableShape } from '#templates';
import type { Reads } from '../views/reads.js';

export type Picker = {
  readonly maySend: boolean;
  /** Meta's account of the conversation's number; null when that is no longer connected. */
  readonly businessAccountId: string | null;
  readonly reads: Pick<Reads, 'templates'>;
};

const none = (emptyReason: string) => ({ templates: [], emptyReason });

/** The templates of a composer (C12): read when they are asked for, once for all rows of a list. */
@Resolver('Composer')
export class TemplatePickerResolver {
  @ResolveField('templates')
  async templates(@Parent() { picker }: { readonly picker: Picker | null }) {
    if (!picker?.reads.templates) return null;
    const { maySend, businessAccountId, reads } = picker;
    if (!maySend) return none('MISSING_CAPABILITY');
    if (businessAccountId === null) return none('CHANNEL_DISCONNECTED');
    const rows = (await reads.templates?.()) ?? [];
    const templates = rows.flatMap((row) => sendableShape(row, businessAccountId) ?? []);
    return templates.length > 0 ? { templates, emptyReason: null } : none('NO_APPROVED_TEMPLATES');
  }
}
