/** What the list of tasks shows, kept in the address so that it can be linked and survives a reload. */

import type { TaskQuery } from '../../protocol/resources';

export const TASKS_A_PAGE = 50;

export const ORDERS = [
  { sort: '-updated_date', title: 'Recently changed' },
  { sort: '-id', title: 'Newest' },
  { sort: 'id', title: 'Oldest' },
  { sort: 'name', title: 'Name' },
  { sort: 'assignee', title: 'Assignee' },
] as const;

const DEFAULT_SORT = ORDERS[0].sort;

export function taskQuery(params: URLSearchParams): TaskQuery {
  const page = Number(params.get('page'));
  const sort = params.get('sort');
  return {
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    page_size: TASKS_A_PAGE,
    search: params.get('q') ?? '',
    sort: ORDERS.find((order) => order.sort === sort)?.sort ?? DEFAULT_SORT,
  };
}

/** The address's parameters after a change; a new search or order starts at the first page. Defaults are left out. */
export function withQuery(
  params: URLSearchParams,
  change: { readonly page?: number; readonly search?: string; readonly sort?: string },
): URLSearchParams {
  const old = taskQuery(params);
  const page = change.page ?? (change.search === undefined && change.sort === undefined ? old.page : 1);
  const search = change.search ?? old.search;
  const sort = change.sort ?? old.sort;
  const next = new URLSearchParams();
  if (search !== '') next.set('q', search);
  if (sort !== DEFAULT_SORT) next.set('sort', sort);
  if (page > 1) next.set('page', String(page));
  return next;
}
