// The window as a casement seen from above: the leaf's angle is the time left.
const SVG = 'http://www.w3.org/2000/svg';
const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
const HINGE = { x: 4, y: 28 };
const RADIUS = 24;
const DEGREES_MIN = 7;

export const stateOf = (leftMs) => {
  if (leftMs === null) return 'never';
  if (leftMs <= 0) return 'expired';
  return leftMs < HOUR_MS ? 'closing' : 'open';
};

/** In the largest whole unit, never rounded up. */
export const wordOf = (leftMs) => {
  if (leftMs === null) return 'Not yet';
  if (leftMs <= 0) return 'Expired';
  if (leftMs >= HOUR_MS) return `${Math.floor(leftMs / HOUR_MS)} h`;
  if (leftMs >= 60_000) return `${Math.floor(leftMs / 60_000)} min`;
  return `${Math.floor(leftMs / 1000)} s`;
};

const shape = (name, attributes) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

const tip = (degrees) => {
  const radians = (degrees * Math.PI) / 180;
  return {
    x: HINGE.x + RADIUS * Math.cos(radians),
    y: HINGE.y - RADIUS * Math.sin(radians),
  };
};

export const gauge = (leftMs) => {
  const state = stateOf(leftMs);
  const isOpen = state === 'open' || state === 'closing';
  const share = Math.min(Math.max(leftMs ?? 0, 0) / DAY_MS, 1);
  const degrees = isOpen ? Math.max(90 * Math.sqrt(share), DEGREES_MIN) : 0;
  const end = tip(degrees);
  const top = tip(90);
  const sill = tip(0);
  const svg = shape('svg', {
    viewBox: '0 0 32 32',
    class: `gauge ${state}`,
    'aria-hidden': 'true',
  });
  const arc = `A ${RADIUS} ${RADIUS} 0 0`;
  svg.append(
    shape('path', {
      class: 'wedge',
      d: `M ${HINGE.x} ${HINGE.y} L ${sill.x} ${sill.y} ${arc} 0 ${end.x} ${end.y} Z`,
    }),
    shape('path', {
      class: 'arc',
      d: `M ${top.x} ${top.y} ${arc} 1 ${sill.x} ${sill.y}`,
      'stroke-dasharray': isOpen ? 'none' : '2 3',
    }),
    shape('line', {
      x1: HINGE.x,
      y1: HINGE.y,
      x2: end.x,
      y2: end.y,
      'stroke-dasharray': state === 'never' ? '3 3' : 'none',
    }),
    shape('circle', { class: 'hinge', cx: HINGE.x, cy: HINGE.y, r: 2.5 }),
  );
  return svg;
};
