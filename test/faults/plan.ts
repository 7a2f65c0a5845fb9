import type { FailpointName } from '#edge';
import type { Random } from '../simulation/machine/random.js';

/** How often a point is passed within a round, where that is seldom. */
const seldom: { readonly [place: string]: number } = {
  'decision.append': 3,
  'follower.command': 2,
  'sms.call': 2,
  'media.fetch': 2,
  'media.store': 2,
  'media.outcome': 2,
};
const usually = 25;

/** So many kills, each point once before any comes twice; on which passing is drawn. */
export const planOf = (
  names: readonly FailpointName[],
  kills: number,
  random: Random,
): readonly string[] => {
  const planned: string[] = [];
  while (planned.length < kills) {
    const left = [...names];
    while (left.length > 0 && planned.length < kills) {
      const [name = ''] = left.splice(random.below(left.length), 1);
      const most = seldom[name.split('.').slice(0, -1).join('.')] ?? usually;
      planned.push(`${name}@${1 + random.below(most)}`);
    }
  }
  return planned;
};
