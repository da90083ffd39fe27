'use client';
import { type ComponentType, lazy, Suspense, useEffect } from 'react';
import { loadAllTexts, t } from '../lib/i18n';
import { notify } from './notice';

/** A dialog or a part of the page that is fetched when it is first shown; what cannot be fetched says so. */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Part = lazy(() =>
    Promise.all([load(), loadAllTexts()]).then(
      ([component]) => ({ default: component }),
      () => ({ default: Missing as ComponentType<Props> }),
    ),
  );
  return (props: Props) => (
    <Suspense fallback={null}>
      <Part {...props} />
    </Suspense>
  );
}

function Missing() {
  useEffect(() => notify(t('common.part-missing')), []);
  return null;
}
