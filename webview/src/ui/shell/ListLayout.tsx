/** Frame of the pages that are documents (lists and details), as opposed to the job workspace. */

import type { ReactNode } from "react";
import { Outlet } from "react-router";

import classes from "./ListLayout.module.css";
import { PageHeader } from "./PageHeader";

export function ListLayout(): ReactNode {
  return (
    <div className={classes.page}>
      <PageHeader />
      <main className={classes.content}>
        <Outlet />
      </main>
    </div>
  );
}
