'use client';
import { useEffect } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { BodyInput, Template } from '../../lib/api/types';
import { newKey } from '../../lib/new-key';
import { useVersion } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';

type Known = { owner: string; templates: Template[] | null; error: string | null };

let known: Known = { owner: '', templates: null, error: null };

function mine(): Known {
  const owner = store.user?.id ?? '';
  if (known.owner !== owner) known = { owner, templates: null, error: null };
  return known;
}

function keep(change: Partial<Known>): void {
  known = { ...mine(), ...change };
  store.touch('templates');
}

export async function loadTemplates(): Promise<void> {
  const { owner } = mine();
  try {
    const { items } = await call('listTemplates', { query: { limit: 200 } });
    if (store.user?.id === owner) keep({ templates: items, error: null });
  } catch (error) {
    if (store.user?.id === owner) keep({ error: messageOf(error) });
  }
}

/** Saved messages; null until the server has said which there are. */
export function useTemplates(): Omit<Known, 'owner'> {
  useVersion('templates');
  useEffect(() => void loadTemplates(), []);
  return mine();
}

const put = (template: Template) =>
  keep({ templates: [...(mine().templates ?? []).filter((one) => one.id !== template.id), template] });

export async function createTemplate(body: BodyInput<'createTemplate'>): Promise<void> {
  put(await call('createTemplate', { body, idempotencyKey: newKey() }));
}

export async function patchTemplate(id: string, body: BodyInput<'patchTemplate'>): Promise<void> {
  put(await call('patchTemplate', { params: { id }, body }));
}

export async function removeTemplate(id: string): Promise<void> {
  await call('deleteTemplate', { params: { id } });
  keep({ templates: (mine().templates ?? []).filter((one) => one.id !== id) });
}
