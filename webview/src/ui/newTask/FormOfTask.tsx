/** The page of a form that is about the task of the address: it waits for the task, and says when there is none. */

import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';

import { ApiError } from '../../protocol/errors';
import type { TaskRead } from '../../protocol/generated';
import { useTask } from '../daemon/queries';
import { Failure } from '../shell/Failure';
import { useTitle } from '../shell/useTitle';

const UNKNOWN = new ApiError('missing', 'Not found.', 404);

interface FormOfTaskProps {
  readonly title: string;
  readonly form: (task: TaskRead) => ReactNode;
}

export function FormOfTask({ title, form }: FormOfTaskProps): ReactNode {
  const { taskId = '' } = useParams();
  const id = Number(taskId);
  if (!Number.isSafeInteger(id) || id <= 0) return <Failure error={UNKNOWN} subject={`Task “${taskId}”`} />;
  return <Waiting key={id} id={id} title={title} form={form} />;
}

function Waiting({ id, title, form }: FormOfTaskProps & { readonly id: number }): ReactNode {
  const task = useTask(id);
  useTitle(title, task.data?.name);
  if (task.data) return form(task.data);
  if (task.isError) return <Failure error={task.error} subject={`Task #${id}`} retry={() => void task.refetch()} />;
  return <Skeleton height={200} />;
}
