/** Addresses of the pages; CVAT's own, so that its links work. All but the first are loaded when they are needed. */

import { createBrowserRouter } from 'react-router';

import { loadAddDataPage, loadAddFramesPage, loadJobPage, loadNewTaskPage, loadTaskPage } from './pages';
import { CrashScreen } from './shell/CrashScreen';
import { ListLayout } from './shell/ListLayout';
import { PageLoading } from './shell/PageLoading';
import { TasksPage } from './tasks/TasksPage';

export function createRoutes(): ReturnType<typeof createBrowserRouter> {
  return createBrowserRouter([
    {
      ErrorBoundary: CrashScreen,
      HydrateFallback: PageLoading,
      children: [
        {
          Component: ListLayout,
          children: [
            { path: '/', Component: TasksPage },
            { path: '/tasks', Component: TasksPage },
            { path: '/tasks/create', lazy: async () => ({ Component: (await loadNewTaskPage()).NewTaskPage }) },
            { path: '/tasks/:taskId/data', lazy: async () => ({ Component: (await loadAddDataPage()).AddDataPage }) },
            {
              path: '/tasks/:taskId/frames',
              lazy: async () => ({ Component: (await loadAddFramesPage()).AddFramesPage }),
            },
            { path: '/tasks/:taskId', lazy: async () => ({ Component: (await loadTaskPage()).TaskPage }) },
          ],
        },
        { path: '/tasks/:taskId/jobs/:jobId', lazy: async () => ({ Component: (await loadJobPage()).JobPage }) },
      ],
    },
  ]);
}
