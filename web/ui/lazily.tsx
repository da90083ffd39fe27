'use client';
import { type ComponentType, lazy, Suspense, useEffect } from 'react';
import { notify } from './notice';

/** A dialog or a part of the page that is fetched when it is first shown; what cannot be fetched says so. */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Part = lazy(() =>
    load().then(
      (component) => ({ default: component }),
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
  useEffect(() => notify('This part of the page could not be fetched from the server.'), []);
  return null;
}
