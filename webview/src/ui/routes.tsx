/** Addresses of the pages; CVAT's own, so that its links work. The job workspace is loaded when it is first needed. */

import { createBrowserRouter } from "react-router";

import { loadJobPage } from "./job/load";
import { CrashScreen } from "./shell/CrashScreen";
import { ListLayout } from "./shell/ListLayout";
import { PageLoading } from "./shell/PageLoading";
import { TaskPage } from "./task/TaskPage";
import { TasksPage } from "./tasks/TasksPage";

export function createRoutes(): ReturnType<typeof createBrowserRouter> {
  return createBrowserRouter([
    {
      ErrorBoundary: CrashScreen,
      HydrateFallback: PageLoading,
      children: [
        {
          Component: ListLayout,
          children: [
            { path: "/", Component: TasksPage },
            { path: "/tasks", Component: TasksPage },
            { path: "/tasks/:taskId", Component: TaskPage },
          ],
        },
        { path: "/tasks/:taskId/jobs/:jobId", lazy: async () => ({ Component: (await loadJobPage()).JobPage }) },
      ],
    },
  ]);
}
