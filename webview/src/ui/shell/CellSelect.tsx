/** A choice inside a table: looks like text until it is pointed at. The system's own list opens, so it is light and works by keyboard. */

import { ChevronDown } from 'lucide-react';
import { useRef } from 'react';
import type { ReactNode } from 'react';

import classes from './CellSelect.module.css';

interface CellSelectProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly title: string; readonly color?: string }[];
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean;
}

export function CellSelect<T extends string>({
  label,
  value,
  options,
  onChange,
  disabled = false,
}: CellSelectProps<T>): ReactNode {
  const byPointer = useRef(false);
  const color = options.find((option) => option.value === value)?.color;
  return (
    <span className={classes.cell}>
      {color !== undefined && <span className={classes.mark} style={{ background: color }} />}
      <select
        className={classes.select}
        data-marked={color !== undefined || undefined}
        aria-label={label}
        value={value}
        disabled={disabled}
        onPointerDown={() => (byPointer.current = true)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
          byPointer.current = false;
        }}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.currentTarget.value);
          if (chosen) onChange(chosen.value);
          // After a choice with the mouse the next key is meant for the page, not for this list.
          if (byPointer.current) event.currentTarget.blur();
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
      <ChevronDown size={12} className={classes.arrow} aria-hidden />
    </span>
  );
}
