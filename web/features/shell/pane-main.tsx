'use client';
import type { ComponentProps } from 'react';
import { usePane } from './pane-context';

/** What a pane is about: in the one that is worked in, that is what the page is about. */
export function PaneMain(props: ComponentProps<'div'>) {
  const { focused, edge } = usePane();
  return (
    <div {...props} role={focused ? 'main' : 'region'}>
      {edge}
      {props.children}
    </div>
  );
}
