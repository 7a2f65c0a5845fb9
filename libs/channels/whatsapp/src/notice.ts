import type { Json } from '#kernel';
import { itemOf, partitionOf, type Place } from './place.js';
import type { NoticeItem } from './webhook-item.js';

/**
 * Meta's fields about the account, its numbers, templates and groups, and copies of what happened
 * elsewhere: known, and nobody's task yet. Their bodies are kept with the delivery.
 */
const NOTICES = [
  'account_alerts',
  'account_review_update',
  'account_settings_update',
  'account_update',
  'business_capability_update',
  'business_username_update',
  'group_lifecycle_update',
  'group_participants_update',
  'group_settings_update',
  'group_status_update',
  'history',
  'message_template_components_update',
  'message_template_quality_update',
  'message_template_status_update',
  'partner_solutions',
  'payment_configuration_update',
  'phone_number_name_update',
  'phone_number_quality_update',
  'security',
  'smb_app_state_sync',
  'template_category_update',
  'user_preferences',
] as const;

/** Every name that a notice may have: those fields, and what is told within the others. */
export const noticeNames: ReadonlySet<string> = new Set<string>([
  ...NOTICES,
  'calls',
  'messages.errors',
  'message_echoes.edit',
  'message_echoes.reaction',
  'message_echoes.revoke',
  'user_id_update',
]);

const FIELDS: ReadonlySet<string> = new Set(NOTICES);

export const isNotice = (field: string): boolean => FIELDS.has(field);

/** `name` counts such items, and must come from a fixed list. `raw` tells items of one place apart. */
export const notice = (place: Place, name: string, raw: Json = null): NoticeItem => ({
  kind: 'notice',
  item: itemOf(place, raw),
  partition: partitionOf(place, `notice ${name}`, null),
  name,
});
