/** Addresses of the pages; CVAT's own, so that its links work. The job workspace is loaded when it is first needed. */

import { createBrowserRouter } from "react-router";

import { CrashScreen } from "./shell/CrashScreen";
import { ListLayout } from "./shell/ListLayout";
import { PageLoading } from "./shell/PageLoading";
import { TaskPage } from "./task/TaskPage";
import { TasksPage } from "./tasks/TasksPage";

/** Also called by what leads to a job, so that the workspace is there when the person clicks. */
export const loadJobPage = (): Promise<typeof import("./job/JobPage")> => import("./job/JobPage");

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
