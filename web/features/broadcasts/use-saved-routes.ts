'use client';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api/client';
import type { SavedRoute } from '../../lib/api/types';

/** The routes there are to choose from; without them, the usual one is all there is. */
export function useSavedRoutes(): SavedRoute[] {
  const [routes, setRoutes] = useState<SavedRoute[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    call('listRoutes', { query: { limit: 200 }, signal: stop.signal }).then(
      ({ items }) => setRoutes(items),
      () => {},
    );
    return () => stop.abort();
  }, []);
  return routes;
}
