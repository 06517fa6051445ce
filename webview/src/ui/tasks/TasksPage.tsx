/** The tasks of the workspace: searched, sorted, with previews and progress. */

import { Pagination, Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';

import { useSession, useTaskList } from '../daemon/queries';
import { counted } from '../format/words';
import { Failure } from '../shell/Failure';
import { useTitle } from '../shell/useTitle';
import { FirstTask } from './FirstTask';
import { NewTaskButton } from './NewTaskButton';
import { NoMatch } from './NoMatch';
import { TaskRow, TaskRowSkeleton } from './TaskRow';
import { TaskSearch } from './TaskSearch';
import { taskQuery, withQuery } from './taskQuery';
import classes from './TasksPage.module.css';

export function TasksPage(): ReactNode {
  const [params, setParams] = useSearchParams();
  const query = taskQuery(params);
  const list = useTaskList(query);
  const workspace = useSession().data?.workspace.name;
  useTitle('Tasks', workspace);

  const pages = list.data ? Math.max(1, Math.ceil(list.data.count / query.page_size)) : 1;
  const beyond = query.page > pages;
  useEffect(() => {
    // The last task of the last page was deleted: show the page that is now the last.
    if (beyond) setParams((old) => withQuery(old, { page: pages }), { replace: true });
  }, [beyond, pages, setParams]);

  if (list.isError && !list.data)
    return <Failure error={list.error} subject="The list of tasks" retry={() => void list.refetch()} />;
  const fresh = list.data?.count === 0 && query.search === '';

  return (
    <>
      <div className={classes.head}>
        <Title order={1}>Tasks</Title>
        <Text c="dimmed" className={classes.count} aria-live="polite">
          {list.data && !fresh ? counted(list.data.count, 'task') : ''}
        </Text>
        {!fresh && (
          <TaskSearch
            query={query}
            onChange={(change) => setParams((old) => withQuery(old, change), { replace: true })}
          />
        )}
        <NewTaskButton />
      </div>
      {fresh ? (
        <FirstTask />
      ) : list.data?.count === 0 ? (
        <NoMatch search={query.search} onClear={() => setParams((old) => withQuery(old, { search: '' }))} />
      ) : (
        <ul className={classes.list} aria-label="Tasks" aria-busy={list.isPending}>
          {list.data
            ? list.data.results.map((task) => <TaskRow key={task.id} task={task} />)
            : Array.from({ length: 6 }, (_, index) => <TaskRowSkeleton key={index} />)}
        </ul>
      )}
      {pages > 1 && (
        <Pagination
          className={classes.pages}
          size="sm"
          total={pages}
          value={query.page}
          onChange={(page) => setParams((old) => withQuery(old, { page }))}
          getControlProps={(control) => ({ 'aria-label': `${control} page` })}
          aria-label="Pages"
        />
      )}
    </>
  );
}
