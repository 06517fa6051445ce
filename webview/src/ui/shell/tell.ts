/** Short messages that come and go at the corner of the page. */

import { notifications } from '@mantine/notifications';

const CLOSE = { 'aria-label': 'Close the message' };

export function tellError(title: string, message: string): void {
  notifications.show({ title, message, color: 'red', autoClose: 10_000, role: 'alert', closeButtonProps: CLOSE });
}

export function tell(message: string): void {
  notifications.show({ message, autoClose: 4_000, role: 'status', closeButtonProps: CLOSE });
}
