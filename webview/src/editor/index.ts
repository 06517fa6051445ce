export type * from './api';
export { KEYS } from './keymap';
export { mountEditor } from './mount';
