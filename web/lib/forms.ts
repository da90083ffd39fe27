'use client';
import { type RefObject, useEffect } from 'react';
import { ApiError } from './api/client';
import { t } from './i18n';

/** Leads to the first field that needs mending, each time the errors change. */
export function useFirstBad(form: RefObject<HTMLElement | null>, errors: Record<string, string>): void {
  useEffect(() => {
    if (Object.keys(errors).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [form, errors]);
}

/** @throws ApiError naming each value that is empty, as the server would */
export function needAll(values: Record<string, string>): void {
  const empty = Object.entries(values).filter(([, value]) => value.trim() === '');
  if (empty.length === 0) return;
  const errors = Object.fromEntries(empty.map(([name]) => [name, t('session.fill-in')]));
  throw new ApiError(422, 'invalid', t('session.missing'), errors);
}
