import type { FunctionComponent } from "react";

/** Loads the workspace's code; also called by what leads to a job, so that it is there when the person clicks. */
export async function loadJobPage(): Promise<{ readonly JobPage: FunctionComponent }> {
  return import("./JobPage");
}
