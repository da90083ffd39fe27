'use client';
import type { ComponentProps } from 'react';
import { Part, Shown } from './part';

/** Fetched at once, and the list does not wait for it. Its words are among those of the first screen. */
const part = new Part(
  () => import('../chat/conversation').then((found) => found.ConversationView),
  async () => {},
);
if (typeof window !== 'undefined') part.fetch().catch(() => {});

export const ConversationView = (props: ComponentProps<NonNullable<typeof part.component>>) => (
  <Shown part={part} props={props} />
);
