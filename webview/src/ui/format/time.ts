/** Times as people say them. */

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** "3 hours ago"; "just now" below a minute and for clocks that run a little ahead. "" when it is no time. */
export function ago(time: string, now: number = Date.now()): string {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return '';
  const seconds = (at - now) / 1000;
  if (Math.abs(seconds) < 60) return 'just now';
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['minute', 60];
  return relative.format(Math.trunc(seconds / size), unit);
}

/** "23 Nov 2026, 19:10" in the reader's time zone; "" when it is no time. */
export function moment(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? '' : absolute.format(at);
}
