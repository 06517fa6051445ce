/** Pages whose code is loaded apart; also called by what leads to one, so that it is there when the person clicks. */

import type { FunctionComponent } from 'react';

export function loadTaskPage(): Promise<{ readonly TaskPage: FunctionComponent }> {
  return import('./task/TaskPage');
}

export function loadJobPage(): Promise<{ readonly JobPage: FunctionComponent }> {
  return import('./job/JobPage');
}

export function loadNewTaskPage(): Promise<{ readonly NewTaskPage: FunctionComponent }> {
  return import('./newTask/NewTaskPage');
}

export function loadAddDataPage(): Promise<{ readonly AddDataPage: FunctionComponent }> {
  return import('./newTask/AddDataPage');
}

export function loadAddFramesPage(): Promise<{ readonly AddFramesPage: FunctionComponent }> {
  return import('./newTask/AddFramesPage');
}
