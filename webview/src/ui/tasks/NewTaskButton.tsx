/** Leads to the form of a new task, or of several; `N` does too. */

import { ActionIcon, Button, Group, Kbd, Menu } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { ChevronDown, Clapperboard, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';

import { loadNewTaskPage } from '../pages';
import classes from './TasksPage.module.css';

export function NewTaskButton(): ReactNode {
  const navigate = useNavigate();
  useHotkeys([['n', () => void navigate('/tasks/create')]]);
  return (
    <Group gap={2} wrap="nowrap">
      <Button
        component={Link}
        to="/tasks/create"
        leftSection={<Plus size={14} aria-hidden />}
        rightSection={
          <Kbd size="xs" aria-hidden className={classes.key}>
            N
          </Kbd>
        }
        aria-keyshortcuts="n"
        onPointerEnter={() => void loadNewTaskPage()}
        onFocus={() => void loadNewTaskPage()}
      >
        New task
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="filled" color="iris" size={30} aria-label="More ways to make tasks">
            <ChevronDown size={14} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to="/tasks/create?multi=true" leftSection={<Clapperboard size={14} aria-hidden />}>
            Several tasks from videos
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
