// Says the times of the page in the reader's own zone, and where a day begins in it.
const clockTime = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const withSeconds = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const dayName = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
});
const full = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

export const timeNow = () => withSeconds.format(new Date());

export const sayTimes = (within) => {
  for (const time of within.querySelectorAll('time')) {
    const format = time.dataset.format === 'full' ? full : clockTime;
    time.textContent = format.format(new Date(time.dateTime));
  }
  layDays();
};

const daysApart = (one, other) =>
  Math.round((new Date(one).setHours(0, 0, 0, 0) - new Date(other).setHours(0, 0, 0, 0)) / 864e5);

const nameOf = (date) => {
  const apart = daysApart(new Date(), date);
  const near = apart === 0 ? 'Today, ' : apart === 1 ? 'Yesterday, ' : '';
  return near + dayName.format(date);
};

/** A line wherever a day begins; those that stand there already are laid anew. */
const layDays = () => {
  for (const day of document.querySelectorAll('.day')) day.remove();
  let before = null;
  for (const entry of document.querySelectorAll('#messages > [data-at]')) {
    const date = new Date(entry.dataset.at);
    if (before === null || daysApart(date, before) !== 0) {
      const day = document.createElement('li');
      day.className = 'day';
      day.textContent = nameOf(date);
      entry.before(day);
    }
    before = date;
  }
};
