/** Numbers and names as the pages show them. */

import type { BasicUser } from '../../protocol/generated';

const grouped = new Intl.NumberFormat('en-US');

/** "1,234 frames", "1 frame". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped.format(count)} ${count === 1 ? one : many}`;
}

/** "0–99", or "7" for a range of one frame; both ends belong to it. */
export function frameRange(first: number, last: number): string {
  return first === last ? String(first) : `${first}–${last}`;
}

/** "Ada Lovelace", or the user name when there is no other. */
export function personName(user: BasicUser): string {
  return `${user.first_name} ${user.last_name}`.trim() || user.username;
}

/** "87 %"; never "100 %" before everything is done, never "0 %" after something is. */
export function share(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0 %';
  if (part >= whole) return '100 %';
  return `${Math.min(99, Math.max(1, Math.round((part / whole) * 100)))} %`;
}

/** First letter in upper case, the rest as it is. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
