// Elements, numbers and times as the page shows them.
export const by = (id) => document.getElementById(id);

export const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

export const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

/** How many are unread, for the eye and for the ear; nothing for none. */
export const unreadMark = (count) =>
  count === 0
    ? []
    : [
        make(
          'span',
          { class: 'count' },
          String(count),
          make('span', { class: 'hidden' }, ' unread'),
        ),
      ];

export const numberText = (customer) => (/^[0-9]+$/.test(customer) ? `+${customer}` : customer);

export const timeText = (at) => new Date(at).toLocaleTimeString('en-GB');
export const minuteText = (at) =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
export const dayText = (at) =>
  new Date(at).toLocaleDateString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
