// Elements, numbers and times as the page shows them.
export const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

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
