import type { MountEditor } from './api';

export declare const mountEditor: MountEditor;
